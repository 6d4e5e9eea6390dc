# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.support_contract.evidence_guard import get_columns, guard_table


class SupportFormerName(models.Model):
    """A name that somebody had while bookkeeping material named them.

    The database adds one whenever such a contact or employee is renamed, in whatever
    way, so that who was meant is known for as long as the material is kept.
    """

    _name = "support.former.name"
    _description = "Former Name"
    _inherit = ["support.protected.mixin"]
    _order = "id desc"

    table_name = fields.Selection("_selection_table_name", string="Of", required=True)
    res_id = fields.Integer("Number", required=True, index=True)
    name = fields.Char(string="Former Name", required=True)
    date_until = fields.Datetime(string="Had Until", required=True)
    name_now = fields.Char(compute="_compute_name_now")

    def init(self):
        columns = sorted(get_columns(self))
        guard_table(
            self.env.cr, self._table, columns, "A former name is kept", made=False
        )

    @api.model
    def _selection_table_name(self):
        """Who can have one; extend."""
        return [
            ("res_partner", self.env._("Contact")),
            ("res_users", self.env._("User")),
        ]

    @api.depends("table_name", "res_id")
    def _compute_name_now(self):
        for table, names in self.grouped("table_name").items():
            rows, name_of_model = {}, (table or "").replace("_", ".")
            if name_of_model in self.env:
                # sudo: names stand in bookkeeping material, who may read the list
                # may read that.
                model = self.env[name_of_model].sudo().with_context(active_test=False)
                found = model.search([("id", "in", names.mapped("res_id"))])
                rows = {one.id: one.display_name for one in found}
            for name in names:
                name.name_now = rows.get(name.res_id, "")

    def _check_editable(self, operation):
        raise UserError(self.env._("Former names are kept by the database alone."))

    @api.model
    def _get_name_on(self, record, moment):
        """The name that a contact or employee had at a moment, in UTC."""
        former = self.sudo().search(
            [
                ("table_name", "=", record._table),
                ("res_id", "=", record.id),
                ("date_until", ">", moment),
            ],
            order="date_until, id",
            limit=1,
        )
        return former.name or record.sudo().name or ""

    @api.model
    def _is_named(self, record):
        """Whether bookkeeping material that has to be kept names a record."""
        self.env.flush_all()
        [[named]] = self.env.execute_query(
            SQL("SELECT support_is_named(%s, %s)", record._table, record.id)
        )
        return named
