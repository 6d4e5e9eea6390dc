# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..availability import series_key


class SupportAdaptation(models.Model):
    """Something that adapts Odoo to a country or trade, and for which versions.

    Access to it is a right that services of a contract grant. Clause R11.
    """

    _name = "support.adaptation"
    _description = "Adaptation"
    _inherit = ["support.shared.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="A stable technical name, used by imports."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    area = fields.Selection("_selection_area", required=True, default="accounting")
    right_id = fields.Many2one(
        "support.right",
        string="With the Right To",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_right_id(),
        help="Customers who have this right on the day get access.",
    )
    description = fields.Text(
        translate=True, help="What it does, in the words that customers read."
    )
    release_ids = fields.One2many(
        "support.adaptation.release", "adaptation_id", "Versions", copy=True
    )
    series = fields.Char(
        string="Odoo Versions",
        compute="_compute_series",
        help="The versions of Odoo that it exists for.",
    )

    _code_uniq = models.UniqueIndex("(code)", "That code is already used.")

    @api.model
    def _default_right_id(self):
        return self.env["support.right"].search(
            [("code", "=", "swedish_adaptations")], limit=1
        )

    @api.model
    def _selection_area(self):
        """What adaptations are about; extend."""
        return [
            ("accounting", self.env._("Accounting")),
            ("taxes", self.env._("Taxes")),
            ("banks", self.env._("Banks")),
            ("other", self.env._("Other")),
        ]

    @api.depends("release_ids.series")
    def _compute_series(self):
        for adaptation in self:
            series = filter(None, adaptation.release_ids.mapped("series"))
            adaptation.series = ", ".join(sorted(series, key=series_key))

    def _get_using_companies(self):
        # Who has had access counts as well: the log names it.
        companies = self._find_companies("support.adaptation.access", "adaptation_id")
        return super()._get_using_companies() | companies
