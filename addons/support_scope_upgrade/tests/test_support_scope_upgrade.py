# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users

from odoo.addons.support_scope.tests.case_table import SupportCasesCommon, read_table
from odoo.addons.support_upgrade.cancellation import Cancellation


class SupportScopeUpgradeCommon(SupportCasesCommon):
    """Contracts with upgrades: the first takes the right of the period."""

    def setUp(self):
        super().setUp()
        self.upgrades = {}

    def _get_upgrade(self, contract, use):
        """The upgrade of a contract that uses its right, or one more."""
        if (contract, use) not in self.upgrades:
            if use == "extra":
                self._get_upgrade(contract, "right")
            with freeze_time("2026-09-02 12:00:00"):
                self.upgrades[contract, use] = self.env["support.upgrade"].create(
                    {
                        "contract_id": contract.id,
                        "instance_id": contract.instance_ids[:1].id,
                        "from_series": "17.0",
                        "to_series": "19.0",
                    }
                )
        return self.upgrades[contract, use]

    def _prepare_row_vals(self, row, contract):
        vals = super()._prepare_row_vals(row, contract)
        if row["Upgrade"]:
            vals["upgrade_id"] = self._get_upgrade(contract, row["Upgrade"]).id
        return vals


@tagged("post_install", "-at_install")
class TestSupportScopeUpgradeCases(SupportScopeUpgradeCommon):
    def test_every_row_with_an_upgrade(self):
        rows = [row for row in read_table() if row["Upgrade"]]
        self.assertEqual({row["Upgrade"] for row in rows}, {"right", "extra"})
        self._run_rows(rows)


@tagged("post_install", "-at_install")
class TestSupportScopeUpgrade(SupportScopeUpgradeCommon):
    def setUp(self):
        super().setUp()
        [row] = [
            row for row in read_table() if row["Case"] == "One more in the same period"
        ]
        self.contract = self._create_agreement(row)
        self.project = self.contract.support_project_ids
        self.right = self._get_upgrade(self.contract, "right")
        self.extra = self._get_upgrade(self.contract, "extra")
        self.startPatcher(freeze_time("2026-09-10 09:00:00"))

    @users("scope_worker")
    def test_every_model_of_work_shows_its_upgrade(self):
        for name in self.env["support.work.verdict"]._get_work_models():
            arch = self.env[name].get_view(view_type="form")["arch"]
            self.assertEqual(arch.count('<field name="upgrade_id"'), 1, name)

    def test_right_that_comes_later_includes_the_work(self):
        task = self._create_task("version_upgrade", upgrade_id=self.extra.id)
        line = self._log(task, 60)
        self.assertEqual((task.scope_verdict, task.scope_clause), ("billed", "R8"))
        # The customer withdraws the first: its right is free again.
        Cancellation(self.right).run("withdrawn", "Next year")
        self.extra.action_reserve_right()
        self.assertEqual(self.extra.right_no, 1)
        self.assertEqual(task.scope_verdict, "included")
        self.assertEqual(line.support_verdict, "included")

    def test_upgrade_of_another_customer_is_refused(self):
        other = self._create_scope_contract()
        project = self.project.copy({"support_contract_id": other.id})
        with self.assertRaises(ValidationError):
            self._create_task(
                "version_upgrade", project_id=project.id, upgrade_id=self.right.id
            )
        task = self._create_task("version_upgrade", upgrade_id=self.right.id)
        with self.assertRaises(ValidationError):
            task.project_id = project

    @users("scope_worker")
    def test_upgrade_shows_its_hours(self):
        task = self._create_task("version_upgrade", upgrade_id=self.right.id)
        self._log(task, 90)
        self._log(self._create_task("user_advice"), 60)
        upgrade = self.right.with_env(self.env)
        self.assertEqual(upgrade.time_hours, 1.5)
        action = upgrade.action_view_time()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines, task.timesheet_ids.with_env(self.env))

    def test_portal_user_reads_no_upgrade_of_a_task(self):
        task = self._create_task("version_upgrade", upgrade_id=self.right.id)
        portal = self._create_new_portal_user()
        fields = task.with_user(portal).fields_get()
        self.assertNotIn("upgrade_id", fields)
        with self.assertRaises(AccessError):
            task.with_user(portal).read(["upgrade_id"])
