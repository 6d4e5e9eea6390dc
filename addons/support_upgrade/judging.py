# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import format_date

from odoo.addons.support_contract.rights import RightJudge
from odoo.addons.support_contract.spans import first_change
from odoo.addons.support_contract.verdict import Case

from .reservation import Reservation


class UpgradeJudge:
    """Whether a customer may have an upgrade on a day, and why. Clause R8."""

    def __init__(self, contract, right):
        contract.ensure_one()
        self.contract = contract
        self.right = right
        self.env = contract.env

    def judge(self, upgrade=None, count=None):
        """One of the rights of the period, or the one that a request has reserved.

        :param upgrade: ``support.upgrade`` whose own reservation counts for it
        :param count: the number of rights that are needed; by default what `upgrade`
            uses, or one
        :return: :class:`odoo.addons.support_contract.verdict.Case`
        """
        if upgrade and upgrade._holds_right():
            return self._judge_reserved(upgrade)
        count = count or (Reservation(upgrade).get_count() if upgrade else 1)
        ledger = self.contract._get_upgrade_ledger()
        return Case(
            answer=lambda day: ledger.left(day) >= count,
            change_days=ledger.change_days,
            explain=lambda day: self._explain(ledger, count, day),
        )

    def _judge_reserved(self, upgrade):
        """What was asked for in time holds for as long as the service runs."""
        case = RightJudge(self.contract).grant(self.right)

        def explain(day):
            reason, service_id = case.explain(day)
            if case.answer(day):
                reason = upgrade.right_text
            return reason, service_id

        return Case(answer=case.answer, change_days=case.change_days, explain=explain)

    def _explain(self, ledger, count, day):
        """Why ``count`` rights are free on ``day``, or not: (reason, service id)."""
        judge = RightJudge(self.contract)
        reason, service_id = judge.explain_grant(judge.get_spans(self.right), day)
        period = ledger.period_at(day)
        if not period:
            return reason, service_id
        entry = ledger.entry(period, day)
        reason = self._explain_entry(entry, count)
        if entry.left < count:
            following = first_change(
                lambda one: ledger.left(one) >= count, day, ledger.change_days(day)
            )
            if following:
                reason += " " + self.env._(
                    "The next one can be had from %s.", format_date(self.env, following)
                )
        return reason, service_id

    def _explain_entry(self, entry, count):
        """What one period has left, for somebody who needs ``count`` rights."""
        if not entry.granted:
            return self.env._("The agreement includes no upgrades.")
        values = {
            "left": entry.left,
            "granted": entry.granted,
            "start": format_date(self.env, entry.start),
            "end": format_date(self.env, entry.end),
        }
        if entry.left >= count:
            return self.env._(
                "%(left)s of %(granted)s upgrades left in the period %(start)s – "
                "%(end)s.",
                **values,
            )
        if count > 1:
            return self.env._(
                "The upgrade needs %(count)s rights; %(left)s of %(granted)s are left "
                "in the period %(start)s – %(end)s.",
                count=count,
                **values,
            )
        if entry.granted > 1:
            return self.env._(
                "The %(granted)s upgrades of the period %(start)s – %(end)s are used "
                "or reserved.",
                **values,
            )
        return self.env._(
            "The upgrade of the period %(start)s – %(end)s is used or reserved.",
            **values,
        )
