# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import human_size

from .. import cloc


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    support_count_days = fields.Integer(
        related="company_id.support_count_days", readonly=False
    )
    support_cache_size = fields.Char(
        string="Fetched Code",
        compute="_compute_support_cache_size",
        help="What fetched repositories and remembered results take on the disk of "
        "this server.",
    )

    def _compute_support_cache_size(self):
        folder = self.env["support.instance"]._get_count_cache_dir()
        size = human_size(cloc.folder_size(folder))
        for settings in self:
            settings.support_cache_size = size
