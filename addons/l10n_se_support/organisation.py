# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Organisation numbers: ten digits, the last one a check digit by Luhn's formula."""

import re

from stdnum import luhn

# Authorities write a century before an organisation's number, and a person's has one.
CENTURIES = ("16", "18", "19", "20")


class OrganisationNumberError(ValueError):
    """A number that is none."""


def clean(text):
    """The ten digits of a number, however it is written.

    :raise OrganisationNumberError: other than ten digits, or another check digit

    >>> clean("556036-0793"), clean("16 556036 0793"), clean("165560360793")
    ('5560360793', '5560360793', '5560360793')
    """
    digits = re.sub(r"[\s‐‑–−.-]", "", text or "")
    if len(digits) == 12 and digits.startswith(CENTURIES):
        digits = digits[2:]
    if not re.fullmatch(r"[0-9]{10}", digits) or not luhn.is_valid(digits):
        raise OrganisationNumberError(text)
    return digits


def find(text):
    """The ten digits of a number, or "" where it is none."""
    try:
        return clean(text)
    except OrganisationNumberError:
        return ""
