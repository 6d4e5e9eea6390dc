# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What came of billing one contract, and which errors mean "somebody else did it"."""

from dataclasses import dataclass, field

from psycopg2 import errors

from odoo.exceptions import LockError

# What the database says when another process works on the same contract.
CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, LockError)
# The indexes that make doing the same twice impossible.
UNIQUE = {
    "support_charge_key_uniq",
    "support_billing_run_line_run_contract_uniq",
    "support_billing_run_running_uniq",
}


def is_conflict(error):
    """Whether the error says that another process does the same work."""
    if isinstance(error, errors.UniqueViolation):
        return error.diag.constraint_name in UNIQUE
    return isinstance(error, CONFLICTS)


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
