# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _add_support_evidence(self, package):
        """Each usage that is charged."""
        package = super()._add_support_evidence(package)
        usages = self.env["support.usage"].search(
            [("charge_id", "in", package.charges.ids)], order="date, id"
        )
        package.add_records(
            "usage.csv",
            usages,
            ("date", "type_id", "quantity", "reference", "note", "charge_id"),
            self.env._("Metered usage"),
        )
        return package
