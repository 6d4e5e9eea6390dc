# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_date

from ..periods import ONE_DAY, check_day
from ..spans import Span, first_change
from ..verdict import Case, Verdict


class SupportContract(models.Model):
    """What the customer may have on a day, and why. Clauses R4, R8-R11, R13."""

    _inherit = "support.contract"

    rights_today = fields.Html(
        compute="_compute_rights_today",
        sanitize=False,
        help="What the customer may have today, and why.",
    )

    @api.depends(
        "state",
        "service_ids.type_id.grant_ids",
        "service_ids.date_start",
        "service_ids.date_end",
    )
    @api.depends_context("lang")
    def _compute_rights_today(self):
        rights = self.env["support.right"].search([])
        for contract in self:
            contract.rights_today = self.env["ir.qweb"]._render(
                "support_contract.support_contract_rights",
                {
                    "rows": [contract._prepare_right_row(right) for right in rights],
                    "closed": contract._get_closed_reason(),
                },
            )

    def _prepare_right_row(self, right):
        """What the table of rights shows about one of them."""
        self.ensure_one()
        verdict = self._right(right.code)
        until = ""
        if day := verdict.changes_on:
            until = (
                self.env._("until %s", format_date(self.env, day - ONE_DAY))
                if verdict
                else self.env._("from %s", format_date(self.env, day))
            )
        return {"right": right, "verdict": verdict, "until": until}

    def _right(self, right, on_date=None, **facts):
        """May the customer have this, on that day, and why?

        The one place where rights are decided. A right that needs more than a service
        that grants it has a method ``_judge_right_<code>(right, facts)``, which returns
        a :class:`..verdict.Case`. Days are those of the company's time
        zone; the first and the last day of a service both belong to it.

        :param right: code of a ``support.right``: ``maintenance``, ``operations``,
            ``patch``, ``hotfix``, ``upgrade``, ``discount``, ``technical_support``,
            ``user_support``, ``swedish_adaptations`` or one of the consultancy's own
        :param on_date: the day; today by default
        :param facts: what the question is about, where the right's own method asks
            for it
        :return: :class:`..verdict.Verdict`
        :raise ValueError: for a right that does not exist
        """
        self.ensure_one()
        day = check_day(on_date) if on_date else self.company_id._support_today()
        known = self.env["support.right"].search([("code", "=", right)], limit=1)
        if not known:
            raise ValueError(f"There is no right with the code {right!r}.")
        judge = getattr(self, f"_judge_right_{right}", self._judge_grant)
        case = judge(known, facts)

        def suspension_on(day):
            suspension = self._right_suspension(day)
            return suspension if suspension and suspension.covers(right) else None

        def answer(day):
            return case.answer(day) and not suspension_on(day)

        clause, (reason, service_id) = known.clause, case.explain(day)
        if case.answer(day) and (suspension := suspension_on(day)):
            clause, reason = suspension.clause or clause, suspension.reason
        days = [*case.change_days(day), *self._get_suspension_days(day)]
        return Verdict(
            allowed=answer(day),
            right=right,
            on_date=day,
            clause=clause or "",
            reason=reason,
            changes_on=first_change(answer, day, days),
            service_id=service_id,
        )

    def _right_suspension(self, on_date):
        """Why rights are not given on a day that the contract grants; a hook.

        Extend it together with ``_get_suspension_days``.

        :return: :class:`..verdict.Suspension`, or None
        """
        return None

    def _get_suspension_days(self, on_date):
        """Days after ``on_date`` on which ``_right_suspension`` may answer otherwise,
        as things stand; a hook.
        """
        return []

    def _judge_grant(self, right, facts):
        """A right that the customer has on every day of a service that grants it."""
        spans = self._get_grant_spans(right)
        return Case(
            answer=lambda day: any(day in span for span in spans),
            change_days=lambda day: [one for span in spans for one in span.boundaries],
            explain=lambda day: self._explain_grant(right, spans, day),
        )

    def _get_grant_spans(self, right):
        """The days of every service that grants ``right``.

        :param right: ``support.right``
        :return: list of :class:`..spans.Span`, each with the id of its service
        """
        self.ensure_one()
        if self._get_closed_reason():
            return []
        return [
            Span(service.date_start, service.date_end, source=service._origin.id)
            for service in self.service_ids
            if service.date_start and right in service.type_id.grant_ids
        ]

    def _get_closed_reason(self):
        """Why the contract grants nothing at all; empty if it may grant something.

        An ended contract is not closed: what it granted on its days, it granted.
        """
        self.ensure_one()
        if self.state == "draft":
            return self.env._(
                "%s is a draft and grants nothing before it is active.", self.name
            )
        if self.state == "cancelled":
            return self.env._("%s was cancelled and grants nothing.", self.name)
        return ""

    def _explain_grant(self, right, spans, day):
        """Why ``spans`` grant ``right`` on ``day``, or not: (reason, service id)."""
        self.ensure_one()
        if closed := self._get_closed_reason():
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

    def _get_rights_lost(self, services):
        """Besides the services, the rights that nothing else goes on granting."""
        lost = super()._get_rights_lost(services)
        staying = self.service_ids.filtered(
            lambda service: service not in services and not service.date_end
        )
        rights = services.type_id.grant_ids - staying.type_id.grant_ids
        # What a service is itself, under the same code, is in the list already.
        rights = rights.filtered(
            lambda right: right.code not in services.type_id.mapped("code")
        )
        return [*lost, *rights.sorted("sequence").mapped("name")]
