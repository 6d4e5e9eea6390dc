# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .support_contract import ACCOUNTANTS

FAILED = "support_contract_billing.activity_count_day_failed"


class SupportContract(models.Model):
    _inherit = "support.contract"

    count_day_error = fields.Text(
        string="Count Day Failure",
        readonly=True,
        copy=False,
        help="Why a changed fee could not be announced, or what was charged by an old "
        "count not put right; the next success clears it.",
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"count_day_error"}

    def _record_count_day_failure(self, error):
        """Leave the reason and one to-do; the contract is billed all the same."""
        self._record_failure("count_day_error", FAILED, error, ACCOUNTANTS)
