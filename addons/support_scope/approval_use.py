# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How much of what was approved is used up, and who is told when little is left."""

from odoo import fields

from .minutes import bill_day
from .timekeeping import Rates, get_work_and_day

TOLD_FROM = 0.8


class ApprovalUse:
    """What logged time, charged or not, uses up: of a standing approval in the running
    month, of the estimates of one piece of work together.

    :param approval: `support.work.approval` that was accepted
    """

    def __init__(self, approval):
        # sudo: whoever logs time need not see the time of others, nor change approvals.
        self.approval = approval.sudo()
        self.contract = self.approval.contract_id
        self.today = approval.company_id._support_today()
        self.together = self._find_together()

    def tell(self):
        """Tell customer and account manager of 80 %: once, and once more after an
        increase; of a standing one once a month.
        """
        last = self.together[-1:]
        if not last or self._was_told(last) or (share := self.get_share()) < TOLD_FROM:
            return
        self.together.date_notified = fields.Datetime.now()
        manager = self.contract._get_responsible_user()
        env = last.with_context(lang=last.partner_id.lang or last.env.lang).env
        last.message_post(
            body=env._(
                "%(share)s %% of what was approved for “%(name)s” is used up.",
                share=int(share * 100),
                name=last.name,
            ),
            # Whoever logs time tells nobody by that; the account manager may be it.
            author_id=last.company_id.partner_id.id,
            notify_author=True,
            partner_ids=(last.partner_id | manager.partner_id).ids,
            subtype_xmlid="mail.mt_comment",
        )

    def get_share(self):
        """0 for none, 1 for all: of hours or of the amount, whichever is more."""
        minutes = amount = 0
        rates = Rates(self.contract)
        for (_work, day), own in self._get_time().grouped(get_work_and_day).items():
            increment = self.contract._get_agreed("time_increment", day).value
            billed = bill_day(
                [
                    rates.get_entry(line)
                    for line in own
                    if rates.get(line).price is not None
                ],
                increment,
            )
            minutes += sum(one.billed for one in billed)
            amount += sum(one.rate.price * one.billed / 60 for one in billed)
        limits = (
            (minutes, sum(self.together.mapped("minutes"))),
            (float(amount), sum(one._get_amount_limit() for one in self.together)),
        )
        return max(used / limit if limit else 0.0 for used, limit in limits)

    def _was_told(self, approval):
        moment = approval.date_notified
        if not moment or not approval.is_standing:
            return bool(moment)
        day = approval.company_id._support_date(moment)
        return day >= self.today.replace(day=1)

    def _find_together(self):
        """What is used up together, in the order of the answers."""
        approval = self.approval
        if approval.is_standing:
            return approval
        return approval.search(
            [
                ("contract_id", "=", self.contract.id),
                ("customer_id", "=", approval.customer_id.id),
                ("res_model", "=", approval.res_model),
                ("res_id", "=", approval.res_id),
                ("is_standing", "=", False),
                ("state", "=", "accepted"),
                ("objection", "=", False),
            ],
            order="date_decided, id",
        )

    def _get_time(self):
        """Billed time that uses it up."""
        approval = self.approval
        domain = [
            ("support_contract_id", "=", self.contract.id),
            ("support_verdict", "=", "billed"),
            ("support_by_hours", "=", True),
        ]
        if approval.is_standing:
            domain.append(("date", ">=", self.today.replace(day=1)))
        elif work := approval._get_work():
            domain.append((work._get_time_field(), "=", work.id))
        first, last = approval.date_start, approval.date_end
        return (
            approval.env["account.analytic.line"]
            .search(domain)
            .filtered(
                lambda line: (
                    approval._covers_work(line._get_support_work())
                    and approval._is_for_customer_on(line.date)
                    and not (first and line.date < first)
                    and not (last and line.date > last)
                )
            )
        )
