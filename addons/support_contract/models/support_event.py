# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..evidence_guard import get_columns, guard_table


class SupportEvent(models.Model):
    """What happened to a contract: who, when, what, before and after.

    The one history of the suite. Events are only ever added. The ORM refuses to change
    or delete them, for the superuser too, and so does the database.
    """

    _name = "support.event"
    _description = "Support Event"
    _inherit = ["support.protected.mixin"]
    _order = "id desc"
    _rec_name = "summary"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract", required=True, index=True, check_company=True
    )
    company_id = fields.Many2one("res.company", required=True)
    date = fields.Datetime(required=True)
    user_id = fields.Many2one("res.users", string="Done By", required=True)
    kind = fields.Selection("_selection_kind", required=True)
    model = fields.Char()
    res_id = fields.Many2oneReference(string="Record", model_field="model")
    record_name = fields.Char(string="Subject")
    field_name = fields.Char()
    before = fields.Char()
    after = fields.Char()
    note = fields.Char(string="Reason")
    amendment_id = fields.Many2one(
        "support.contract.amendment", ondelete="restrict", check_company=True
    )
    summary = fields.Char(string="Change", compute="_compute_summary")

    def init(self):
        """Let the database refuse what the ORM refuses."""
        columns = sorted(get_columns(self))
        message = "The event log is append-only"
        guard_table(self.env.cr, self._table, columns, message)

    @api.model
    def _selection_kind(self):
        return [
            ("state", self.env._("Status")),
            ("amendment", self.env._("Amendment")),
            ("notice", self.env._("Notice")),
            ("override", self.env._("Override")),
            ("upgrade", self.env._("Upgrade")),
            ("ending", self.env._("Ending")),
            ("access", self.env._("Portal access")),
            ("merge", self.env._("Merged contacts")),
        ]

    @api.depends("model", "field_name", "before", "after", "note")
    def _compute_summary(self):
        for event in self:
            label = event._get_field_label(event.model, event.field_name)
            if event.before or event.after:
                change = f"{event.before or '–'} → {event.after or '–'}"
                event.summary = f"{label}: {change}" if label else change
            else:
                event.summary = event.note or ""

    @api.model
    def _log(self, contract, kind, note, record, **vals):
        """Add an event; see `contract._log_event()`."""
        # sudo: the log takes entries from the system only.
        return self.sudo().create(
            {
                "contract_id": contract.id,
                "company_id": contract.company_id.id,
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "kind": kind,
                "model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "note": note,
                **vals,
            }
        )

    @api.model
    def _get_field_label(self, model, field_name):
        """The field's name in the reader's language."""
        if model not in self.env or not field_name:
            return ""
        description = self.env[model].fields_get([field_name], ["string"])
        return description.get(field_name, {}).get("string", field_name)

    def _check_editable(self, operation):
        if operation != "create":
            raise UserError(self.env._("The event log is append-only."))
