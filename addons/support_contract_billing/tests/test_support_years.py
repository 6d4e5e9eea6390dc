# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportBillingCommon

SLIPS = ("0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31")


@tagged("post_install", "-at_install")
class TestSupportYears(SupportBillingCommon):
    """A slip of the keyboard is answered with a sentence, never with a traceback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract()

    def _assert_refused(self, model, action, **vals):
        record = self.env[model].with_user(self.accountant).create(vals)
        with self.subTest(model, **vals), self.assertRaisesRegex(UserError, "2000"):
            getattr(record, action)()

    def test_day_of_another_age_is_refused(self):
        for day in SLIPS:
            self._assert_refused("support.billing.preview", "action_refresh", day=day)
            self._assert_refused(
                "support.reconciliation", "action_show", date_start=day
            )
            self._assert_refused("support.reconciliation", "action_show", date_end=day)

    def test_outermost_days_are_computed(self):
        for day in ("2000-01-01", "2100-12-31"):
            with self.subTest(day), self._on("2026-10-01"):
                for model, action, vals in (
                    ("support.billing.preview", "action_refresh", {"day": day}),
                    (
                        "support.reconciliation",
                        "action_show",
                        {"date_start": day, "date_end": day},
                    ),
                ):
                    record = self.env[model].with_user(self.accountant).create(vals)
                    self.assertTrue(getattr(record, action)())

    def test_month_of_another_age_on_the_overview_is_refused(self):
        Overview = self.env["support.billing.overview"].with_user(self.accountant)
        overview = Overview.create({})
        for month in ("0001-01", "9999-12"):
            with self.subTest(month):
                with self.assertRaisesRegex(UserError, "Choose a month"):
                    Overview.create({"month": month})
                with self.assertRaisesRegex(UserError, "Choose a month"):
                    overview.month = month
