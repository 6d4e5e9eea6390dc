# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.periods import ONE_DAY, calendar_month
from odoo.addons.support_contract.windows import fill_count, lists

from ..price import UsagePrice, get_usage_name
from ..taking_back import TakingBack


class SupportContract(models.Model):
    """Usage becomes charges: one for each kind and month. Clause R6."""

    _inherit = "support.contract"

    usage_ids = fields.One2many("support.usage", "contract_id")
    usage_count = fields.Integer(compute="_compute_usage_count")

    @api.depends("usage_ids")
    def _compute_usage_count(self):
        fill_count(self, "usage_count", "support.usage")

    action_view_usage = lists("support_usage.support_usage_action")

    def _get_usages(self, service_type, month):
        """Usage of one kind in one month.

        :param month: :class:`odoo.addons.support_contract.periods.Period`
        """
        return self.env["support.usage"].search(
            [
                ("contract_id", "in", self.ids),
                ("type_id", "=", service_type.id),
                ("date", ">=", month.start),
                ("date", "<=", month.end),
            ],
            order="date, id",
        )

    # === CHARGES === #

    def _get_uncharged_evidence(self, first=None, last=None):
        domain = Domain("contract_id", "in", self.ids) & Domain("charge_id", "=", False)
        if first:
            domain &= Domain("date", ">=", first)
        if last:
            domain &= Domain("date", "<=", last)
        return [
            *super()._get_uncharged_evidence(first, last),
            *self.env["support.usage"].search(domain, order="date, id"),
        ]

    def _prepare_evidence_charges_vals(self, evidence):
        """A charge for each kind of usage in each month.

        What needs no payment, such as late usage within a started step that is charged
        already, comes as a charge of zero. Where the price changes within the month,
        its days before and after have a charge each.
        """
        Usage = self.env["support.usage"]
        mine = [one for one in evidence if one._name == Usage._name]
        others = [one for one in evidence if one._name != Usage._name]
        found = super()._prepare_evidence_charges_vals(others)
        groups = Usage.union(*mine).grouped(lambda usage: usage._get_month())
        for (contract, service_type, first), usages in groups.items():
            # The text is read on the customer's invoice.
            contract = contract.with_context(lang=contract.partner_id.lang)
            kind, month = service_type.with_env(contract.env), calendar_month(first)
            charged = contract._get_usages(kind, month).charge_id
            price = UsagePrice(contract, kind)
            # Why something is held is for us to read.
            back = TakingBack(price, charged.with_env(self.env))
            for piece in price.pieces(month):
                own = usages._filter_in_period(piece)
                if sum(own.mapped("quantity")) < 0:
                    back.take(piece, own)
                elif own:
                    vals = contract._prepare_usage_charge_vals(
                        price, piece, own, charged
                    )
                    found.append((vals, own))
            found += back.prepare()
        return found

    def _prepare_usage_charge_vals(self, usage_price, piece, usages, charged):
        """Values of the charge: all of these days, less what is charged already.

        What was charged stays as it is when another price is agreed afterwards.

        :param usage_price: :class:`..price.UsagePrice`
        :param piece: :class:`odoo.addons.support_contract.periods.Period`, days of one
            month with one price
        :param charged: charges of the same kind and month; the usage came later then
        """
        self.ensure_one()
        today = self.company_id._support_today()
        service_type = usage_price.service_type
        earlier = charged.filtered(
            lambda charge: charge.usage_ids._filter_in_period(piece)
        )
        before = sum(earlier.usage_ids._filter_in_period(piece).mapped("quantity"))
        quantity = sum(usages.mapped("quantity"))
        price = usage_price.compute(piece, quantity + before)
        amount = float(price.amount)
        text = usage_price.render(piece, price)
        line = (float(price.quantity), float(price.price_unit))
        key = f"usage:{self._name}:{self.id}/{service_type.id}:{piece.start}"
        if earlier:
            paid = float(usage_price.compute(piece, before).amount)
            amount = self.currency_id.round(amount - paid)
            line, text = usage_price.late_line(piece, quantity, amount, text, paid)
        if charged:
            key += f"/{len(charged) + 1}"
        return {
            "name": get_usage_name(service_type, piece, bool(charged)),
            "contract_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "product_id": service_type._get_product(self.company_id).id,
            "kind": "usage",
            "key": key,
            "date": today if charged else calendar_month(piece.end).end + ONE_DAY,
            "period_start": piece.start,
            "period_end": piece.end,
            "quantity": line[0],
            "price_unit": line[1],
            "amount": amount,
            "calculation": text,
            "usage_ids": [fields.Command.set(usages.ids)],
        }
