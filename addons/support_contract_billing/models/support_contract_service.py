# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..periods import Schedule, billable_periods
from ..pricing import Rounding, fixed_price, stepped_price


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    charge_ids = fields.One2many("support.charge", "service_id")

    def _get_due_periods(self, today):
        """Periods that can be charged on ``today`` and are not yet. Clause R1.

        :return: list of :class:`..periods.BillingPeriod`
        """
        self.ensure_one()
        return billable_periods(
            Schedule(),
            start=self.date_start,
            end=self.date_end,
            billed_through=self._get_billed_through(),
            today=today,
        )

    def _get_billed_through(self):
        """The last day that was charged, here or where the contract was before."""
        self.ensure_one()
        [(charged,)] = self.env["support.charge"]._read_group(
            [("service_id", "=", self.id), ("kind", "=", "recurring")],
            aggregates=["period_end:max"],
        )
        days = [day for day in (charged, self.contract_id.billed_through) if day]
        return max(days, default=None)

    def _prepare_recurring_charge_vals(self, period):
        """Values of the charge of one period.

        :param period: :class:`..periods.BillingPeriod`
        :raise UserError: when there is no evidence to compute the price from
        """
        self.ensure_one()
        contract = self.contract_id
        # The text is read on the customer's invoice.
        service = self.with_context(lang=contract.partner_id.lang)
        counts = self._get_evidence()
        price = self._compute_price(period, counts)
        return {
            "name": service._get_charge_name(period.covered),
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "service_id": self.id,
            "product_id": self.type_id.product_id.id,
            "kind": "recurring",
            "key": f"recurring:{self._name}:{self.id}:{period.covered.start}",
            "date": period.due,
            "period_start": period.covered.start,
            "period_end": period.covered.end,
            "quantity": float(price.quantity),
            "price_unit": float(price.price_unit),
            "amount": float(price.amount),
            "calculation": service._render_calculation(price, counts),
            "count_ids": [fields.Command.set(counts.ids)],
        }

    def _get_evidence(self):
        """The counts that the price is computed from; none for a fixed price.

        :raise UserError: when a billed instance has no approved count. Nothing is
            ever billed as zero because a count is missing.
        """
        self.ensure_one()
        contract = self.contract_id
        if self.type_id.basis != "lines":
            return self.env["support.count"]
        instances = contract.instance_ids.filtered("billed")
        if not instances:
            raise UserError(
                self.env._(
                    "%(contract)s has no billed instance. Add the instance whose lines "
                    "of code are billed.",
                    contract=contract.name,
                )
            )
        for instance in instances.filtered(lambda inst: not inst.last_count_id):
            raise UserError(
                self.env._(
                    "%(instance)s has no approved line count. Count it, or approve its "
                    "count. %(reason)s",
                    instance=instance.display_name,
                    reason=instance.count_error or "",
                ).strip()
            )
        return contract._get_billed_counts()

    def _compute_price(self, period, counts):
        """The price of one period with its calculation. Clauses R2, R3.

        :return: :class:`..pricing.Price`
        """
        self.ensure_one()
        terms_price = self.contract_id.terms_id._get_price(self.type_id)
        knobs = {
            "minimum": terms_price.minimum,
            "part": period.part,
            "rounding": Rounding(self.currency_id.rounding),
        }
        if self.type_id.basis == "lines":
            return stepped_price(
                counts._get_billed_lines(),
                self.price_unit,
                step=self.type_id.step,
                unit="lines",
                **knobs,
            )
        return fixed_price(self.price_unit, **knobs)

    def _get_charge_name(self, period):
        """First line of the invoice line: what was bought for which days."""
        self.ensure_one()
        return self.env._(
            "%(service)s, %(start)s – %(end)s",
            service=self.type_id.name,
            start=format_date(self.env, period.start),
            end=format_date(self.env, period.end),
        )

    def _render_calculation(self, price, counts):
        """How the price came about and which revision was counted, for a reader."""
        self.ensure_one()

        def format_number(number, places):
            return formatLang(self.env, float(number), digits=places)

        text = price.text(self.env._, format_number)
        for count in counts:
            text += "\n" + self.env._(
                "%(instance)s: %(lines)s lines counted on %(date)s, "
                "revision %(revision)s",
                instance=count.instance_id.name,
                lines=format_number(count.billed_lines, 0),
                date=format_date(self.env, count.date),
                revision=count._get_short_revision(),
            )
        return text
