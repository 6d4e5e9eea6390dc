# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportFormerName(models.Model):
    _inherit = "support.former.name"

    @api.model
    def _selection_table_name(self):
        names = super()._selection_table_name()
        return [*names, ("hr_employee", self.env._("Employee"))]
