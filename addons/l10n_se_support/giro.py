# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Numbers of Bankgiro and Plusgiro: digits, check digit, and how people know them.

Both end with a check digit by Luhn's formula. Digits alone do not tell one from the
other; written as they are known they do: ``5050-1055`` is a Bankgiro, ``28 65 43-4`` a
Plusgiro.
"""

import re

from stdnum import luhn

BANKGIRO, PLUSGIRO = "bankgiro", "plusgiro"
KINDS = (BANKGIRO, PLUSGIRO)

# How many digits a number has, the check digit included.
LENGTHS = {BANKGIRO: (7, 8), PLUSGIRO: (2, 8)}
_FORMS = {
    BANKGIRO: re.compile(r"\d{3,4}-\d{4}"),
    PLUSGIRO: re.compile(r"\d[\d ]*-\d"),
}
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))


class GiroError(ValueError):
    """A number that is none; its text is ``length`` or ``check_digit``."""


def find_kind(number):
    """The kind of a number by how it is written, or None; it may still be wrong.

    >>> find_kind("5050-1055"), find_kind("28 65 43-4"), find_kind("50501055")
    ('bankgiro', 'plusgiro', None)
    """
    text = (number or "").strip().translate(_HYPHENS)
    return next((kind for kind in KINDS if _FORMS[kind].fullmatch(text)), None)


def format_giro(kind, number):
    """A number as people know it.

    :param kind: one of KINDS
    :param number: digits, with whatever stands between them
    :raise GiroError: too short, too long, or another check digit

    >>> format_giro("bankgiro", "9912346"), format_giro("plusgiro", "2865434")
    ('991-2346', '28 65 43-4')
    """
    digits = re.sub(r"[^0-9]", "", number or "")
    shortest, longest = LENGTHS[kind]
    if not shortest <= len(digits) <= longest:
        raise GiroError("length")
    if not luhn.is_valid(digits):
        raise GiroError("check_digit")
    if kind == BANKGIRO:
        return f"{digits[:-4]}-{digits[-4:]}"
    pairs = re.findall(r"\d{1,2}", digits[-2::-1])
    return f"{' '.join(pair[::-1] for pair in reversed(pairs))}-{digits[-1]}"


def is_giro(kind, number):
    """Whether length and check digit fit."""
    try:
        return bool(format_giro(kind, number))
    except GiroError:
        return False
