# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can be answered about work, for the fields that hold it."""

VERDICTS = [
    ("included", "Included"),
    ("billed", "Billed"),
    ("needs_reproduction", "Included Once Reproduced"),
    ("no_contract", "No Contract"),
    ("undecided", "Undecided"),
]
