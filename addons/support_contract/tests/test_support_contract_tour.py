# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .common import SupportContractCommon

CONTRACTS = "/odoo/action-support_contract.support_contract_action"


@tagged("post_install", "-at_install")
class TestSupportContractTour(SupportContractCommon, HttpCase):
    """Staff do all of it in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = cls.company._support_today()
        cls.contract = cls._create_contract(
            [("operations", today.replace(day=1))], date_signed=today
        )

    def _run(self, tour, login):
        self.start_tour(CONTRACTS, tour, login=login)
        self.env.invalidate_all()

    def test_manager_activates_and_amends(self):
        self._run("support_activate_tour", "support_manager")
        self.assertEqual(self.contract.state, "active")
        self._run("support_amend_tour", "support_manager")
        self.assertRecordValues(
            self.contract.amendment_ids,
            [{"reason": "Agreed at the yearly review", "user_id": self.manager.id}],
        )
        self.assertEqual(self.contract.service_ids.price_unit, 2500.0)

    def test_r01_consultant_gives_notice(self):
        self.contract.action_activate()
        self._run("support_notice_tour", "support_user")
        self.assertEqual(self.contract.state, "notice")
        self.assertTrue(self.contract.date_end)

    def test_event_log_can_be_exported(self):
        self.contract.action_activate()
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        events = self.contract.event_ids.with_user(self.manager)
        rows = events.export_data(
            ["date", "user_id/name", "kind", "record_name", "before", "after", "note"]
        )["datas"]
        self.assertEqual([row[4:6] for row in rows], [["Draft", "Active"]])
