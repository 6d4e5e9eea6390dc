# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What procedures share: a group, and which errors mean "somebody else did it"."""

from odoo.addons.support_contract import transactions

ACCOUNTANTS = "support_contract.group_support_billing"
# The indexes that make doing the same twice impossible.
UNIQUE = {
    "support_charge_key_uniq",
    "support_billing_run_line_run_contract_uniq",
    "support_billing_run_running_uniq",
    "support_charge_corrects_uniq",
    "support_fee_announcement_contract_period_uniq",
}


def is_conflict(error):
    """Whether the error says that another process does the same work."""
    return transactions.is_conflict(error, UNIQUE)
