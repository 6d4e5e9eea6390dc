# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Charged time that was wrong: the difference, at the price of the charge. Clause R4.

The time itself stays as it was charged. Time that is logged later on the same days
costs what it would have cost without the correction.
"""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError

from odoo.addons.support_contract_billing.corrections import Correction
from odoo.addons.support_contract_billing.crediting import CreditNotes
from odoo.addons.support_contract_billing.pricing import Rounding

from .minutes import get_invoice_line
from .timekeeping import Terms, format_minutes


class TimeCorrection(Correction):
    """Fewer or more minutes than were billed."""

    origin = "time"

    def make(self, minutes, reason):
        """Charge, or credit, what these minutes make.

        :param minutes: to bill, for all days of the chain together
        :param reason: the customer reads it
        :raise UserError: when there is nothing to correct
        """
        group = "support_contract.group_support_billing"
        if not self.env.user.has_group(group):
            raise AccessError(self.env._("An accountant corrects charged time."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter a reason: the customer reads it."))
        return self._create(self.prepare_vals(minutes, reason), reason)

    def get_billed_minutes(self):
        """Billed minutes of this chain, with what was corrected."""
        charged = self.chain.filtered(lambda charge: charge.state != "waived")
        days = sum(self.root.day_ids.mapped("billed_minutes"))
        return days + sum(charged.mapped("corrected_minutes"))

    def prepare_vals(self, minutes, reason):
        """Values of the charge that corrects this chain."""
        if not self.tail.is_correctable:
            raise UserError(
                self.env._(
                    "Only time on an invoice is corrected. Hold or waive the charge."
                )
            )
        if minutes < 0:
            raise UserError(self.env._("Minutes to bill are zero or more."))
        before = self.get_billed_minutes()
        if minutes == before:
            raise UserError(self.env._("That is what was billed."))
        amount = self._get_expected(minutes) - self.chain._get_charged()
        amount = self.currency.round(amount)
        if self.currency.is_zero(amount):
            raise UserError(self.env._("That leads to the same price."))
        CreditNotes(self.chain).check_not_credited(amount)
        root, today = self.root, self.root.company_id._support_today()
        env = self.customer_env
        rounding = Rounding(self.currency.rounding)
        quantity, price = get_invoice_line(
            minutes - before,
            rounding.round(Decimal(str(amount))),
            Terms(**root.time_terms).rate.price,
            rounding,
        )
        return {
            "name": env._("Correction: %s", root.name),
            "contract_id": root.contract_id.id,
            "company_id": root.company_id.id,
            "currency_id": root.currency_id.id,
            "product_id": root.product_id.id,
            "kind": "correction",
            "correction_origin": self.origin,
            "corrects_id": self.tail.id,
            "key": f"correction:{root._name}:{self.tail.id}:{today}",
            "date": today,
            "period_start": root.period_start,
            "period_end": root.period_end,
            "quantity": quantity,
            "price_unit": price,
            "amount": amount,
            "corrected_minutes": minutes - before,
            "calculation": "\n".join(
                [
                    reason,
                    self._render_charged(before),
                    env._("Expected: %s", format_minutes(env, minutes)),
                    env._("Difference: %s", self._format_money(amount)),
                ]
            ),
        }

    def _get_expected(self, minutes):
        """What the minutes cost at the price of the charge.

        The whole of what was charged is not computed anew: its days were rounded each
        on its own, and what rounding added has the lowest price of a day.
        """
        billed = sum(self.root.day_ids.mapped("billed_minutes"))
        price = Terms(**self.root.time_terms).rate.price
        added = Rounding(self.currency.rounding).round(price * (minutes - billed) / 60)
        if not minutes:
            return 0.0
        return float(Decimal(str(self.root.amount)) + added)

    def _render_charged(self, minutes):
        """What was charged, in the customer's language."""
        env = self.customer_env
        text = env._(
            "Charged: %(amount)s for %(minutes)s",
            amount=self._format_money(self.chain._get_charged()),
            minutes=format_minutes(env, minutes),
        )
        invoice = self._get_invoice_names()
        return f"{text} ({invoice})" if invoice else text
