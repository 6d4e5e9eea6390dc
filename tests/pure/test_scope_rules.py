# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whether work is included or billed. Clauses R6, R10, R13-R17."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standalone import load

rules = load("support_scope.rules")

DAY = date(2026, 10, 5)
ADVICE = rules.Scope("included", "R17", ("user_support",))
BUG = rules.Scope("needs_reproduction", "R14", ("maintenance",), covered_only=True)
SERVERS = rules.Scope(
    "included", "R16", ("technical_support", "operations"), pool_only=True
)
FEATURE = rules.Scope("billed", "R6")
OCR = rules.Scope("billed", "R6", charged_by="transaction")
NEW_INSTANCE = rules.Scope("billed", "R16", upgrade_clause="R5")
UPGRADE = rules.Scope("included", "R8", ("upgrade",))
EVERYTHING = ("user_support", "maintenance", "technical_support", "upgrade")
RUNNING = rules.Facts(DAY, "running", category="any", scope=ADVICE, granted=EVERYTHING)


@pytest.mark.parametrize(
    ("facts", "verdict", "rule", "clause"),
    [
        ({}, "included", "reproduction", "R17"),
        ({"contract": "none"}, "no_contract", "contract", ""),
        ({"contract": "undecided"}, "undecided", "contract", ""),
        ({"category": None, "scope": None}, "undecided", "category", ""),
        ({"scope": None}, "undecided", "category", ""),
        ({"granted": ()}, "billed", "right", "R17"),
        ({"scope": FEATURE}, "billed", "terms", "R6"),
        ({"scope": OCR}, "billed", "charged_otherwise", "R6"),
        # Suspended: all rights, the one that is needed, another one, one of two.
        ({"suspension": rules.Suspension("R1")}, "billed", "suspension", "R1"),
        (
            {"suspension": rules.Suspension("", ("user_support",))},
            "billed",
            "suspension",
            "R17",
        ),
        (
            {"suspension": rules.Suspension("R1", ("hotfix",))},
            "included",
            "reproduction",
            "R17",
        ),
        (
            {
                "scope": SERVERS,
                "granted": ("technical_support", "operations"),
                "suspension": rules.Suspension("R1", ("technical_support",)),
            },
            "included",
            "reproduction",
            "R16",
        ),
        (
            {"scope": FEATURE, "suspension": rules.Suspension("R1")},
            "billed",
            "terms",
            "R6",
        ),
        # Upgrades: the fee covers their instances, a right their work.
        ({"scope": NEW_INSTANCE}, "billed", "terms", "R16"),
        ({"scope": NEW_INSTANCE, "upgrade": "right"}, "included", "upgrade", "R5"),
        ({"scope": NEW_INSTANCE, "upgrade": "extra"}, "included", "upgrade", "R5"),
        ({"scope": UPGRADE, "upgrade": "extra"}, "billed", "upgrade", "R8"),
        (
            {"scope": UPGRADE, "upgrade": "right", "granted": ("upgrade",)},
            "included",
            "upgrade",
            "R8",
        ),
        # It holds while a service grants it, and no longer.
        (
            {"scope": UPGRADE, "upgrade": "right", "granted": ()},
            "billed",
            "right",
            "R8",
        ),
        ({"scope": FEATURE, "upgrade": "right"}, "billed", "terms", "R6"),
        # The pool: R16 only.
        ({"scope": SERVERS}, "included", "reproduction", "R16"),
        (
            {"scope": SERVERS, "granted": ("operations",)},
            "included",
            "reproduction",
            "R16",
        ),
        ({"scope": SERVERS, "in_pool": False}, "billed", "pool", "R16"),
        ({"scope": SERVERS, "in_pool": None}, "undecided", "pool", "R16"),
        ({"in_pool": False}, "included", "reproduction", "R17"),
        # Modules: R9 and R14 only.
        ({"module_covered": False}, "included", "reproduction", "R17"),
        ({"scope": BUG, "module_covered": False}, "billed", "module", "R14"),
        # Bugs.
        ({"scope": BUG}, "needs_reproduction", "reproduction", "R14"),
        (
            {"scope": BUG, "reproduction": "open"},
            "needs_reproduction",
            "reproduction",
            "R14",
        ),
        (
            {"scope": BUG, "reproduction": "reproduced"},
            "included",
            "reproduction",
            "R14",
        ),
        (
            {"scope": BUG, "reproduction": "analysis"},
            "included",
            "reproduction",
            "R14",
        ),
        (
            {"scope": BUG, "reproduction": "not_reproducible"},
            "billed",
            "reproduction",
            "R14",
        ),
        (
            {"scope": BUG, "granted": (), "reproduction": "reproduced"},
            "billed",
            "right",
            "R14",
        ),
    ],
)
def test_worked_cases(facts, verdict, rule, clause):
    found = rules.judge(replace(RUNNING, **facts))
    assert (found.verdict, found.rule, found.clause) == (verdict, rule, clause)


def test_hours_are_charged_for_billed_work_alone():
    assert rules.judge(replace(RUNNING, scope=FEATURE)).by_hours
    assert not rules.judge(replace(RUNNING, scope=OCR)).by_hours
    assert not rules.judge(RUNNING).by_hours


RIGHTS = st.lists(st.sampled_from(EVERYTHING), unique=True).map(tuple)
SCOPES = st.builds(
    rules.Scope,
    st.sampled_from(["included", "billed", "needs_reproduction"]),
    st.sampled_from(["R9", "R16", "R17"]),
    RIGHTS,
    st.sampled_from(["hours", "fee", "transaction"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "R5"]),
)
FACTS = st.builds(
    rules.Facts,
    st.dates(),
    st.sampled_from(["running", "none", "undecided"]),
    st.none() | st.builds(rules.Suspension, st.just("R1"), st.none() | RIGHTS),
    st.none() | st.just("any"),
    st.none() | SCOPES,
    st.sampled_from([None, "right", "extra"]),
    RIGHTS,
    st.sampled_from([True, False, None]),
    st.booleans(),
    st.sampled_from([None, "open", "reproduced", "not_reproducible", "analysis"]),
)


@given(FACTS)
def test_every_case_has_one_verdict(facts):
    found = rules.judge(facts)
    assert found == rules.judge(facts)
    assert found.rule in rules.RULES
    assert found.verdict in {
        "included",
        "billed",
        "needs_reproduction",
        "no_contract",
        "undecided",
    }
    # Nothing is ever charged without a contract and a line of its terms.
    if found.by_hours:
        assert facts.contract == "running" and facts.scope
        assert found.verdict == "billed"


@given(FACTS, st.dates())
def test_a_verdict_depends_on_the_day_by_its_facts_alone(facts, day):
    assert rules.judge(replace(facts, day=day)) == rules.judge(facts)


@given(FACTS, RIGHTS)
def test_one_more_right_never_makes_work_dearer(facts, more):
    # A right that is suspended can: work that it would include costs its hours.
    facts = replace(facts, suspension=None)
    granted = tuple({*facts.granted, *more})
    before, after = rules.judge(facts), rules.judge(replace(facts, granted=granted))
    if before.verdict == "included":
        assert after.verdict == "included"
