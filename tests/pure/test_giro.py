# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Numbers of Bankgiro and Plusgiro."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standalone import load
from stdnum import luhn

giro = load("l10n_se_support.giro")


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("bankgiro", "9912346", "991-2346"),
        ("bankgiro", "50501055", "5050-1055"),
        ("bankgiro", " 5050 – 1055 ", "5050-1055"),
        ("plusgiro", "2865434", "28 65 43-4"),
        ("plusgiro", "286543-4", "28 65 43-4"),
        ("plusgiro", "18", "1-8"),
        ("plusgiro", "1230", "1 23-0"),
    ],
)
def test_written_as_people_know_it(kind, number, expected):
    assert giro.format_giro(kind, number) == expected
    assert giro.find_kind(expected) == kind


@pytest.mark.parametrize(
    ("kind", "number", "problem"),
    [
        ("bankgiro", "9912345", "check_digit"),
        ("plusgiro", "2865433", "check_digit"),
        ("bankgiro", "505018", "length"),
        ("bankgiro", "505010550", "length"),
        ("plusgiro", "0", "length"),
        ("plusgiro", "", "length"),
        ("bankgiro", None, "length"),
    ],
)
def test_refused(kind, number, problem):
    with pytest.raises(giro.GiroError, match=problem):
        giro.format_giro(kind, number)


@given(st.sampled_from(giro.KINDS), st.text("0123456789", min_size=1, max_size=7))
def test_digits_stay_and_the_kind_is_known_again(kind, body):
    number = body + luhn.calc_check_digit(body)
    shortest, longest = giro.LENGTHS[kind]
    if not shortest <= len(number) <= longest:
        return
    written = giro.format_giro(kind, number)
    assert "".join(filter(str.isdigit, written)) == number
    assert giro.find_kind(written) == kind
    assert giro.format_giro(kind, written) == written
