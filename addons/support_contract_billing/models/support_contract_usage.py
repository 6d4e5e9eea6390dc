# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from odoo.addons.support_contract.periods import ONE_DAY, calendar_month

from ..pricing import Rounding, fixed_price, stepped_price


class SupportCharge(models.Model):
    _inherit = "support.charge"

    usage_ids = fields.One2many("support.usage", "charge_id")
    usage_count = fields.Integer(compute="_compute_usage_count")

    @api.model
    def _selection_kind(self):
        return [*super()._selection_kind(), ("usage", self.env._("Usage"))]

    @api.depends("usage_ids")
    def _compute_usage_count(self):
        for charge in self:
            charge.usage_count = len(charge.usage_ids)

    def action_view_usage(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract_billing.support_usage_action"
        )
        action["domain"] = [("charge_id", "=", self.id)]
        action["context"] = {"create": False}
        return action


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_due_periods(self, today):
        """What is metered is charged by its usage, not by its periods. Clause R6."""
        if self.type_id.basis == "usage":
            return []
        return super()._get_due_periods(today)

    def _get_usage(self, day):
        usages = self.contract_id._get_usages(self.type_id, calendar_month(day))
        return sum(usages.mapped("quantity")) if usages else super()._get_usage(day)


class SupportContract(models.Model):
    """Usage becomes charges: one for each kind and month. Clause R6."""

    _inherit = "support.contract"

    usage_ids = fields.One2many("support.usage", "contract_id")
    usage_count = fields.Integer(compute="_compute_usage_count")

    @api.depends("usage_ids")
    def _compute_usage_count(self):
        counts = dict(
            self.env["support.usage"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.usage_count = counts.get(contract._origin, 0)

    def action_view_usage(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract_billing.support_usage_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {"default_contract_id": self.id}
        return action

    def _get_due_contracts(self):
        due = super()._get_due_contracts()
        return due | (self - due).filtered(lambda contract: contract._is_usage_due())

    def _is_usage_due(self):
        """Whether usage has to be billed although no service brings an invoice.

        As a fee, it waits for the next invoice of the services, if there is to be one.
        """
        self.ensure_one()
        if self._has_failed_today():
            return False
        today = self.company_id._support_today()
        others = self.service_ids.filtered(
            lambda service: service.type_id.basis != "usage"
            and not (service.date_end and service.date_end < today)
        )
        return not others and bool(self._get_open_usages())

    def _get_open_usages(self):
        """Usage of months that are over, and not charged yet."""
        usages = self.env["support.usage"].search(
            [("contract_id", "in", self.ids), ("charge_id", "=", False)],
            order="date, id",
        )
        return usages.filtered(
            lambda usage: usage.date < usage._get_first_open_day(usage.company_id)
        )

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

    def _get_usage_term(self, key, service_type, day):
        """A figure of the price for one unit of usage on a day.

        The customer need not have a service of that type: what is metered is always
        charged, by the terms or by a special condition.
        """
        self.ensure_one()
        service = self.service_ids.filtered(
            lambda one: one.type_id == service_type
            and one.date_start <= day
            and not (one.date_end and one.date_end < day)
        )[:1]
        return self._get_term(key, day, service_type=service_type, service=service)

    def _create_due_charges(self, vals_list):
        created = super()._create_due_charges(vals_list)
        return created | self.env["support.charge"].create(
            self._prepare_usage_charges_vals()
        )

    def _prepare_usage_charges_vals(self):
        """Values of one charge for each kind of usage in each month that is over.

        Writes nothing. What needs no payment, such as late usage within a started step
        that is charged already, comes as a charge of zero.
        """
        vals_list = []
        groups = self._get_open_usages().grouped(
            lambda usage: (usage.contract_id, usage.type_id, usage.date.replace(day=1))
        )
        for (contract, service_type, first), usages in groups.items():
            # The text is read on the customer's invoice.
            contract = contract.with_context(lang=contract.partner_id.lang)
            kind, month = service_type.with_env(contract.env), calendar_month(first)
            earlier = (contract._get_usages(kind, month) - usages).charge_id
            vals_list.append(
                contract._prepare_usage_charge_vals(kind, month, usages, earlier)
            )
        return vals_list

    def _prepare_usage_charge_vals(self, service_type, month, usages, earlier):
        """Values of the charge: all of a month, less what is charged already.

        :param month: :class:`odoo.addons.support_contract.periods.Period`
        :param earlier: charges of the same kind and month; the usage came later then
        """
        self.ensure_one()
        today = self.company_id._support_today()
        quantity = sum(usages.mapped("quantity"))
        total = quantity + sum(earlier.usage_ids.mapped("quantity"))
        price = self._compute_usage_price(service_type, month.start, total)
        amount, text = float(price.amount), self._render_usage_price(price)
        line = (float(price.quantity), float(price.price_unit))
        name = self.env._(
            "%(kind)s, %(month)s",
            kind=service_type.name,
            month=format_date(self.env, month.start, date_format="LLLL y"),
        )
        key = f"usage:{self._name}:{self.id}/{service_type.id}:{month.start}"
        if earlier:
            charged = sum(earlier.mapped("amount"))
            amount = self.currency_id.round(amount - charged)
            line, text = self._get_late_usage_line(
                service_type, month.start, quantity, amount, text, charged
            )
            name = self.env._("%s, received later", name)
            key += f"/{len(earlier) + 1}"
        return {
            "name": name,
            "contract_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "product_id": service_type.product_id.id,
            "kind": "usage",
            "key": key,
            "date": today if earlier else month.end + ONE_DAY,
            "period_start": month.start,
            "period_end": month.end,
            "quantity": line[0],
            "price_unit": line[1],
            "amount": amount,
            "calculation": text,
            "usage_ids": [fields.Command.set(usages.ids)],
        }

    def _get_late_usage_line(self, service_type, day, quantity, amount, text, charged):
        """((quantity, unit price), calculation) of usage that came late."""
        step = self._get_usage_term("step", service_type, day).value or 1
        tiers = self._get_usage_term("tiers", service_type, day).value
        if quantity > 0 and step == 1 and not tiers:
            alone = self._compute_usage_price(service_type, day, quantity)
            if self.currency_id.compare_amounts(float(alone.amount), amount) == 0:
                line = (float(alone.quantity), float(alone.price_unit))
                return line, self._render_usage_price(alone)
        sign = -1 if amount < 0 else 1
        text = self.env._(
            "%(all)s; less %(charged)s that was charged before",
            all=text,
            charged=formatLang(self.env, charged, currency_obj=self.currency_id),
        )
        return (sign, abs(amount)), text

    def _compute_usage_price(self, service_type, day, quantity):
        """The price of all usage of one kind in one month.

        :return: :class:`..pricing.Price`
        """
        figures = {
            key: self._get_usage_term(key, service_type, day).value
            for key in ("price", "discount", "minimum", "tiers", "step")
        }
        if figures["price"] is None:
            raise UserError(
                self.env._(
                    "There is no price for %s: add it to the terms, or agree on a "
                    "special condition.",
                    service_type.name,
                )
            )
        knobs = {
            "unit": service_type.name,
            "discount": figures["discount"],
            "minimum": figures["minimum"],
            "rounding": Rounding(self.currency_id.rounding),
        }
        step, tiers = figures["step"] or 1, figures["tiers"]
        if step == 1 and not tiers:
            return fixed_price(figures["price"], quantity=quantity, **knobs)
        return stepped_price(
            quantity, figures["price"], step=step, tiers=tiers, **knobs
        )

    def _render_usage_price(self, price):
        return price.text(
            self.env._,
            lambda number, places: formatLang(self.env, float(number), digits=places),
        )
