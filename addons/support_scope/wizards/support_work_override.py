# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools.misc import clean_context


class SupportWorkOverride(models.TransientModel):
    """Decide against the rules whether work is included, and say why."""

    _name = "support.work.override"
    _description = "Override the Verdict"
    _inherit = "support.window.mixin"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Work", model_field="res_model", required=True, readonly=True
    )
    verdict = fields.Selection(
        [("included", "Included"), ("billed", "Billed")],
        required=True,
        default="included",
    )
    reason = fields.Char(
        required=True, help="Stays beside the verdict for whoever looks later."
    )
    with_settled = fields.Boolean(
        string="Also Time of Billed Months",
        groups="support_contract.group_support_manager",
        help="Time that a billed month included stays so otherwise.",
    )

    def action_confirm(self):
        """A button."""
        self.ensure_one()
        # The wizard's defaults are none for the work's messages.
        # pylint: disable-next=context-overridden
        works = self.env[self.res_model].with_context(clean_context(self.env.context))
        work = works.browse(self.res_id)
        # sudo: only managers can have chosen it, and it is checked again.
        settled = self.sudo().with_settled
        work._override_verdict(self.verdict, self.reason, settled)
        return {"type": "ir.actions.act_window_close"}
