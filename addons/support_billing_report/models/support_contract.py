# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportContract(models.Model):
    _inherit = "support.contract"

    def action_forecast(self):
        """Show what this contract will cost in the next months; a button."""
        self.check_access("read")
        return self.env["support.forecast"]._open(self)
