# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import models

from ..carrying import carrying


class SupportContract(models.Model):
    """When an invoice of ours no longer waits for the recurring contract's."""

    _inherit = "support.contract"

    def _get_billing_day(self, attended=False):
        """The recurring contract takes what is due today, our run what it left."""
        day = super()._get_billing_day(attended)
        if attended or not self.is_carried:
            return day
        today = self.company_id._support_today()
        if carrying(self):
            return today
        return today - timedelta(days=self.carrier_grace_days)

    def _get_due_contracts(self):
        """Also those whose charges came off an invoice, or found no place on one."""
        due = super()._get_due_contracts()
        left = (self - due).filtered(
            lambda contract: contract.is_carried and not contract._has_failed_today()
        )
        waiting = left._get_pending_charges().filtered(
            lambda charge: charge.kind == "recurring"
            and charge.date <= charge.contract_id._get_billing_day()
        )
        return due | (left & waiting.contract_id)

    def _is_over(self):
        over = super()._is_over()
        if over and self.is_carried:
            return self.date_end < self._get_billing_day()
        return over

    def _is_usage_due(self):
        due = super()._is_usage_due()
        if due and self.is_carried:
            first = self._get_billing_day().replace(day=1)
            return any(usage.date < first for usage in self._get_open_usages())
        return due
