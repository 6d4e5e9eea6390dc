# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportUpgradeCommon

CONTRACTS = "/odoo/action-support_contract.support_contract_action"


@tagged("post_install", "-at_install")
class TestSupportUpgradeTour(SupportUpgradeCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repository = cls._create_repository()
        for branch, lines in (("17.0", 120), ("19.0", 110)):
            repository.commit(module_files("acme_base", lines))
            cls._push(repository, branch)
        today = cls.env.company._support_today()
        cls.contract = cls._create_contract(
            [("maintenance", today)], terms_id=cls.terms.id
        )
        cls.production = cls._create_instance(
            cls.contract,
            series="17.0",
            source_ids=[Command.create({"url": repository.url, "branch": "17.0"})],
        )
        cls.contract.action_activate()
        cls.production.action_count()

    def test_r08_consultant_takes_an_upgrade_from_request_to_done(self):
        self.start_tour(CONTRACTS, "support_upgrade_tour", login="support_user")
        upgrade = self.contract.upgrade_ids
        self.assertRecordValues(
            upgrade, [{"state": "done", "right_no": 1, "right_status": "used"}]
        )
        self.assertEqual(self.production.series, "19.0")
        self.assertEqual(self.production.source_ids.branch, "19.0")

    def test_every_screen_of_upgrades_opens(self):
        self.authenticate("support_user", "support_user")
        for model, views in (
            ("support.upgrade", "list,form,kanban,calendar,search"),
            ("support.upgrade.approval", "form"),
            ("support.upgrade.cancel", "form"),
            ("support.contract", "form"),
        ):
            Model = self.env[model].with_user(self.consultant)
            for kind in views.split(","):
                with self.subTest(model=model, view=kind):
                    self.assertTrue(Model.get_views([(False, kind)])["views"][kind])
