# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..decisions import update_held_activity


class SupportQuestion(models.Model):
    """A question about money; it can hold a line of the next invoice.

    The line is a charge that waits, or is made one day: whichever it is, it is held
    while the question is open, and released by an accountant as any held charge.
    """

    _inherit = "support.question"

    line_name = fields.Char("Line of the Next Invoice", readonly=True)
    charge_id = fields.Many2one(
        "support.charge", readonly=True, ondelete="set null", check_company=True
    )
    period_start = fields.Date("First Day of the Line", readonly=True)
    is_hold = fields.Boolean(
        "Holds the Line",
        readonly=True,
        help="The customer pays it when this is answered and the charge is released.",
    )

    @api.model
    def _selection_kind(self):
        return [
            *super()._selection_kind(),
            ("money", self.env._("Question about money")),
        ]

    def _after_asking(self):
        result = super()._after_asking()
        for question in self.filtered(lambda one: one.is_hold and one.charge_id):
            charge = question.charge_id
            reason = question._get_hold_reason()
            charge._set_state(charge._prepare_decision_vals("held", reason), reason)
            update_held_activity(charge.contract_id)
        return result

    def _get_hold_reason(self):
        """Why a charge is held, for those who look after charges."""
        self.ensure_one()
        return self.env._(
            "%(person)s asks: %(text)s", person=self.partner_id.name, text=self.text
        )
