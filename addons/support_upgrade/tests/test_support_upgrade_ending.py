# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..cancellation import Cancellation
from .common import SupportUpgradeCommon

AFTER_END = ["support_upgrade.activity_upgrade_after_end"]
BOTH = [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]


@tagged("post_install", "-at_install")
class TestSupportUpgradeEnding(SupportUpgradeCommon):
    """The service or the contract ends while an upgrade is under way. R8, R9."""

    def _end(self, contract, services=None):
        """Notice on 10 August 2027; the minimum term is over with that month."""
        with self._on("2027-08-10"):
            contract._give_notice(services or contract.service_ids, date(2027, 8, 10))
        with self._on("2027-09-10"):
            self._run_amendments()

    def _get_maintenance(self, contract):
        return contract.service_ids.filtered(
            lambda service: service.type_id == self.type_maintenance
        )

    def test_r08_work_that_had_begun_is_finished_after_the_end(self):
        with self._on("2027-08-02"):
            contract = self._create_counted()
            upgrade = self._bring_to_testing(contract, user_id=self.consultant.id)
            self.assertEqual(upgrade.right_status, "used")
        self._end(contract)
        self.assertEqual(contract.state, "ended")
        self.assertFalse(contract.amend_error)
        self.assertEqual((upgrade.state, upgrade.right_status), ("testing", "used"))
        activity = upgrade.activity_search(AFTER_END)
        self.assertRecordValues(activity, [{"user_id": self.consultant.id}])
        self.assertIn("upgrade", contract.checklist_ids.mapped("code"))
        # Its instances stay for the work, and close after it. Clause R5.
        self.assertFalse(any(upgrade.upgrade_instance_ids.mapped("date_end")))
        with self._on("2027-09-20"):
            upgrade = upgrade.with_user(self.consultant)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
        self.assertRecordValues(
            upgrade,
            [{"state": "done", "right_status": "used", "date_done": date(2027, 9, 20)}],
        )
        self.assertEqual(upgrade.instance_id.series, "19.0")
        self.assertEqual(
            set(upgrade.upgrade_instance_ids.mapped("date_end")), {date(2027, 10, 20)}
        )
        self.assertFalse(upgrade.activity_search(AFTER_END))

    def test_r08_work_that_had_begun_is_stopped_after_the_end(self):
        with self._on("2027-08-02"):
            contract = self._create_counted()
            upgrade = self._bring_to_testing(contract)
        self._end(contract)
        self.assertEqual(
            upgrade.activity_search(AFTER_END).user_id, contract._get_responsible_user()
        )
        with self._on("2027-09-20"):
            Cancellation(upgrade.with_user(self.consultant)).run(
                "withdrawn", "Moved on"
            )
        self.assertEqual((upgrade.state, upgrade.right_status), ("cancelled", "used"))
        self.assertFalse(upgrade.activity_search(AFTER_END))
        self.assertEqual(
            set(upgrade.upgrade_instance_ids.mapped("date_end")), {date(2027, 9, 20)}
        )

    def test_r08_requests_are_closed_with_the_contract(self):
        with self._on("2027-08-02"):
            contract = self._create_running()
            accepted = self._request(contract)
            accepted.action_accept()
            asked = self._request(contract)
        self._end(contract)
        self.assertEqual(contract.state, "ended")
        for upgrade in accepted | asked:
            self.assertRecordValues(
                upgrade,
                [
                    {
                        "state": "cancelled",
                        "cancel_kind": "ended",
                        "date_cancelled": date(2027, 9, 10),
                    }
                ],
            )
        self.assertEqual(accepted.right_status, "returned")
        self.assertNotIn("upgrade", contract.checklist_ids.mapped("code"))
        self.assertFalse(accepted.activity_ids)
        with self._on("2027-09-20"), self.assertRaisesRegex(UserError, "not running"):
            self._request(contract)

    def test_r08_request_holds_its_right_as_long_as_the_service_runs(self):
        """Maintenance ends, operations go on: the right is gone, not the request."""
        with self._on("2027-08-02"):
            contract = self._create_running(BOTH)
            upgrade = self._request(contract)
            upgrade.action_accept()
        self._end(contract, self._get_maintenance(contract))
        self.assertEqual((contract.state, upgrade.state), ("active", "accepted"))
        with self._on("2027-09-10"), self.assertRaisesRegex(UserError, "billable"):
            upgrade.action_start()
        with self._on("2027-09-10"):
            self._approve(upgrade, "extra")
            upgrade.action_start()
        self.assertEqual((upgrade.state, upgrade.right_status), ("started", "extra"))

    def test_r08_request_starts_on_the_last_day_of_the_service(self):
        with self._on("2027-08-02"):
            contract = self._create_running(BOTH)
            upgrade = self._request(contract)
            upgrade.action_accept()
        self._end(contract, self._get_maintenance(contract))
        with self._on("2027-08-31"):
            upgrade.action_start()
        self.assertEqual((upgrade.state, upgrade.right_status), ("started", "used"))

    def test_r09_work_goes_live_after_maintenance_ended_beside_operations(self):
        with self._on("2027-08-02"):
            contract = self._create_counted(BOTH)
            upgrade = self._bring_to_testing(contract)
        self._end(contract, self._get_maintenance(contract))
        with self._on("2027-09-20"):
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
        self.assertEqual((upgrade.state, upgrade.right_status), ("done", "used"))

    def test_r08_notice_says_which_upgrade_is_under_way(self):
        with self._on("2027-08-02"):
            contract = self._create_counted(BOTH)
            upgrade = self._bring_to_testing(contract)
            wizard = Form(
                self.env["support.contract.notice"]
                .with_user(self.consultant)
                .with_context(default_contract_id=contract.id)
            )
            text = f"Upgrade {upgrade.name} to version 19.0 is under way"
            self.assertIn(text, wizard.explanation)
            # Operations do not include it.
            remarks = contract._get_notice_remarks(
                contract.service_ids - self._get_maintenance(contract)
            )
            self.assertEqual(remarks, [])
