# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What came of billing one contract, and which errors mean "somebody else did it"."""

from dataclasses import dataclass, field

from odoo.addons.support_contract import conflicts
from odoo.addons.support_contract.conflicts import CONFLICTS as CONFLICTS

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
    return conflicts.is_conflict(error, UNIQUE)


@dataclass
class Outcome:
    """What came of billing one contract.

    :param state: `done`, `skipped` or `failed`
    :param reason: a sentence; says why it was skipped or failed
    :param moves: the invoices that carry its charges
    :param charges: what was charged
    """

    state: str
    reason: str = ""
    moves: object = ()
    charges: object = ()
    error: Exception | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Backlog:
    """What a contract that fell behind would be charged for; false while it did not.

    :param periods: {service: list of :class:`.periods.BillingPeriod`} without a charge
    :param charges: `support.charge` of several months that wait for an invoice
    :param usages: `support.usage` of several months without a charge
    """

    periods: dict = field(default_factory=dict)
    charges: object = ()
    usages: object = ()

    def __bool__(self):
        return bool(self.periods or self.charges or self.usages)
