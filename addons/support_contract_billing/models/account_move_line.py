# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Others read invoices too, such as sellers and customers, and not our charges.
    support_charge_ids = fields.One2many(
        "support.charge",
        "move_line_id",
        string="Support Charges",
        groups="support_contract.group_support_user,"
        "account.group_account_invoice,account.group_account_readonly",
    )

    def action_view_support_evidence(self):
        """From the line to the line counts it is computed from, or to its charge."""
        self.ensure_one()
        charges = self.support_charge_ids
        return (charges.count_ids or charges)._get_records_action(
            name=self.env._("Evidence")
        )
