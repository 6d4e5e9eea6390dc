# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.windows import get_list_action

from ..timekeeping import LoggedTime


class SupportCharge(models.Model):
    _inherit = "support.charge"

    time_line_ids = fields.One2many(
        "account.analytic.line",
        "support_charge_id",
        string="Time",
        groups="base.group_user",
    )
    state = fields.Selection(
        selection_add=[("approval", "Waiting for Approval")],
        # Nobody said yes: not to be invoiced because an add-on is gone.
        ondelete={"approval": lambda charges: charges.write({"state": "held"})},
    )
    approval_id = fields.Many2one(
        "support.work.approval",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The customer's yes that it rests on.",
    )
    time_terms = fields.Json(
        readonly=True, copy=False, help="Price of an hour, factor and discount."
    )
    day_ids = fields.One2many("support.charge.day", "charge_id", string="Days")

    @api.model
    def _selection_kind(self):
        kinds = super()._selection_kind()
        return [*kinds, ("time", self.env._("Time"))]

    def action_view_time(self):
        """The logged time behind it; a button."""
        self.ensure_one()
        return get_list_action(
            self.env._("Time"),
            "account.analytic.line",
            [("support_charge_id", "=", self.id)],
            context={"create": False},
        )

    @api.model
    def _get_open_states(self):
        return super()._get_open_states() | {"approval"}

    def _get_restored_state(self):
        """Time that nobody said yes to waits for a yes again."""
        needs_yes = self.kind == "time" and self.contract_id.approval_required
        if needs_yes and not self.approval_id and not self.former_line_ids:
            return "approval"
        return super()._get_restored_state()

    def _get_work(self):
        """The work whose time it charges, or none."""
        self.ensure_one()
        day = self.day_ids[:1]
        if not day or day.work_model not in self.env:
            return None
        return self.env[day.work_model].browse(day.work_id).exists()

    def _get_metered_evidence(self):
        # sudo: who reads a charge need not read the time of others.
        time = map(LoggedTime, self.sudo().time_line_ids)
        return [*super()._get_metered_evidence(), *time]

    @api.model
    def _get_evidence_domains(self):
        domain = [("kind", "=", "time")]
        return {**super()._get_evidence_domains(), "support_scope": domain}
