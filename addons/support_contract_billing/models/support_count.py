# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

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

    def _prefetch_modules(self):
        """Read what a fee is computed from, for exactly these counts and at once."""
        self.browse(self.ids).module_ids.fetch(
            ["name", "digest", "code_lines", "billed"]
        )

    def _get_lines_by_module(self):
        """{module: billed lines} of these counts together, as they enter the fee."""
        once = {}
        for module in self.module_ids.filtered("billed"):
            once.setdefault(module._get_code_key(), module.code_lines)
        lines = defaultdict(int)
        for (name, _code), number in once.items():
            lines[name] += number
        return dict(lines)
