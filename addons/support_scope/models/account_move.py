# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..work_specification import (
    get_included_month,
    prepare_charged_time,
    prepare_included_work,
)


class AccountMove(models.Model):
    """The page beside an invoice shows the time on it, and what the fee included."""

    _inherit = "account.move"

    def _get_support_specification(self):
        page = super()._get_support_specification()
        time = page["others"].filtered(lambda charge: charge.kind == "time")
        # sudo: whoever opens the page need not read the time of others.
        return page | {
            "others": page["others"] - time,
            "time": prepare_charged_time(time.sudo()),
        }

    def _get_support_included_work(self):
        included = super()._get_support_included_work()
        if self.move_type != "out_invoice":
            return included
        # sudo: see above.
        charges = self.sudo()._get_support_charges()
        monthly = charges.filtered(lambda charge: charge.kind in ("recurring", "time"))
        contracts = monthly.contract_id.filtered("time_billed_from")
        return included + prepare_included_work(
            contracts, get_included_month(self), self.partner_id
        )
