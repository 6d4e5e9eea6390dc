# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SupportContract(models.Model):
    """What can be charged on a contract today."""

    _inherit = "support.contract"

    date_billing_failed = fields.Datetime(
        readonly=True,
        copy=False,
        help="A contract that failed is tried again on another day, so that it does "
        "not hold up the others.",
    )

    @api.model
    def _get_running_domain(self):
        """Contracts that can have something to charge.

        In arrears the last period of an ended contract falls due after its end.
        """
        return Domain("state", "in", ("active", "notice", "ended"))

    def _get_billing_day(self, attended=False, today=None):
        """Periods that are due by this day are charged now: today, less the grace days
        when nobody asks.

        :param today: another day than the company's, here and below: who looks ahead
            asks what billing itself would do
        """
        self.ensure_one()
        today = today or self.company_id._support_today()
        return today if attended else today - timedelta(days=self.billing_grace_days)

    def _is_due(self):
        """Whether the scheduled action has something to do here today."""
        self.ensure_one()
        return bool(self._get_due_contracts())

    def _get_due_contracts(self):
        """Those of these contracts that the scheduled action has work with today."""
        return self.filtered(
            lambda contract: not contract._has_failed_today()
        )._get_contracts_to_invoice()

    def _get_contracts_to_invoice(self, today=None):
        """Those of these contracts that an invoice is to be made for; extend.

        A fee waits for the next invoice of the services; after the last of them it
        gets one of its own.
        """
        waiting = self._get_pending_charges(today).contract_id
        return self.filtered(
            lambda contract: contract._has_due_services(today)
            or (
                contract in waiting
                and (
                    contract._is_over(today)
                    or not contract._get_services_to_come(today)
                )
            )
        )

    def _get_services_to_come(self, today=None):
        """Services that bring an invoice some day, which single charges wait for."""
        self.ensure_one()
        today = today or self.company_id._support_today()
        return self.service_ids.filtered(
            lambda service: not (service.date_end and service.date_end < today)
        )

    def _has_failed_today(self):
        """A contract that failed is tried again on another day.

        Also after the server's clock was wrong: a day to come is another day.
        """
        company = self.company_id
        failed = self.date_billing_failed
        return failed and company._support_date(failed) == company._support_today()

    def _is_over(self, today=None):
        today = today or self.company_id._support_today()
        return bool(self.date_end and self.date_end < today)

    def _has_due_services(self, today=None):
        self.ensure_one()
        day = self._get_billing_day(today=today)
        try:
            return any(service._get_due_periods(day) for service in self.service_ids)
        except UserError:
            # What is wrong with it is found out and noted when it is billed.
            return True

    def _get_due_periods(self, attended=False, today=None):
        """Periods that can be charged on this contract today.

        :return: {service: list of :class:`..periods.BillingPeriod`}, without services
            that have none
        """
        self.ensure_one()
        day = self._get_billing_day(attended, today)
        periods = {one: one._get_due_periods(day) for one in self.service_ids}
        return {service: found for service, found in periods.items() if found}

    def _get_pending_charges(self, today=None):
        """Charges of these contracts that wait for an invoice and may be on one today.

        :return: `support.charge`, in the order in which they were made
        """
        charges = self.env["support.charge"].search(
            [("contract_id", "in", self.ids), ("state", "=", "pending")], order="id"
        )
        days = {
            company: today or company._support_today() for company in self.company_id
        }
        return charges.filtered(
            lambda charge: charge.date <= days[charge.contract_id.company_id]
            and charge.currency_id == charge.contract_id.currency_id
        )

    def _prepare_due_charge_vals(self, due):
        """Values of the charges of all periods that are due; writes nothing.

        Extend to charge more; whatever cannot be charged raises.

        :param due: as `_get_due_periods` returns them
        :return: list of values of `support.charge`
        :raise UserError: with what to do, when one of them cannot be computed
        """
        self.ensure_one()
        return [
            service._prepare_recurring_charge_vals(period)
            for service, periods in due.items()
            for period in periods
        ]

    def _create_due_charges(self, vals_list):
        """What is due on these contracts, whichever invoice carries it; extend.

        :param vals_list: of all of them, as `_prepare_due_charge_vals` gives them
        :return: `support.charge`
        """
        return self.env["support.charge"].create(vals_list)

    def _get_order_key(self):
        """Contracts that may share an invoice stay together: see the run's batches."""
        self.ensure_one()
        return (self.company_id.id, self.partner_id.id, self.currency_id.id, self.id)

    def _invoice_grouping_key(self):
        """Contracts with equal keys go on one invoice.

        :return: tuple; the contract's own id unless its policy is one per customer
        """
        self.ensure_one()
        if self.billing_grouping != "customer":
            return (self.id,)
        return (
            "customer",
            self.company_id.id,
            self.partner_id.id,
            self.currency_id.id,
            self.billing_policy,
            self.billing_order_number or "",
            self.billing_reference or "",
        )
