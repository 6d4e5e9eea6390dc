# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

CRON_ANNOUNCE = "support_contract_billing.ir_cron_announce_fees"


class SupportCount(models.Model):
    _inherit = "support.count"

    def _decide(self, state, reason=""):
        """An approval in time announces the fee to the customer within minutes."""
        result = super()._decide(state, reason)
        if state == "approved":
            # sudo: triggering a scheduled action needs Settings rights otherwise.
            self.env.ref(CRON_ANNOUNCE).sudo()._trigger()
        return result
