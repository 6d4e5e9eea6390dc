# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..paper import describe_line_period


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_se_describe_period(self):
        """See `..paper.describe_line_period`."""
        return describe_line_period(self)
