# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whether work is included or billed, and why: facts in, verdict out. No ORM.

The rules are asked in the order of :data:`RULES`; the first that decides gives the
verdict and its clause. Clauses R6, R10 and R13-R17.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

INCLUDED = "included"
BILLED = "billed"
NEEDS_REPRODUCTION = "needs_reproduction"
NO_CONTRACT = "no_contract"
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Scope:
    """What the terms say about a category of work."""

    #: ``included``, ``billed`` or ``needs_reproduction``
    verdict: str
    clause: str = ""
    #: Codes of rights, any of which is needed; none for everybody with a contract.
    rights: tuple[str, ...] = ()
    #: ``hours``, ``fee`` or ``transaction``
    charged_by: str = "hours"
    #: Included inside our pool of virtual machines only (R16).
    pool_only: bool = False
    #: Included for modules that the contract covers only (R9, R14).
    covered_only: bool = False
    #: The clause by which an upgrade's fee covers it; empty if it does not (R5).
    upgrade_clause: str = ""


@dataclass(frozen=True)
class Suspension:
    """Rights that are not given on the day, such as for an unpaid invoice."""

    clause: str = ""
    #: Codes of the rights; None for all of them.
    rights: tuple[str, ...] | None = None

    def covers(self, rights):
        """Whether everything that would include the work is suspended."""
        if self.rights is None:
            return True
        return bool(rights) and set(rights) <= set(self.rights)


@dataclass(frozen=True)
class Facts:
    """All that a verdict depends on."""

    #: The day of the work, in the company's time zone.
    day: date
    #: ``running``, ``none``, or ``undecided`` while a person has to choose one.
    contract: str = "none"
    suspension: Suspension | None = None
    #: Code of the category of work; None while nobody chose one.
    category: str | None = None
    #: What the terms of the day say about it; None if they do not name it.
    scope: Scope | None = None
    #: ``right`` or ``extra`` for work on an upgrade, by what it uses; else None.
    upgrade: str | None = None
    #: Those of the category's rights that the contract grants on the day.
    granted: tuple[str, ...] = ()
    #: Whether the instance runs in our pool; None while no instance was chosen and the
    #: contract's instances differ.
    in_pool: bool | None = True
    #: Whether the contract covers the module; true for Odoo's own and for none.
    module_covered: bool = True
    #: None, ``open``, ``reproduced``, ``not_reproducible``, or ``analysis`` for time by
    #: the day on which it turned out not to be reproducible (R15).
    reproduction: str | None = None


@dataclass(frozen=True)
class ScopeVerdict:
    """Whether work is included, by which rule and clause."""

    #: ``included``, ``billed``, ``needs_reproduction``, ``no_contract``, ``undecided``
    verdict: str
    #: Code of the rule that decided, a key of :data:`RULES`.
    rule: str
    #: The clause of the agreement, such as ``"R17"``; empty where none decides.
    clause: str = ""
    #: Whether its hours are charged by the minute.
    by_hours: bool = False


def judge(facts: Facts) -> ScopeVerdict:
    """The verdict on these facts, and on nothing else."""
    for rule, decide in RULES.items():
        if answer := decide(facts):
            verdict, clause = answer
            by_hours = verdict == BILLED and facts.scope.charged_by == "hours"
            return ScopeVerdict(verdict, rule, clause, by_hours)
    raise AssertionError("The last rule always decides.")


def _contract(facts):
    if facts.contract == "undecided":
        return UNDECIDED, ""
    if facts.contract == "none":
        return NO_CONTRACT, ""
    return None


def _suspension(facts):
    """Work that would be included costs its hours while the right to it is suspended.

    What is billed anyhow, or has no place in the terms, is not touched by it.
    """
    scope, suspension = facts.scope, facts.suspension
    if not suspension or not scope or scope.verdict == BILLED:
        return None
    # Of several rights, one that is not suspended includes it all the same.
    usable = [right for right in scope.rights if right in facts.granted]
    if scope.rights and not usable:
        return None  # it would not be included anyhow
    if suspension.covers(usable):
        return BILLED, suspension.clause or scope.clause
    return None


def _category(facts):
    return (UNDECIDED, "") if not facts.category or not facts.scope else None


def _charged_otherwise(facts):
    scope = facts.scope
    if scope.verdict == BILLED and scope.charged_by != "hours":
        return BILLED, scope.clause
    return None


def _upgrade(facts):
    """Work on an upgrade: its fee covers its instances, its right covers its work."""
    scope = facts.scope
    if not facts.upgrade:
        return None
    if scope.upgrade_clause:
        return INCLUDED, scope.upgrade_clause
    if scope.verdict == INCLUDED and "upgrade" in scope.rights:
        if facts.upgrade == "extra":
            return BILLED, scope.clause
        # A right that was asked for in time holds while a service grants it.
        if "upgrade" in facts.granted:
            return INCLUDED, scope.clause
    return None


def _terms(facts):
    return (BILLED, facts.scope.clause) if facts.scope.verdict == BILLED else None


def _right(facts):
    scope = facts.scope
    if scope.rights and not set(scope.rights) & set(facts.granted):
        return BILLED, scope.clause
    return None


def _pool(facts):
    if not facts.scope.pool_only or facts.in_pool:
        return None
    return (UNDECIDED if facts.in_pool is None else BILLED), facts.scope.clause


def _module(facts):
    if facts.scope.covered_only and not facts.module_covered:
        return BILLED, facts.scope.clause
    return None


def _reproduction(facts):
    scope, found = facts.scope, facts.reproduction
    # Analysing a suspected bug is free whatever comes out of it.
    if scope.verdict != NEEDS_REPRODUCTION or found in ("reproduced", "analysis"):
        return INCLUDED, scope.clause
    if found == "not_reproducible":
        return BILLED, scope.clause
    return NEEDS_REPRODUCTION, scope.clause


#: {code: function of the facts, which returns (verdict, clause) or None}, in order.
RULES: dict[str, Callable[[Facts], tuple[str, str] | None]] = {
    "contract": _contract,
    "suspension": _suspension,
    "category": _category,
    "charged_otherwise": _charged_otherwise,
    "upgrade": _upgrade,
    "terms": _terms,
    "right": _right,
    "pool": _pool,
    "module": _module,
    "reproduction": _reproduction,
}
