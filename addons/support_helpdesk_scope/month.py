# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What was done on contracts in the month that runs."""

from odoo.addons.support_scope.timekeeping import format_minutes


class Month:
    """Tickets and time since the first of the month, in the company's zone."""

    def __init__(self, env):
        self.env = env
        self.first = env.company._support_today().replace(day=1)

    def count_tickets(self, contracts):
        midnight = self.env.company._support_midnight(self.first)
        return self.env["helpdesk.ticket"].search_count(
            [
                ("support_contract_id", "in", contracts.ids),
                ("create_date", ">=", midnight),
            ]
        )

    def get_time(self, contracts):
        """Such as "7 h 30 min", whatever it costs."""
        [[minutes]] = self.env["account.analytic.line"]._read_group(
            [("support_contract_id", "in", contracts.ids), ("date", ">=", self.first)],
            aggregates=["support_minutes:sum"],
        )
        return format_minutes(self.env, minutes or 0)
