# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the question "may the customer have this, on that day, and why?" is answered
with: values that cannot be changed, without the ORM.

``contract._right("hotfix", day)`` returns a :class:`Verdict`. It is true when the
customer may::

    if not (verdict := contract._right("hotfix")):
        raise UserError(verdict.reason)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Verdict:
    """The answer to one question about one contract on one day.

    The answer is ``allowed``. The rest says where it comes from, and for how long it
    holds: on every day from ``on_date`` until the day before ``changes_on`` the answer
    is the same, on ``changes_on`` it is the opposite. As things stand: what nobody
    knows yet (a notice, a payment, a request) is not foreseen.
    """

    allowed: bool
    #: Code of the right that was asked for, such as ``"hotfix"``.
    right: str
    #: The day that the answer is for, in the company's time zone.
    on_date: date
    #: The clause of the agreement that decided, such as ``"R10"``.
    clause: str
    #: One or two sentences in the reader's language; for customers too.
    reason: str
    #: The first day with the opposite answer; None if it stays as it is.
    changes_on: date | None = None
    #: Id of the ``support.contract.service`` that decided; None if none did.
    service_id: int | None = None

    def __bool__(self):
        return self.allowed


@dataclass(frozen=True)
class Suspension:
    """Why rights that a contract grants are not given on some day."""

    #: One or two sentences in the reader's language.
    reason: str
    #: The clause that suspends; empty where the terms' own rule does.
    clause: str = ""
    #: Codes of the suspended rights; None suspends them all.
    rights: frozenset[str] | None = None

    def covers(self, right):
        return self.rights is None or right in self.rights


@dataclass(frozen=True)
class Case:
    """One question about one contract, before anybody says for which day.

    How a right is judged, made by the contract's ``_judge_…`` methods.
    """

    #: Whether the customer may, on a day; without suspensions.
    answer: Callable[[date], bool]
    #: All days after a day on which the answer may change; more do no harm.
    change_days: Callable[[date], Iterable[date]]
    #: The reason in the reader's language, and the id of the service that decides.
    explain: Callable[[date], tuple[str, int | None]]
