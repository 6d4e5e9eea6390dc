# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..availability import SERIES


class SupportAdaptationRelease(models.Model):
    """Where an adaptation is found for one version of Odoo."""

    _name = "support.adaptation.release"
    _description = "Version of an Adaptation"
    _inherit = ["support.protected.mixin"]
    _order = "adaptation_id, series desc, id"

    adaptation_id = fields.Many2one(
        "support.adaptation", required=True, ondelete="cascade"
    )
    series = fields.Char(string="Odoo Version", required=True, help='Such as "19.0".')
    module = fields.Char(
        string="Technical Name", help="Of the module, or several with commas between."
    )
    location = fields.Char(
        string="Where",
        required=True,
        help="The address of the repository or of the package. Customers with access "
        "see it.",
    )
    note = fields.Char(help="What to know of this version, for colleagues.")

    _series_uniq = models.UniqueIndex(
        "(adaptation_id, series)", "That version is in the catalogue already."
    )

    @api.depends("adaptation_id.name", "series")
    def _compute_display_name(self):
        for release in self:
            release.display_name = f"{release.adaptation_id.name} {release.series}"

    @api.constrains("series")
    def _check_series(self):
        for release in self:
            if not SERIES.fullmatch(release.series):
                raise ValidationError(
                    self.env._(
                        "“%s” is no version of Odoo: enter one such as 19.0.",
                        release.series,
                    )
                )

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"adaptation_id": "write"}

    def _check_editable(self, operation):
        self.adaptation_id._check_all_companies()
