# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..evidence_guard import get_columns, guard_table


class SupportHistory(models.Model):
    """What was processed, by which settings: who, when, before and after.

    The history of processing (behandlingshistorik) that bokföringslagen 5 kap. 11 §
    asks for. Entries are only ever added, by the system; the database refuses the rest.
    What happened to one contract is in its events instead.
    """

    _name = "support.history"
    _description = "History of Processing"
    _inherit = ["support.protected.mixin"]
    _order = "id desc"
    _rec_name = "summary"

    company_id = fields.Many2one("res.company", help="Empty: of all companies.")
    date = fields.Datetime(required=True)
    user_id = fields.Many2one("res.users", string="Done By", required=True)
    kind = fields.Selection("_selection_kind", required=True)
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(string="Record", model_field="model")
    record_name = fields.Char(string="Subject")
    field_name = fields.Char()
    field_label = fields.Char(string="Setting", compute="_compute_field_label")
    before = fields.Char()
    after = fields.Char()
    note = fields.Char()
    summary = fields.Char(string="Change", compute="_compute_summary")

    def init(self):
        """Let the database refuse what the ORM refuses."""
        columns = sorted(get_columns(self))
        guard_table(self.env.cr, self._table, columns, "The history is append-only")

    @api.model
    def _selection_kind(self):
        """What is written down; extend."""
        return [("setting", self.env._("Setting"))]

    @api.depends("model", "field_name")
    def _compute_field_label(self):
        for entry in self:
            entry.field_label = self.env["support.event"]._get_field_label(
                entry.model, entry.field_name
            )

    @api.depends("before", "after", "note")
    def _compute_summary(self):
        for entry in self:
            change = f"{entry.before or '–'} → {entry.after or '–'}"
            has_values = entry.before or entry.after
            entry.summary = change if has_values else entry.note or ""

    @api.model
    def _log(self, kind, record, company=None, **vals):
        """Add an entry.

        :param record: what was changed, or what did something
        :param company: `res.company` whose it is; none if it is of all
        """
        # sudo: the history takes entries from the system only.
        return self.sudo().create(
            {
                "company_id": company.id if company else False,
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "kind": kind,
                "model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                **vals,
            }
        )

    def _check_editable(self, operation):
        if operation != "create":
            raise UserError(self.env._("The history is append-only."))
