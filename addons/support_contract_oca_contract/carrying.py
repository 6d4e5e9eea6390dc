# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What one call of a recurring contract's invoicing carries.

It travels in the context as this very object: a context that comes over RPC is made of
JSON, and no JSON value is one. Whoever only asks for the values of invoices has none,
and gets no line that nobody would tie to its charge.
"""

from dataclasses import dataclass, field

# Lines of charges come after the contract's own; the rest is the number of the charge.
FIRST_SEQUENCE = 1_000_000
KEY = "support_carrying"


# Equal to itself alone: Odoo looks environments up by their context, and would find
# an earlier call's.
@dataclass(eq=False)
class Carrying:
    """Charges on the way to the lines of invoices that are being made.

    :param base_lines: what :func:`get_total_of_lines` wants to know of the lines so far
    :param charges: charges of the contract at hand that the invoice takes
    :param lines: {sequence of a line: its charge}, of all invoices
    """

    base_lines: list = field(default_factory=list)
    charges: object = None
    lines: dict = field(default_factory=dict)

    def mark(self, charge):
        """The sequence by which the line of ``charge`` is found again."""
        sequence = FIRST_SEQUENCE + charge.id
        self.lines[sequence] = charge
        return sequence


def carrying(records):
    """The object in the context of ``records``, or None."""
    value = records.env.context.get(KEY)
    return value if isinstance(value, Carrying) else None
