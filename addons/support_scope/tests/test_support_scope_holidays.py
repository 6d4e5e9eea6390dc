# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.support_contract.tests.common import SupportContractCommon

from ..office_hours import FREE, OFFICE, classify


@tagged("post_install", "-at_install")
class TestSupportScopeHolidays(SupportContractCommon):
    """A Swedish company has its holidays in the working hours, each year anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).support_holidays = False
        cls.company = cls.env["res.company"].create(
            {"name": "Granlyckan", "country_id": cls.env.ref("base.se").id}
        )
        cls.calendar = cls.company.resource_calendar_id

    def _run_on(self, day):
        with freeze_time(f"{day} 02:00:00"):
            self.env["res.company"]._cron_enter_holidays()
        return self.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", self.calendar.id), ("resource_id", "=", False)],
            order="date_from",
        )

    def test_year_by_year(self):
        leaves = self._run_on("2026-03-01")
        self.assertEqual(len(leaves), 16)
        for hour, kind in (
            # Midsummer Eve, the day before; New Year's Eve; Epiphany.
            ("2026-06-19 10:00:00", FREE),
            ("2026-06-18 10:00:00", OFFICE),
            ("2026-12-31 09:00:00", FREE),
            ("2026-01-06 09:00:00", FREE),
        ):
            moment = datetime.fromisoformat(hour)
            self.assertEqual(classify(self.company, moment), kind, hour)
        # Somebody works on Midsummer Eve.
        leaves.filtered(
            lambda one: str(one.date_from) == "2026-06-18 22:00:00"
        ).unlink()
        self.assertEqual(len(self._run_on("2026-03-02")), 15)
        self.assertEqual(len(self._run_on("2026-10-30")), 15)
        # The next year two months ahead, with its own days.
        leaves = self._run_on("2026-11-01")
        self.assertEqual(len(leaves), 31)
        self.assertIn(datetime(2027, 6, 24, 22), leaves.mapped("date_from"))

    def test_what_is_there_and_what_is_not_known(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-12-23 23:00:00",
                "date_to": "2027-01-06 22:59:59",
            }
        )
        # Christmas Eve to New Year's Eve are in it.
        self.assertEqual(len(self._run_on("2026-03-01")), 13)
        nowhere = self.env["res.company"].create({"name": "Without a country"})
        off = self.env["res.company"].create(
            {
                "name": "Off",
                "country_id": self.company.country_id.id,
                "support_holidays": False,
            }
        )
        self._run_on("2026-03-02")
        for company in (nowhere, off):
            self.assertFalse(company.support_holidays_year)
