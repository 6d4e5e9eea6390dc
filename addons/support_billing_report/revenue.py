# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Twelve months of monthly revenue: a figure, a chart and a sentence."""

import json
from functools import cached_property

from dateutil.relativedelta import relativedelta

from odoo.tools import format_date

MONTHS = 12


class RevenueYear:
    """Monthly revenue of the companies of ``env``, through the last whole month."""

    def __init__(self, env):
        self.env = env
        first = env.company._support_today().replace(day=1)
        self.months = [
            first - relativedelta(months=back) for back in range(MONTHS, 0, -1)
        ]

    @cached_property
    def _movements(self):
        """[(currency, month, kind of movement, amount, number of customers)]"""
        return self.env["support.revenue.report"]._read_group(
            [
                ("month", ">=", self.months[0]),
                ("month", "<=", self.months[-1]),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["currency_id", "month:month", "movement"],
            ["amount:sum", "partner_id:count_distinct"],
        )

    @cached_property
    def _sums(self):
        """{currency: {month: revenue}}, the company's own currency first."""
        sums = {self.env.company.currency_id: {}}
        for currency, month, _movement, amount, _number in self._movements:
            months = sums.setdefault(currency, {})
            months[month] = months.get(month, 0.0) + amount
        return sums

    @property
    def _own(self):
        """(currency, revenue of each month) of the company."""
        currency, months = next(iter(self._sums.items()))
        return currency, [months.get(month, 0.0) for month in self.months]

    def describe_now(self):
        """The revenue of the last whole month, a sum for each currency."""
        last = self.months[-1]
        return " + ".join(
            currency.format(months.get(last, 0.0))
            for currency, months in self._sums.items()
            if months.get(last) or currency == self.env.company.currency_id
        )

    def describe_change(self):
        """What became of it since the month before."""
        currency, months = self._own
        before, now = months[-2:]
        name = self._name(self.months[-2])
        if currency.is_zero(before):
            return self._name(self.months[-1], year=True)
        part = (now - before) / before * 100
        arrow = "▲" if part > 0 else "▼" if part < 0 else "="
        return self.env._(
            "%(change)s since %(month)s",
            change=f"{arrow} {self._format_part(abs(part))}",
            month=name,
        )

    def render_graph(self):
        """The months as the bars of Odoo's chart, as JSON."""
        currency, months = self._own
        values = [
            {
                "label": format_date(self.env, month, date_format="LLL"),
                "value": currency.round(revenue),
                "type": "past",
            }
            for month, revenue in zip(self.months, months, strict=True)
        ]
        # An area without a title would be named after nothing by a screen reader.
        return json.dumps([{"values": values, "key": currency.name}])

    def describe_year(self):
        """First, last and largest month and the largest change, in words."""
        currency, months = self._own
        if not any(months):
            return self.env._("No month has been charged yet.")
        highest = max(range(MONTHS), key=lambda index: months[index])
        sentences = [
            self.env._(
                "%(first)s %(before)s, %(last)s %(now)s; highest %(highest)s in "
                "%(month)s.",
                first=self._name(self.months[0], year=True),
                before=currency.format(months[0]),
                last=self._name(self.months[-1], year=True),
                now=currency.format(months[-1]),
                highest=currency.format(months[highest]),
                month=self._name(self.months[highest]),
            )
        ]
        if months[0]:
            part = (months[-1] - months[0]) / months[0] * 100
            sign = "+" if part > 0 else "−" if part < 0 else ""
            sentences.append(
                self.env._(
                    "%s in twelve months.", f"{sign}{self._format_part(abs(part))}"
                )
            )
        return " ".join([*sentences, *self._describe_largest(currency)])

    def _describe_largest(self, currency):
        """The largest change of the year, as a sentence or none."""
        changes = [
            row for row in self._movements if row[0] == currency and row[2] != "kept"
        ]
        if not changes:
            return []
        _currency, month, movement, amount, number = max(
            changes, key=lambda row: abs(row[3])
        )
        names = dict(self.env["support.revenue.report"]._selection_movement())
        return [
            self.env._(
                "Largest change: %(movement)s in %(month)s, %(amount)s "
                "(customers: %(number)s).",
                movement=names[movement],
                month=self._name(month),
                amount=("+" if amount > 0 else "") + currency.format(amount),
                number=number,
            )
        ]

    def _name(self, month, year=False):
        pattern = "LLLL y" if year else "LLLL"
        return format_date(self.env, month, date_format=pattern)

    def _format_part(self, part):
        language = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        digits = 0 if part >= 10 else 1
        return f"{language.format(f'%.{digits}f', part)} %"
