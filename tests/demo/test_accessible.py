# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""axe-core finds nothing serious on the portal's pages, and none of ours on forms."""

import pytest

from tooling import accessible


@pytest.fixture(scope="module")
def faults(pg, shown):
    return accessible.find_faults(pg, shown[0])


def describe(faults):
    return "\n".join(
        "{where}: {rule}: {what}: {why}\n    {html}".format(**fault) for fault in faults
    )


def test_portal(faults):
    portal, _forms, _complaints = faults
    assert not portal, describe(portal)


def test_main_forms(faults):
    _portal, forms, _complaints = faults
    assert not forms, describe(forms)


def test_every_page_was_looked_at(faults):
    assert not faults[2]


def test_outline():
    check = accessible.check_outline
    assert not list(check("sv-SE", [1, 2, 3, 2, 3]))
    assert [rule for rule, _why in check("", [2, 4])] == ["lang", "h1", "headings"]
    assert [rule for rule, _why in check("en", [1, 1])] == ["h1"]
