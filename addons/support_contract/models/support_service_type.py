# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportServiceType(models.Model):
    """A kind of service that a contract can hold, and what its price is based on.

    Types are data: a consultancy adds its own without code. Clauses R1-R3.
    """

    _name = "support.service.type"
    _description = "Support Service Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="A stable technical name, used by imports and reports.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        domain=[("type", "=", "service")],
        help="Invoice lines carry this product, with its income account and taxes.",
    )
    basis = fields.Selection(
        selection=lambda self: self._selection_basis(),
        required=True,
        default="fixed",
        help="What the monthly quantity is: nothing but the service itself, the "
        "counted lines of code, or something else that is counted.",
    )
    step = fields.Integer(
        default=1,
        required=True,
        help="The price is for each started step of this many units, "
        "such as 100 lines of code.",
    )
    min_months = fields.Integer(
        string="Minimum Term (Months)",
        help="The service cannot end before this many months have passed.",
    )

    _code_uniq = models.UniqueIndex("(code)", "That code is already used.")
    _step_positive = models.Constraint(
        "CHECK (step > 0)", "The step must be at least one unit."
    )
    _min_months_positive = models.Constraint(
        "CHECK (min_months >= 0)", "The minimum term cannot be negative."
    )

    @api.model
    def _selection_basis(self):
        """The quantity bases that this database can bill; extend to add one."""
        return [
            ("fixed", self.env._("Fixed price")),
            ("lines", self.env._("Lines of code")),
        ]
