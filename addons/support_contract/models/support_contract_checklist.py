# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportContractChecklist(models.Model):
    """One thing to do when a contract has ended."""

    _name = "support.contract.checklist"
    _description = "Ending Checklist Item"
    _inherit = ["support.protected.mixin"]
    _order = "contract_id, id"

    contract_id = fields.Many2one("support.contract", required=True, ondelete="cascade")
    code = fields.Selection("_selection_code", string="To Do", required=True)
    done = fields.Boolean()
    note = fields.Char()
    user_id = fields.Many2one("res.users", string="Done By", readonly=True)
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

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "write"}

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | self._get_readonly_fields()

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items.filtered("done")._note_done(True)
        return items

    def write(self, vals):
        result = super().write(vals)
        if "done" in vals:
            self._note_done(bool(vals["done"]))
        return result

    def _note_done(self, done):
        """Write down who did it and when, or that it is open again."""
        # sudo: written by the system alone.
        self.sudo().write(
            {
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

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._selection_code())
        for item in self:
            item.display_name = labels.get(item.code, "")
