# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import calendar_month

from ..periods import BillingPeriod


class SupportContract(models.Model):
    _inherit = "support.contract"

    # sudo: what enters a fee may be closed to who may see it.
    monthly_fee = fields.Monetary(
        compute="_compute_monthly_fee",
        compute_sudo=True,
        help="A whole month of the services that run today, by the latest approved "
        "line counts; without tax and without what is metered.",
    )

    def _compute_monthly_fee(self):
        for contract in self:
            # What is being edited is not agreed yet.
            saved = contract._origin
            contract.monthly_fee = saved._get_known_monthly_fee() if saved else 0.0

    def _get_monthly_fee(self, counts=None):
        """What a whole calendar month of the services that run today costs.

        What is metered is not in it: nobody knows it before.
        """
        self.ensure_one()
        today = self.company_id._support_today()
        month = calendar_month(today)
        period = BillingPeriod(full=month, covered=month, due=today)
        running = self.service_ids.filtered(
            lambda service: service.type_id.basis != "usage"
            and service.date_start <= today
            and not (service.date_end and service.date_end < today)
        )
        total = 0.0
        for service in running:
            if service.type_id.basis == "lines" and counts is not None:
                quantity = Quantity(counts._get_billed_lines(), "lines", counts)
            else:
                quantity = service._get_quantity(today)
            figures = service._get_figures(today)
            total += float(service._compute_price(period, quantity, figures).amount)
        return self.currency_id.round(total)

    def _get_services_on(self, day):
        """Services with a monthly fee that run on a day."""
        services = self.service_ids
        running = services.filtered(
            lambda service: service.type_id.basis != "usage"
            and service.date_start <= day
            and not (service.date_end and service.date_end < day)
        )
        # What is read of them is read for those of other contracts as well.
        return running.with_prefetch(services._prefetch_ids)
