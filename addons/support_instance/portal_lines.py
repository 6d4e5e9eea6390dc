# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The lines that the customer pays for, month by month and module by module.

Clause R2; from approved counts alone.
"""

from dateutil.relativedelta import relativedelta

from odoo.tools import format_date

# How many months back the customer's page goes.
MONTHS = 12


class PortalLines:
    """What the customer's page shows of the billed instances of a contract."""

    def __init__(self, contract):
        contract.ensure_one()
        self.env = contract.env
        self.contract = contract
        self.today = contract.company_id._support_today()

    def prepare_rows(self):
        """A row for each billed instance that was counted, the largest first."""
        instances = self.contract._get_billed_instances(self.today)
        rows = [
            {
                "instance": instance,
                "count": instance.last_count_id,
                "lines": instance.last_count_id.billed_lines,
                "modules": instance.last_count_id.module_ids.sorted(
                    lambda module: (not module.billed, -module.code_lines, module.name)
                ),
                "months": self._prepare_months(instance),
            }
            for instance in instances.filtered("last_count_id")
        ]
        return sorted(rows, key=lambda row: -row["lines"])

    def _prepare_months(self, instance):
        """The covered lines at the end of each month, the newest first.

        A month without a new count has the lines of the one before: nothing changed.
        The month of today ends today.

        :return: dicts of month (text), lines and change against the month before;
            change is None in the month of the first count
        """
        counts = instance.count_ids.filtered(lambda count: count.state == "approved")
        ends = [
            self.today + relativedelta(day=1, months=1 - back, days=-1)
            for back in range(MONTHS, -1, -1)
        ]
        rows, before = [], None
        for end in ends:
            known = counts.filtered(lambda count, end=end: count.date <= end)
            if not known:
                continue
            lines = known.sorted("id")[-1].billed_lines
            rows.append(
                {
                    "month": format_date(self.env, end, date_format="MMMM y"),
                    "lines": lines,
                    "change": None if before is None else lines - before,
                }
            )
            before = lines
        return rows[-MONTHS:][::-1]
