# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Usage that is taken back after it was charged: what was paid for it is given back.

Whatever price is agreed by now, and whoever has the contract.
"""

from odoo import fields
from odoo.tools import float_compare

from odoo.addons.support_contract_billing.corrections import Correction
from odoo.addons.support_contract_billing.crediting import CreditNotes

# Of quantities, whose precision can be set.
DIGITS = 6


class UsageTakenBack(Correction):
    """What is taken back of one charge of usage and its corrections."""

    origin = "usage"

    def __init__(self, chain):
        super().__init__(chain)
        # Of what is taken back just now:
        self.amount, self.quantity = 0.0, 0.0
        self.usages = self.env["support.usage"]

    @property
    def charged(self):
        """What was charged for what is left, paid or waived."""
        return sum(self.chain.mapped("amount")) - self.amount

    def get_quantity(self, piece=None):
        """How much of the charged usage is left, in all of its days or some."""
        usages = self.chain.usage_ids
        if piece:
            return sum(usages._filter_in_period(piece).mapped("quantity"))
        return sum(usages.mapped("quantity")) - self.quantity

    def take(self, quantity, share, piece):
        """Take back some of the usage of the days of a piece.

        :param share: the part of the price of what is charged here for these days, by
            the agreement of today; it says how a ladder or a minimum works
        """
        left, root = self.get_quantity(), self.root
        if float_compare(quantity, left, precision_digits=DIGITS) >= 0:
            share = 1
        elif (root.period_start, root.period_end) != (piece.start, piece.end):
            share = quantity / left  # the price of these days was another one
        self.amount += self.currency.round(self.charged * share)
        self.quantity += quantity

    def prepare_vals(self):
        """Values of the charge that gives it back."""
        root, tail, env = self.root, self.tail, self.customer_env
        amount, state = self._decide()
        text = env._(
            "%(quantity)s taken back, of what was charged with %(amount)s",
            quantity=f"{self.quantity:.12g}",
            amount=self._format_money(sum(self.chain.mapped("amount"))),
        )
        if invoice := self._get_invoice_names():
            text += f" ({invoice})"
        return {
            "name": env._("Taken back: %s", root.name),
            "contract_id": root.contract_id.id,
            "company_id": root.company_id.id,
            "currency_id": root.currency_id.id,
            "product_id": root.product_id.id,
            "kind": "usage",
            "correction_origin": self.origin,
            "corrects_id": tail.id,
            "key": f"taken back:{root._name}:{tail.id}",
            "date": root.company_id._support_today(),
            "period_start": root.period_start,
            "period_end": root.period_end,
            # Negative quantities and not prices: e-invoices forbid the latter.
            "quantity": -1.0,
            "price_unit": amount,
            "amount": -amount,
            "calculation": text,
            "usage_ids": [fields.Command.set(self.usages.ids)],
            **state,
        }

    def _decide(self):
        """(what is given back, values of a status that is not "To Invoice")."""
        root = self.root
        if root.state == "waived" and not self.currency.is_zero(root.amount):
            # Charged after all, they are so together.
            return self.amount, {
                "state": "waived",
                "decision_reason": root.decision_reason,
                "decision_user_id": root.decision_user_id.id,
                "decision_date": root.decision_date,
            }
        notes = CreditNotes(self.chain)
        credited, left = notes.get_credited_by_hand()
        if self.currency.compare_amounts(credited, 0) <= 0:
            return self.amount, {}
        if self.currency.compare_amounts(left, 0) <= 0:
            return 0.0, {}  # nothing is left to give back
        reason = notes.describe_credited(credited)
        return self.amount, root._prepare_decision_vals("held", reason)


class TakingBack:
    """Usage of one kind and month that is taken back, the latest charged first.

    :param price: :class:`.price.UsagePrice`
    :param charged: charges of this kind and month
    """

    def __init__(self, price, charged):
        self.price = price
        # sudo: whoever prepares a charge need not read invoices.
        roots = charged.sudo().browse()
        for charge in charged.sudo():
            roots |= charge._get_correction_chain()[0]
        self.chains = [
            UsageTakenBack(root._get_correction_chain())
            for root in roots.sorted("id", reverse=True)
        ]

    def take(self, piece, usages):
        """Take back what these rows of the days of a piece come to, below zero."""
        wanted = -sum(usages.mapped("quantity"))
        lefts = self._get_lefts(piece)
        through = sum(lefts)
        self.price.compute(piece, through - wanted)  # refuses less than nothing
        for chain, left in zip(self.chains, lefts, strict=True):
            taken = min(left, wanted)
            if float_compare(taken, 0, precision_digits=DIGITS) > 0:
                whole = self._compute(piece, through, through - left)
                part = self._compute(piece, through, through - taken)
                chain.take(taken, part / whole if whole else 0, piece)
                chain.usages |= usages
                usages = usages.browse()
            through -= left
            wanted -= taken

    def _compute(self, piece, through, rest):
        """The price of the quantity from ``rest`` to ``through``, by today."""
        compute = self.price.compute
        return float(compute(piece, through).amount - compute(piece, rest).amount)

    def _get_lefts(self, piece):
        """How much of each charge is left, of the days of a piece.

        Rows that took back more than one charge are with the latest of them.
        """
        lefts, missing = [], 0.0
        for chain in self.chains:
            left = chain.get_quantity(piece) + missing
            missing = min(left, 0.0)
            lefts.append(max(left, 0.0))
        return lefts

    def prepare(self):
        """[(values of a charge, the rows of usage that it has)]."""
        return [
            (chain.prepare_vals(), chain.usages)
            for chain in self.chains
            if chain.quantity
        ]
