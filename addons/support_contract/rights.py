# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How a contract's rights are judged. The answers are in :mod:`.verdict`."""

from odoo.tools import format_date

from .periods import ONE_DAY
from .spans import Span, first_change
from .verdict import Case, Verdict


class RightJudge:
    """Judges what the customer of a contract may have, on a day, and why.

    :param contract: ``support.contract``
    """

    def __init__(self, contract):
        self.contract = contract
        self.env = contract.env

    def judge(self, code, day, facts):
        """See ``contract._right()``.

        :return: :class:`.verdict.Verdict`
        :raise ValueError: for a right that does not exist
        """
        right = self.env["support.right"].search([("code", "=", code)], limit=1)
        if not right:
            raise ValueError(f"There is no right with the code {code!r}.")
        return self.judge_right(right, day, facts)

    def judge_right(self, right, day, facts):
        """The same for a ``support.right``."""
        contract, code = self.contract, right.code
        case = self.get_case(right, facts)

        def suspension_on(day):
            suspension = contract._right_suspension(day)
            return suspension if suspension and suspension.covers(code) else None

        def answer(day):
            return case.answer(day) and not suspension_on(day)

        clause, (reason, service_id) = right.clause, case.explain(day)
        if case.answer(day) and (suspension := suspension_on(day)):
            clause, reason = suspension.clause or clause, suspension.reason
        days = [*case.change_days(day), *contract._get_suspension_days(day)]
        return Verdict(
            allowed=answer(day),
            right=code,
            on_date=day,
            clause=clause or "",
            reason=reason,
            changes_on=first_change(answer, day, days),
            service_id=service_id,
        )

    def is_allowed(self, right, day):
        """Whether the customer has ``right``, a `support.right`, on ``day``."""
        suspension = self.contract._right_suspension(day)
        if suspension and suspension.covers(right.code):
            return False
        return bool(self.get_case(right, {}).answer(day))

    def get_case(self, right, facts):
        """How a right is judged on any day, apart from suspensions.

        :param right: `support.right`
        :return: :class:`.verdict.Case`
        """
        judge = getattr(self.contract, f"_judge_right_{right.code}", None)
        return judge(right, facts) if judge else self.grant(right)

    def grant(self, right):
        """A right that the customer has on every day of a service that grants it."""
        spans = self.get_spans(right)
        return Case(
            answer=lambda day: any(day in span for span in spans),
            change_days=lambda day: [one for span in spans for one in span.boundaries],
            explain=lambda day: self.explain_grant(spans, day),
        )

    def get_spans(self, right):
        """The days of every service that grants ``right``.

        :param right: ``support.right``
        :return: list of :class:`.spans.Span`, each with the id of its service
        """
        if self.get_closed_reason():
            return []
        return [
            Span(service.date_start, service.date_end, source=service._origin.id)
            for service in self.contract.service_ids
            if service.date_start and right in service.type_id.grant_ids
        ]

    def get_closed_reason(self):
        """Why the contract grants nothing at all; empty if it may grant something.

        An ended contract is not closed: what it granted on its days, it granted.
        """
        contract = self.contract
        if contract.state == "draft":
            return self.env._(
                "%s is a draft and grants nothing before it is active.", contract.name
            )
        if contract.state == "cancelled":
            return self.env._("%s was cancelled and grants nothing.", contract.name)
        return ""

    def explain_grant(self, spans, day):
        """Why ``spans`` grant a right on ``day``, or not: (reason, service id)."""
        if closed := self.get_closed_reason():
            return closed, None
        if not spans:
            return self.env._("No service of the contract includes it."), None
        running = [span for span in spans if day in span]
        coming = [span for span in spans if span.start > day]
        if running:
            # The one that lasts longest carries the right.
            span = max(running, key=lambda span: (span.end is None, span.end or day))
            pattern = (
                self.env._("%(service)s runs until %(end)s.")
                if span.end
                else self.env._("%(service)s has run since %(start)s.")
            )
        elif coming:
            span = min(coming, key=lambda span: span.start)
            pattern = self.env._("%(service)s starts on %(start)s.")
        else:
            span = max(spans, key=lambda span: span.end)
            pattern = self.env._("%(service)s ended on %(end)s.")
        service = self.env["support.contract.service"].browse(span.source)
        reason = pattern % {
            "service": service.type_id.name,
            "start": format_date(self.env, span.start),
            "end": format_date(self.env, span.end) if span.end else "",
        }
        return reason, span.source

    def get_row(self, right):
        """What a table of rights shows about one of them today."""
        today = self.contract.company_id._support_today()
        verdict = self.judge_right(right, today, {})
        until = ""
        if day := verdict.changes_on:
            until = (
                self.env._("until %s", format_date(self.env, day - ONE_DAY))
                if verdict
                else self.env._("from %s", format_date(self.env, day))
            )
        return {"right": right, "verdict": verdict, "until": until}

    def render_table(self):
        """All rights as a table, in HTML."""
        rights = self.env["support.right"].search([])
        return self.env["ir.qweb"]._render(
            "support_contract.support_contract_rights",
            {
                "rows": [self.get_row(right) for right in rights],
                "closed": self.get_closed_reason(),
            },
        )

    def get_lost(self, services):
        """The rights that nothing else goes on granting when these services end."""
        staying = self.contract.service_ids.filtered(
            lambda service: service not in services and not service.date_end
        )
        rights = services.type_id.grant_ids - staying.type_id.grant_ids
        # What a service is itself, under the same code, is no loss besides it.
        rights = rights.filtered(
            lambda right: right.code not in services.type_id.mapped("code")
        )
        return rights.sorted("sequence")
