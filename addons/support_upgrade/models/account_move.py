# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _add_support_evidence(self, package):
        """The customer's yes to upgrades that are charged, with its proof."""
        package = super()._add_support_evidence(package)
        approvals = package.charges.upgrade_id.approval_ids
        package.add_records(
            "upgrade_approvals.csv",
            approvals,
            (
                "upgrade_id",
                "kind",
                "given_by",
                "date",
                "how",
                "note",
                "price",
                "user_id",
                "void",
            ),
            self.env._("What the customer agreed to of upgrades"),
        )
        package.add_attachments(
            "upgrade_approvals", approvals.attachment_ids, self.env._("Proof of it")
        )
        return package
