# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import shutil

from odoo.modules.module import Manifest
from odoo.tests import HttpCase, tagged

from .common import SupportInstanceCommon
from .repository import module_files

REVIEW = "/odoo/action-support_instance.support_count_review_action"

OCA = (
    "account_invoice_start_end_dates",
    "base_cron_exclusion",
    "base_exception",
    "base_partner_sequence",
    "base_technical_features",
    "base_technical_user",
    "contract",
    "helpdesk_mgmt",
    "helpdesk_mgmt_sla",
    "helpdesk_type",
    "partner_affiliate",
    "partner_contact_birthdate",
    "partner_email_check",
    "partner_firstname",
    "partner_vat_unique",
    "product_code_unique",
    "queue_job",
    "sequence_python",
    "web_chatter_position",
    "web_dialog_size",
)


@tagged("post_install", "-at_install")
class TestSupportCountTour(SupportInstanceCommon, HttpCase):
    def test_r02_approver_reviews_a_count_with_a_hold(self):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 100))
        instance = self._create_instance(self._create_contract(), repository)
        instance.action_count()
        repository.commit(
            {**module_files("acme_base", 105), "acme_base/broken.py": "def :\n"}
        )
        instance.action_count()
        count = instance.count_ids.sorted("id")[-1]
        self.assertEqual(count.state, "to_review")
        self.start_tour(REVIEW, "support_count_tour", login="support_approver")
        self.assertRecordValues(
            count, [{"state": "approved", "decided_by_id": self.approver.id}]
        )
        self.assertEqual(instance.last_count_id, count)

    def test_every_screen_of_counts_opens(self):
        for model, views in (
            ("support.count", "list,kanban,form,graph,search"),
            ("support.count.module", "list,form"),
            ("support.count.growth", "list,kanban,form,graph,pivot,search"),
            ("support.count.compare", "form"),
        ):
            Model = self.env[model].with_user(self.consultant)
            for kind in views.split(","):
                with self.subTest(model=model, view=kind):
                    self.assertTrue(Model.get_views([(False, kind)])["views"][kind])


@tagged("post_install", "-at_install")
class TestSupportCountRealAddons(SupportInstanceCommon):
    def test_r02_twenty_real_addons_counted_twice_need_nobody(self):
        """Every OCA add-on of the environment: twenty."""
        repository = self._create_repository()
        for name in OCA:
            shutil.copytree(
                Manifest.for_addon(name).path,
                repository.work / name,
                ignore=shutil.ignore_patterns("*.pyc", "*.po", "*.pot", "*.png"),
            )
        repository.commit({})
        instance = self._create_instance(self._create_contract(), repository)
        instance.action_count()
        first = instance.count_ids
        self.assertEqual(len(first.module_ids), 20)
        # Nobody is needed, not even for the first one.
        self.assertRecordValues(first, [{"state": "approved", "hold_count": 0}])
        # The same code: the same count.
        instance.action_count()
        self.assertEqual(instance.count_ids, first)
        # More code, in two of them: a new count, and nobody is needed.
        for name in ("queue_job", "partner_firstname"):
            with (repository.work / name / "__init__.py").open("a") as file:
                file.write("\nADDED = 1\n")
        repository.commit({})
        instance.action_count()
        second = instance.count_ids.sorted("id")[-1]
        self.assertRecordValues(
            second,
            [{"state": "approved", "hold_count": 0, "difference": 2}],
        )
        self.assertFalse(second.decided_by_id)
        self.assertFalse(second._get_contradictions())
