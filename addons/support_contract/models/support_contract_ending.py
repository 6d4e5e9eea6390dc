# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SupportContract(models.Model):
    _inherit = "support.contract"

    checklist_ids = fields.One2many(
        "support.contract.checklist", "contract_id", string="Ending Checklist"
    )
    checklist_left = fields.Integer(compute="_compute_checklist_left")

    @api.depends("checklist_ids.done")
    def _compute_checklist_left(self):
        for contract in self:
            contract.checklist_left = len(
                contract.checklist_ids.filtered(lambda item: not item.done)
            )

    def action_end(self):
        """End contracts whose last day is over, and open what is left to do."""
        for contract in self:
            today = contract.company_id._support_today()
            if contract.state not in ("active", "notice"):
                raise UserError(self.env._("Only a running contract can end."))
            if not contract.date_end:
                raise UserError(
                    self.env._(
                        "%(contract)s has services that run on. Give notice first.",
                        contract=contract.name,
                    )
                )
            if contract.date_end >= today:
                raise UserError(
                    self.env._(
                        "%(contract)s runs until %(day)s and ends by itself then.",
                        contract=contract.name,
                        day=format_date(self.env, contract.date_end),
                    )
                )
            contract._set_state("ended")
            contract._open_checklist()

    def _open_checklist(self):
        """Write down what has to be done when a contract is over."""
        self.ensure_one()
        known = set(self.checklist_ids.mapped("code"))
        self.checklist_ids = [
            fields.Command.create({"code": code})
            for code in self._get_checklist_codes()
            if code not in known
        ]
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Close the ended contract: work through its checklist"),
            user_id=(self.user_id or self.env.user).id,
        )

    def _get_checklist_codes(self):
        """What there is to do when this contract is over; extend to leave things out.

        :return: list of codes, in the order of the checklist
        """
        self.ensure_one()
        return [code for code, __ in self.checklist_ids._selection_code()]


class SupportContractChecklist(models.Model):
    """One thing to do when a contract has ended."""

    _name = "support.contract.checklist"
    _description = "Ending Checklist Item"
    _order = "contract_id, id"

    contract_id = fields.Many2one(
        "support.contract", required=True, ondelete="cascade", index=True
    )
    code = fields.Selection(
        selection=lambda self: self._selection_code(), string="To Do", required=True
    )
    done = fields.Boolean()
    note = fields.Char()
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    date_done = fields.Datetime(readonly=True)

    _code_uniq = models.UniqueIndex(
        "(contract_id, code)", "That is already on the checklist."
    )

    @api.model
    def _selection_code(self):
        return [
            ("data", self.env._("Hand over the data to the customer")),
            ("repositories", self.env._("Hand over the repositories")),
            ("instances", self.env._("Close the instances")),
            ("accesses", self.env._("Remove accesses and delete tokens")),
        ]

    def write(self, vals):
        if "done" not in vals:
            return super().write(vals)
        done = bool(vals["done"])
        result = super().write(
            {
                **vals,
                "user_id": self.env.uid if done else False,
                "date_done": fields.Datetime.now() if done else False,
            }
        )
        for item in self:
            item.contract_id._log_event(
                "ending",
                item.note or "",
                record=item,
                field_name="done",
                after=self.env._("yes") if done else self.env._("no"),
            )
        return result

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._selection_code())
        for item in self:
            item.display_name = labels.get(item.code, "")
