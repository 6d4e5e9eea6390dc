# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import format_date

# How many months back the customer's page goes.
MONTHS = 12


class SupportContract(models.Model):
    """The lines that the customer pays for, month by month and module by module.

    Clause R2; from approved counts alone.
    """

    _inherit = "support.contract"

    def _prepare_portal_overview(self, sections):
        shown = "lines" in sections and self.state != "draft"
        return super()._prepare_portal_overview(sections) | {
            "lines": self._prepare_portal_lines() if shown else [],
        }

    def _prepare_portal_lines(self):
        """A row for each billed instance that was counted, the largest first."""
        self.ensure_one()
        today = self.company_id._support_today()
        rows = [
            {
                "instance": instance,
                "count": instance.last_count_id,
                "lines": instance.last_count_id.billed_lines,
                "modules": instance.last_count_id.module_ids.sorted(
                    lambda module: (not module.billed, -module.code_lines, module.name)
                ),
                "months": instance._prepare_portal_months(today),
            }
            for instance in self._get_billed_instances(today).filtered("last_count_id")
        ]
        return sorted(rows, key=lambda row: -row["lines"])


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def _prepare_portal_months(self, today):
        """The covered lines at the end of each month, the newest first.

        A month without a new count has the lines of the one before: nothing changed.
        The month of today ends today.

        :return: dicts of month (text), lines and change against the month before;
            change is None in the month of the first count
        """
        self.ensure_one()
        counts = self.count_ids.filtered(lambda count: count.state == "approved")
        ends = [
            today + relativedelta(day=1, months=1 - back, days=-1)
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
