# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import models

from ..carrying import carrying


class SupportContract(models.Model):
    """When an invoice of ours no longer waits for the recurring contract's."""

    _inherit = "support.contract"

    def _get_billing_day(self, attended=False, today=None):
        """The recurring contract takes what is due today, our run what it left."""
        day = super()._get_billing_day(attended, today)
        if attended or not self.is_carried:
            return day
        today = today or self.company_id._support_today()
        if carrying(self):
            return today
        return today - timedelta(days=self.carrier_grace_days)

    def _get_contracts_to_invoice(self, today=None):
        """Also those whose charges came off an invoice, or found no place on one."""
        found = super()._get_contracts_to_invoice(today)
        left = (self - found).filtered("is_carried")
        waiting = left._get_pending_charges(today).filtered(
            lambda charge: charge.kind == "recurring"
            and charge.date <= charge.contract_id._get_billing_day(today=today)
        )
        return found | (left & waiting.contract_id)

    def _is_over(self, today=None):
        over = super()._is_over(today)
        if over and self.is_carried:
            return self.date_end < self._get_billing_day(today=today)
        return over

    def _is_usage_due(self, today=None):
        due = super()._is_usage_due(today)
        if due and self.is_carried:
            first = self._get_billing_day(today=today).replace(day=1)
            return any(usage.date < first for usage in self._get_open_usages(today))
        return due
