# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..evidence_guard import get_columns, guard_table
from ..windows import get_dialog, opens

GUARD_MESSAGE = "An amendment never changes"


class SupportContractAmendment(models.Model):
    """An agreed change of a contract: from when, what, why and by whom.

    The only way in which money and dates of an active contract change. It never
    changes itself: undoing it is another amendment.
    """

    _name = "support.contract.amendment"
    _description = "Contract Amendment"
    _inherit = ["support.protected.mixin"]
    _order = "date_effective desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    contract_id = fields.Many2one(
        "support.contract", required=True, index=True, check_company=True
    )
    contract_partner_id = fields.Many2one(related="contract_id.partner_id")
    company_id = fields.Many2one("res.company", required=True)
    date_effective = fields.Date(
        string="Effective From",
        required=True,
        help="The first day on which the change holds.",
    )
    date_decided = fields.Datetime("Decided On", required=True)
    user_id = fields.Many2one("res.users", string="Decided By", required=True)
    reason = fields.Char(required=True)
    state = fields.Selection(
        [
            ("scheduled", "Scheduled"),
            ("applied", "Applied"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        help="A scheduled amendment takes effect by itself on its day, unless it is "
        "undone before.",
    )
    undoes_id = fields.Many2one("support.contract.amendment", check_company=True)
    undone_by_ids = fields.One2many("support.contract.amendment", "undoes_id")
    line_ids = fields.One2many("support.contract.amendment.line", "amendment_id")
    summary = fields.Char(string="Before → After", compute="_compute_summary")
    is_held = fields.Boolean(
        string="Has Held Changes",
        compute="_compute_is_held",
        help="Some of it could not be written on its day.",
    )

    def init(self):
        # The database refuses what `_check_editable` does.
        columns = sorted(get_columns(self) - {"state"})
        guard_table(self.env.cr, self._table, columns, GUARD_MESSAGE)

    @api.depends("contract_id.name", "date_effective")
    def _compute_name(self):
        for amendment in self:
            amendment.name = self.env._(
                "%(contract)s from %(date)s",
                contract=amendment.contract_id.name,
                date=fields.Date.to_string(amendment.date_effective) or "",
            )

    @api.depends("line_ids")
    def _compute_summary(self):
        for amendment in self:
            amendment.summary = ", ".join(
                line._get_summary() for line in amendment.line_ids
            )

    @api.depends("line_ids.held")
    def _compute_is_held(self):
        for amendment in self:
            amendment.is_held = any(amendment.line_ids.mapped("held"))

    def _check_editable(self, operation):
        if operation == "write":
            raise UserError(
                self.env._("An amendment never changes. Make another one instead.")
            )
        if operation == "unlink":
            raise UserError(
                self.env._("An amendment is not deleted. Undo it with another one.")
            )

    action_view_contract = opens("contract_id")

    def action_undo(self):
        """Open the wizard that makes the opposite amendment."""
        self.ensure_one()
        return get_dialog(
            self.env._("Undo Amendment"),
            "support.contract.amend",
            contract_id=self.contract_id.id,
            change="undo",
            undoes_id=self.id,
        )

    def _is_due(self):
        """Whether the day has come on which it takes effect."""
        self.ensure_one()
        return self.date_effective <= self.company_id._support_today()

    def _is_void(self):
        """Whether it says nothing about any day: it was undone before it held.

        Nor does the one that undid it then.
        """
        self.ensure_one()
        return self._never_held() or bool(
            self.undoes_id and self.undoes_id._never_held()
        )

    def _never_held(self):
        """Whether it was undone with effect from its first day, or an earlier one."""
        self.ensure_one()
        return self.state == "withdrawn" or any(
            undo.date_effective <= self.date_effective and not undo._never_held()
            for undo in self.undone_by_ids
        )

    def _prepare_withdrawn_lines_vals(self):
        """What an amendment that undoes this scheduled one says: it never comes."""
        self.ensure_one()
        if self.state != "scheduled":
            return []
        return [
            {
                "model": line.model,
                "res_id": line.res_id,
                "record_name": line.record_name,
                "operation": "change",
                "field_name": line.field_name,
                "before": line._get_text("after"),
                "after": line._get_text("before"),
            }
            for line in self.line_ids
            if line._is_waiting()
        ]

    def _log_events(self):
        """One entry in the event log for each line."""
        self.ensure_one()
        for line in self.line_ids:
            self.contract_id._log_event(
                "amendment",
                self.reason,
                record=(line._is_served() and line._get_record()) or None,
                field_name=line.field_name,
                before=line.before_text
                or (line.operation == "remove" and line.record_name),
                after=line.after_text or (line.operation == "add" and line.record_name),
                amendment_id=self.id,
            )

    def _has_work(self):
        """Whether it is to be applied today, or what was held of it to be tried again.

        An add-on may be back that knows it.
        """
        self.ensure_one()
        if not self._is_due():
            return False
        if self.state == "applied":
            return self.is_held and not self.undone_by_ids
        return self.state == "scheduled"

    def _apply(self):
        """Write what the lines say: all of a record at once, as it was agreed.

        One after the other, a value could be computed anew from the one before it.
        What no installed add-on knows any more is held; the rest is written.

        :return: the lines that are held
        """
        self.ensure_one()
        waiting = self.line_ids.filtered(lambda line: line._is_waiting())
        held = waiting.filtered(lambda line: not line._is_served())
        changes = {}
        for line in (waiting - held).sorted("id"):
            if value := line._get_value_to_write():
                changes.setdefault(line._get_record(), {}).update(value)
        for record, vals in changes.items():
            record._with_permission().write(vals)
        self._log_held(held.filtered(lambda line: not line.held))
        held._with_permission().held = True
        (waiting - held)._with_permission().held = False
        # One of which nothing could be written can still be withdrawn.
        if not held or waiting - held:
            self._with_permission().state = "applied"
        return held

    def _log_held(self, lines):
        """One entry in the event log for each line that is held from now on."""
        for line in lines:
            self.contract_id._log_event(
                "amendment", line._get_unserved_reason(), amendment_id=self.id
            )
