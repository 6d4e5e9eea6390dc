# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The figures of a month: what was charged, and that the invoices say the same."""

from odoo.fields import Domain
from odoo.tools import SQL

from .overview_month import get_month_domain

AMOUNT = "amount_untaxed_in_currency_signed"


class MonthTotals:
    """From the charges of a month to its posted invoices: lines of the overview.

    :param env: its companies are added up together
    :param month: :class:`odoo.addons.support_contract.periods.Period`
    """

    def __init__(self, env, month):
        self.env, self.month = env, month

    def prepare_vals(self):
        """Values of the lines, for each currency."""
        parts = self._get_total_parts()
        currencies = {currency for _n, _m, _d, sums in parts for currency in sums}
        vals_list = []
        for currency in sorted(currencies, key=lambda one: (one.name, one.id)):
            vals_list += self._prepare_currency_vals(parts, currency)
        return vals_list

    def _prepare_currency_vals(self, parts, currency):
        figures, vals_list = {}, []
        for kind, name, (model, domain), sums in parts:
            amount = figures[kind] = currency.round(sums.get(currency, 0.0))
            is_sum = kind in ("charged", "billed", "together")
            if not is_sum and currency.is_zero(amount):
                continue
            vals_list.append(
                {
                    "section": "total",
                    "name": name,
                    "currency_id": currency.id,
                    "amount": amount,
                    "is_sum": is_sum,
                    "is_total": kind == "together",
                    "res_model": model,
                    "res_domain": [
                        leaf if isinstance(leaf, str) else list(leaf) for leaf in domain
                    ],
                }
            )
        expected = sum(
            figures[kind]
            for kind in (
                *("billed", "corrected", "other", "again", "reversed", "rounding"),
            )
        )
        gap = currency.round(figures["together"] - expected)
        if not currency.is_zero(gap):
            vals_list.append(
                {
                    "section": "total",
                    "name": self.env._("Difference: look at the reconciliation"),
                    "currency_id": currency.id,
                    "amount": gap,
                    "is_problem": True,
                }
            )
        return vals_list

    def _get_total_parts(self):
        """[(kind, name, (model, domain of its records), {currency: amount})].

        What was charged, less what is on no posted invoice, was invoiced; with the
        corrections and what else is on these invoices it makes their total.
        """
        charges = self._get_month_charges()
        moves = self._get_month_moves()
        correction = Domain("kind", "=", "correction")
        decided = Domain("state", "in", ("held", "waived"))
        posted = Domain("move_id.state", "=", "posted")
        none = Domain("move_id", "=", False)
        charge_parts = [
            ("charged", self.env._("Charged"), Domain.TRUE, 1),
            ("held", self.env._("Held"), Domain("state", "=", "held"), -1),
            ("waived", self.env._("Waived"), Domain("state", "=", "waived"), -1),
            ("pending", self.env._("Waits for an invoice"), none & ~decided, -1),
            ("draft", self.env._("On drafts"), ~none & ~posted, -1),
            ("billed", self.env._("= Invoiced"), posted, 1),
        ]
        parts = [
            self._get_sums(kind, name, charges, ~correction & domain, "amount", sign)
            for kind, name, domain, sign in charge_parts
        ]
        rest = self.env["account.move.line"].search(
            [
                ("move_id", "in", moves.ids),
                ("display_type", "in", ("product", "rounding")),
                ("tax_line_id", "=", False),
                ("support_charge_ids", "=", False),
            ]
        )
        rounding = rest.filtered(lambda line: line.display_type == "rounding")
        lines = rest - rounding
        # Reversals, and what they take back: charged again, or no more.
        reversals = moves.filtered(
            lambda move: move.move_type == "out_refund"
            and not move.invoice_line_ids.support_charge_ids
        )
        gone = lines.filtered(lambda line: line.move_id in reversals)
        Charge = self.env["support.charge"]
        again = (
            lines
            & Charge.search([("former_line_ids", "in", lines.ids)])["former_line_ids"]
        )
        others = lines - gone - again
        return [
            *parts,
            self._get_sums(
                "corrected",
                self.env._("Corrections"),
                charges,
                correction & posted,
                "amount",
                1,
            ),
            self._sum_lines(
                "other", self.env._("Other lines on these invoices"), others
            ),
            self._sum_lines(
                "again",
                self.env._("Lines whose charge waits or is elsewhere by now"),
                again,
            ),
            self._sum_lines("reversed", self.env._("Taken back by credit notes"), gone),
            self._sum_lines("rounding", self.env._("Rounding of totals"), rounding),
            self._get_sums(
                "together",
                self.env._("= Total"),
                moves,
                Domain.TRUE,
                AMOUNT,
                1,
            ),
        ]

    def _get_sums(self, kind, name, records, domain, field_name, sign):
        domain = Domain("id", "in", records.ids) & domain
        sums = {
            currency: sign * amount
            for currency, amount in records._read_group(
                domain, ["currency_id"], [f"{field_name}:sum"]
            )
        }
        return kind, name, (records._name, domain), sums

    def _sum_lines(self, kind, name, lines):
        """Invoice lines, led to by their invoices; a credit note's are less."""
        sums = {}
        for line in lines:
            amount = line._support_sign() * line.price_subtotal
            if line.display_type == "rounding":
                # It has no price.
                amount = -line.amount_currency
            currency = line.currency_id
            sums[currency] = sums.get(currency, 0.0) + amount
        domain = Domain("id", "in", lines.move_id.ids)
        return kind, name, ("account.move", domain), sums

    def _get_month_charges(self):
        Charge = self.env["support.charge"]
        return Charge.search(get_month_domain(self.env, self.month))

    def _get_month_moves(self):
        """Posted invoices and credit notes of the month that charges are or were on,
        and those that reverse such an invoice.
        """
        self.env.flush_all()
        carrying = SQL(
            """(
            SELECT line.move_id FROM account_move_line line
            WHERE line.id IN (
                SELECT move_line_id FROM support_charge WHERE move_line_id IS NOT NULL
                UNION
                SELECT account_move_line_id FROM support_charge_former_line_rel
            ))"""
        )
        return self.env["account.move"].search(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("company_id", "in", self.env.companies.ids),
                ("invoice_date", ">=", self.month.start),
                ("invoice_date", "<=", self.month.end),
                "|",
                ("id", "in", carrying),
                ("reversed_entry_id", "in", carrying),
            ]
        )
