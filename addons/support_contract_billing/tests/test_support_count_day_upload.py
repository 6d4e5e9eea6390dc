# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from odoo.addons.support_instance.tests.test_support_cloc_report import clean_text

from .test_support_count_day import SupportCountDayCommon


@tagged("post_install", "-at_install")
class TestSupportCountDayUpload(SupportCountDayCommon):
    """What the customer's own server sends was seen when it came, not when it is read
    again here. R2."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_contract()
        self.instance = self._create_instance(
            self.contract,
            series="17.0",
            source_ids=[Command.create({"kind": "upload"})],
        )
        self.contract.action_activate()
        self.service = self.contract.service_ids

    def _send(self, lines, day, time="03:00", instance=None):
        """What comes from the customer's server."""
        instance = instance or self.instance
        with freeze_time(f"{day} {time}:00"):
            self.env["support.cloc.report"]._receive(
                instance.source_ids, clean_text(lines), "17.0"
            )
            return instance._record_count(instance._read_sources())

    def test_r02_dead_server_is_charged_provisionally_until_it_reports(self):
        """12,345 lines are 124 × 180.00 = 22,320.00; 12,401 lines 125 × 180.00."""
        self._send(12_345, "2026-09-01")
        self._run_cron("2026-09-01")
        for day in ("2026-09-24", "2026-09-30", "2026-10-01", "2026-10-10"):
            self._run_cron(day)
        self.assertRecordValues(
            self.instance.count_ids,
            [{"date": date(2026, 9, 1), "date_confirmed": date(2026, 9, 1)}],
        )
        self.assertIn("09/01/2026", self.instance.count_error)
        self._run_cron("2026-11-01")
        september, october = self._charges()
        self.assertFalse(september.provisional)
        self.assertTrue(october.provisional)
        self.assertEqual(october.amount, 22_320.0)
        self.assertIn(
            "Provisional: the code of Production could not be counted from 09/24/2026",
            october.move_line_id.name,
        )
        self._send(12_401, "2026-11-02")
        self.assertFalse(self.instance.count_error)
        self._run_cron("2026-11-02")
        self.assertEqual(october.correction_ids.amount, 180.0)

    def test_r02_the_same_text_again_was_seen_when_it_came(self):
        """22:30 UTC on 23 September is half past midnight on the 24th in Stockholm."""
        self._send(12_345, "2026-09-01")
        self._send(12_345, "2026-09-23", "22:30")
        with freeze_time("2026-09-28 03:00:00"):
            self.instance._record_count(self.instance._read_sources())
        self.assertRecordValues(
            self.instance.count_ids,
            [{"date": date(2026, 9, 1), "date_confirmed": date(2026, 9, 24)}],
        )
        self.assertFalse(self._fee("2026-10-31", "2026-11-01").provisional)

    def test_r02_a_count_of_an_old_report_is_as_old_as_the_report(self):
        """Another module is covered: a new count, of what was seen on 1 September."""
        self._send(12_345, "2026-09-01")
        self.instance.module_ids._with_permission().covered = False
        with freeze_time("2026-09-25 03:00:00"):
            count = self.instance._record_count(self.instance._read_sources())
        self.assertEqual(len(self.instance.count_ids), 2)
        self.assertRecordValues(
            count, [{"date": date(2026, 9, 25), "date_confirmed": date(2026, 9, 1)}]
        )
        self.assertTrue(self._fee("2026-10-31", "2026-11-01").provisional)

    def test_r02_a_pasted_report_counts_until_it_is_too_old(self):
        """A person pasted it: it is what counts, until the next or for 45 days."""
        contract = self._create_contract()
        instance = self._create_instance(
            contract, series="17.0", source_ids=[Command.create({"kind": "report"})]
        )
        contract.action_activate()
        self.service = contract.service_ids
        self._send(12_345, "2026-09-01", instance=instance)
        for day in ("2026-09-24", "2026-10-01"):
            self._run_cron(day)
        self.assertEqual(instance.count_ids.date_confirmed, date(2026, 9, 24))
        self.assertFalse(instance.count_error)
        self.assertFalse(self._fee("2026-10-31", "2026-11-01").provisional)

    def test_r02_silence_is_told_after_three_days(self):
        """Without a report on 2, 3 and 4 September, told in the night of the 5th."""
        self._send(12_345, "2026-09-01")
        for day in range(2, 8):
            with freeze_time(f"2026-09-0{day} 03:00:00"):
                self.instance._record_count(self.instance._read_sources())
            self.assertEqual(bool(self.instance.count_error), day > 4, day)
        self.assertEqual(self.instance.status, "failed")
        self.assertIn("09/01/2026", self.instance.count_error)
        self._send(12_345, "2026-09-08")
        self.assertFalse(self.instance.count_error)
