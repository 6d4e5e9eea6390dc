# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Invoices for services to other EU countries are issued by the 15th (17 kap. ML).

What is still missing is told from the 10th on, what was late when it is posted.
"""

import contextlib
from datetime import timedelta
from itertools import chain

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.read_once import read_once
from odoo.addons.support_contract_billing.billing import ACCOUNTANTS
from odoo.addons.support_contract_billing.taxation import (
    get_customer_position,
    get_taxation,
)

from .eu_sales import are_of_eu_businesses

# Of the month after.
FIRST_DAY_OF_TO_DO = 10
LAST_DAY = 15
ACTIVITY = "l10n_se_support.activity_eu_invoice_missing"


def get_last_day(day):
    """By when an invoice for services of ``day`` to another EU country is issued."""
    return day + relativedelta(months=1, day=LAST_DAY)


def note_late(move):
    """Leave a to-do on an invoice to another EU country that is issued too late.

    :param move: `account.move` that was posted just now
    """
    if not (end := _get_end(move)):
        return
    last = get_last_day(end)
    if move.invoice_date <= last:
        return
    env = move.env
    contract = move.support_contract_ids[:1]
    move.activity_schedule(
        "mail.mail_activity_data_todo",
        summary=env._("EU invoice after the 15th"),
        note=env._(
            "%(invoice)s is for services of %(month)s and should have been issued by "
            "%(day)s. They belong to the VAT return and the EU sales list of that "
            "month: correct both.",
            invoice=move.name,
            month=format_date(env, end, date_format="LLLL y"),
            day=format_date(env, last),
        ),
        user_id=contract._get_responsible_user(ACCOUNTANTS).id
        if contract
        else env.user.id,
    )


def _get_end(move):
    """Until when the first services to another EU country were, on an invoice; or None.

    What it corrects was there in time.
    """
    ends = [line.end_date for line in move.invoice_line_ids if line.end_date]
    if (
        not ends
        or move.move_type != "out_invoice"
        or not are_of_eu_businesses(move.invoice_line_ids.tax_ids, move.company_id)
        or move._l10n_se_get_corrected_moves()
    ):
        return None
    return min(ends)


class MissingInvoices:
    """Invoices to other EU countries that a company has not issued, but should.

    :param company: `res.company`, in the environment of the scheduled action
    """

    def __init__(self, company):
        self.company, self.env = company, company.env
        self.today = company._support_today()
        # Services until this day are told today: those of the month before from the
        # 10th on.
        month = self.today - timedelta(days=FIRST_DAY_OF_TO_DO - 1)
        self.latest = month + relativedelta(day=1) - ONE_DAY
        self.days = {}

    def update_to_do(self):
        """One to-do of the accountant as long as something is missing."""
        journal = self.company.support_journal_id
        activities = journal.activity_search([ACTIVITY])
        missing = self.find()
        if not missing:
            activities.unlink()
            return
        users = self.company._get_support_users(ACCOUNTANTS)
        user = activities.user_id[:1] or users[:1] or self.env.user
        note = plaintext2html(self._describe(missing, user))
        deadline = min(missing.values())
        if activities:
            activities.write({"note": note, "date_deadline": deadline})
        elif journal:
            journal.activity_schedule(
                ACTIVITY, date_deadline=deadline, note=note, user_id=user.id
            )

    def _describe(self, missing, user):
        env = self.env(context={**self.env.context, "lang": user.lang})
        rows = [
            env._(
                "%(customer)s: by %(day)s",
                customer=customer.name,
                day=format_date(env, day),
            )
            for customer, day in sorted(
                missing.items(), key=lambda item: (item[1], item[0].name or "")
            )
        ]
        text = env._(
            "These customers in other EU countries have no invoice yet for services of "
            "a month that is over. See in the billing overview what holds it back."
        )
        return "\n".join([text, *rows])

    def find(self):
        """{customer: by when the first of their invoices should be issued}"""
        self.days = {}
        self._find_drafts()
        self._find_charges()
        self._find_uncharged()
        return self.days

    def _add(self, customer, end):
        if end and end <= self.latest:
            customer = customer.commercial_partner_id
            day = get_last_day(end)
            self.days[customer] = min(day, self.days.get(customer, day))

    def _find_drafts(self):
        drafts = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "draft"),
                ("move_type", "=", "out_invoice"),
                ("invoice_line_ids.end_date", "<=", self.latest),
            ]
        )
        for move in drafts:
            self._add(move.partner_id, _get_end(move))

    def _find_charges(self):
        charges = self.env["support.charge"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "in", ("pending", "held")),
                ("kind", "!=", "correction"),
                ("date", "<=", self.today),
            ]
        )
        for charge in charges:
            end = charge.period_end or charge.date
            if end <= self.latest and self._is_sold_to_eu(get_taxation(charge).taxes):
                self._add(charge.partner_id, end)

    def _find_uncharged(self):
        """Contracts that failed, or wait for somebody or for their grace days."""
        Contract = read_once(self.env["support.contract"])
        found = Contract.search(
            Contract._get_running_domain()
            & Domain("company_id", "=", self.company.id)
            & Domain("partner_id.commercial_partner_id.vat", "!=", False)
            & Domain("partner_id.commercial_partner_id.vat", "not =ilike", "SE%")
        )
        for contract in found:
            position = get_customer_position(contract.partner_id, self.company)
            if self._is_sold_to_eu(position.tax_ids):
                self._add(contract.partner_id, self._get_uncharged_end(contract))

    def _get_uncharged_end(self, contract):
        # What is wrong with it is found out and noted when it is billed.
        with contextlib.suppress(UserError):
            due = contract._get_due_periods(attended=True, today=self.today)
            if ends := [one.covered.end for one in chain(*due.values())]:
                return min(ends)
        if contract.billing_error:
            # The month before, at the latest.
            return self.today + relativedelta(day=1) - ONE_DAY
        return None

    def _is_sold_to_eu(self, taxes):
        return are_of_eu_businesses(taxes, self.company)
