# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..earned import EarnedRows


class SupportContract(models.Model):
    _inherit = "support.contract"

    def action_forecast(self):
        """Show what this contract will cost in the next months; a button."""
        self.check_access("read")
        return self.env["support.forecast"]._open(self)

    def _get_earned_rows(self, day):
        """What differs between earned and invoiced on ``day``.

        :return: list of dicts: contract, charge (may be empty), product, name, earned,
            invoiced (in the contract's currency), estimated (there is no charge yet),
            error (why it is not known)
        """
        return EarnedRows(self, day).get()
