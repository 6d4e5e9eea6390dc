# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.test_support_screens import (
    SupportScreensCommon,
)

from ..wizards import support_forecast


@tagged("post_install", "-at_install")
class TestSupportReportScreens(SupportScreensCommon):
    """No report asks the database once more for each contract."""

    def test_earned(self):
        own = self.env["support.earned"].with_user(self.accountant)
        self._assert_constant(lambda: own.create({}).action_show())
        with self._on("2026-10-01"):
            own.create({}).action_show()
        rows = own.env["support.earned.line"].search([])
        self.assertEqual(sum(rows.mapped("accrued")), 8 * 5235.0)

    def test_forecast(self):
        own = self.env["support.forecast"].with_user(self.accountant)
        self._assert_constant(self._open_few)
        with self._on("2026-10-01"):
            own.action_open()
        rows = own.search([("month", "=", "2026-11-01")])
        self.assertEqual(sum(rows.mapped("amount")), 8 * 5235.0)

    def test_revenue_on_the_first_page(self):
        """Eight contracts of 5,235.00 from September on."""
        own = self.env["support.overview"].with_user(self.manager)
        names = ["revenue", "revenue_change", "revenue_graph", "revenue_words"]

        def look():
            return own.browse(own._get_role_page()["res_id"]).read(names)[0]

        with self._on("2026-10-01"):
            self.assertEqual(look()["revenue_words"], "No month has been charged yet.")
        self._assert_constant(look)
        self._run_cron("2026-10-01")
        with self._on("2026-10-02"):
            page = look()
        money = self.company.currency_id.format
        self.assertEqual(page["revenue"], money(8 * 5235.0))
        self.assertEqual(page["revenue_change"], "September 2026")
        [graph] = json.loads(page["revenue_graph"])
        self.assertEqual([one["value"] for one in graph["values"]][-2:], [0, 41_880.0])
        self.assertIn("(customers: 8)", page["revenue_words"])

    def _open_few(self):
        """Odoo writes at most a hundred rows in a statement: fewer are asked for."""
        self.patch(support_forecast, "MONTHS", 4)
        own = self.env["support.forecast"].with_user(self.accountant)
        own.action_open()
