# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.support_contract.kept import keep

from ..simulation import get_fees_with_lines

CRON_ANNOUNCE = "support_contract_billing.ir_cron_announce_fees"
CRON_KEEP = "support_contract.ir_cron_keep"


class SupportCount(models.Model):
    _inherit = "support.count"

    @api.model_create_multi
    def create(self, vals_list):
        """What was counted, and needs nobody's yes, is in the fee of lists soon."""
        counts = super().create(vals_list)
        running = counts.filtered(lambda count: count.state == "approved").contract_id
        if running.filtered(lambda contract: contract.state in ("active", "notice")):
            # sudo: triggering a scheduled action needs Settings rights otherwise. Not
            # at once: whoever counts does not wait for others who change a contract.
            self.env.ref(CRON_KEEP).sudo()._trigger()
        return counts

    def _decide(self, state, reason=""):
        """An approval in time announces the fee to the customer within minutes."""
        result = super()._decide(state, reason)
        if state == "approved":
            keep(self.contract_id)
            # sudo: triggering a scheduled action needs Settings rights otherwise.
            self.env.ref(CRON_ANNOUNCE).sudo()._trigger()
        return result

    def _needs_reason_to_approve(self):
        before, after = self._get_fees() or (0.0, 0.0)
        currency = self.contract_id.currency_id
        lowers = currency.compare_amounts(after, before) < 0
        return super()._needs_reason_to_approve() or lowers

    def _get_fees(self):
        """What a whole month of the contract costs today, and would with this count.

        :return: (before, after) in the contract's currency, or None where nothing is
            charged by lines, or it cannot be computed
        """
        self.ensure_one()
        # sudo: whoever decides on counts sees what they lead to.
        contract, previous = self.sudo().contract_id, self.sudo()._get_previous()
        if not previous:
            return None
        lines = self.billed_lines - previous.billed_lines
        return get_fees_with_lines(contract, lines)
