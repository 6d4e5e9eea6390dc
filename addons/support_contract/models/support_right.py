# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportRight(models.Model):
    """Something that a customer may have or ask for: an upgrade, a hot-fix, help.

    Types of service grant rights; whoever asks `contract._right(code, …)` gets the
    answer from them. Clauses R4, R8, R10, R11, R13.
    """

    _name = "support.right"
    _description = "Support Right"
    _inherit = ["support.shared.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="A stable technical name. The program asks for rights by it.",
    )
    sequence = fields.Integer(default=10)
    clause = fields.Char(help='Where the agreement promises it, such as "R8".')
    description = fields.Text(
        translate=True, help="What a customer with this right may expect."
    )
    type_ids = fields.Many2many(
        "support.service.type",
        string="Granted By",
        compute="_compute_type_ids",
        help="A customer has the right while one of these services runs.",
    )

    _code_uniq = models.UniqueIndex("(code)", "That code is already used.")

    def _compute_type_ids(self):
        types = self.env["support.service.type"].search([("grant_ids", "in", self.ids)])
        granted_by = {
            right: types.filtered_domain([("grant_ids", "in", right.id)])
            for right in self._origin
        }
        for right in self:
            right.type_ids = granted_by.get(right._origin, False)

    def _get_using_companies(self):
        types = self.env["support.service.type"].with_context(active_test=False)
        granting = types.search([("grant_ids", "in", self.ids)])
        return super()._get_using_companies() | granting._get_using_companies()
