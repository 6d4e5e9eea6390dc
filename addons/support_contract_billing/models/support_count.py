# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.support_contract.kept import keep_soon

from ..simulation import get_fees_with_lines

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

    def _note_decision(self, state, reason="", user=None):
        """What counts from now on is in the fee that lists show."""
        result = super()._note_decision(state, reason, user)
        # sudo: whoever counts need not read contracts.
        contract_sudo = self.sudo().contract_id
        if state == "approved" and contract_sudo.state in ("active", "notice"):
            keep_soon(contract_sudo)
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
