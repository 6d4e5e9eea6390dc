# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_support_invoice(self):
        """An invoice of a recurring contract keeps its own fiscal position."""
        own = self.sudo().invoice_line_ids.contract_line_id  # sudo: see super
        return not own and super()._is_support_invoice()
