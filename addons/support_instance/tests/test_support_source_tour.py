# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import vault
from .common import SupportInstanceCommon
from .git_server import serving
from .repository import module_files

INSTANCES = "/odoo/action-support_instance.support_instance_action"
REVIEW = "/odoo/action-support_instance.support_count_review_action"


@tagged("post_install", "-at_install")
class TestSupportSourceTour(SupportInstanceCommon, HttpCase):
    """Each kind of source, entered and used in a browser."""

    def setUp(self):
        super().setUp()
        environment = patch.dict(
            os.environ, {vault.VARIABLE: Fernet.generate_key().decode()}
        )
        environment.start()
        self.addCleanup(environment.stop)
        self.repository = self._create_repository()
        self.repository.commit(
            {
                **module_files("acme_base", 100),
                "acme_base/broken.py": "def :\n",
                "acme_base/till.ts": "const a = 1;\n",
            }
        )
        self.contract = self._create_contract()

    def _tour(self, name, url, user, instance=None):
        if instance:
            url = f"{url}/{instance.id}"
        # Odoo gives a tour a minute: too little on a busy machine.
        self.start_tour(url, name, login=user.login, timeout=240)

    def test_r02_git_with_a_password_is_entered_counted_and_approved(self):
        instance = self._create_instance(self.contract, name="Production")
        address = self.enterContext(
            serving(self.repository.bare.parent, "bjorkdal", "hemligt-ord")
        )
        # The tour is fixed text; the address is on the page that it begins with.
        instance.url = f"{address}/bare.git"
        self._tour("support_source_git_tour", INSTANCES, self.manager, instance)
        source = instance.source_ids
        self.assertRecordValues(
            source, [{"kind": "git", "url": instance.url, "branch": "main"}]
        )
        self.assertRecordValues(
            source.credential_id,
            [
                {
                    "host": address.removeprefix("http://"),
                    "scheme": "http",
                    "login": "bjorkdal",
                    "state": "stored",
                }
            ],
        )
        # Anybody who may see the instance counts it.
        self._tour("support_source_count_tour", INSTANCES, self.consultant, instance)
        count = instance.count_ids
        self.assertRecordValues(count, [{"state": "to_review", "code_lines": 100}])
        self.assertEqual(
            set(count.flag_ids.mapped("kind")), {"error", "unseen"}, count.flag_ids
        )
        self._tour("support_source_approve_tour", REVIEW, self.approver)
        self.assertRecordValues(
            count, [{"state": "approved", "decided_by_id": self.approver.id}]
        )

    def test_r02_report_is_pasted(self):
        instance = self._create_instance(self.contract, name="Production")
        instance.series = "17.0"
        # What does not add up is refused, and Odoo logs that.
        with mute_logger("odoo.http"):
            self._tour("support_source_report_tour", INSTANCES, self.manager, instance)
        self.assertRecordValues(instance.source_ids, [{"kind": "report"}])
        self.assertEqual(instance.count_ids.code_lines, 100)
        self.assertEqual(
            self.env["support.cloc.report"].search([]).source_id, instance.source_ids
        )

    def test_r02_token_is_made_and_the_line_to_run_is_shown(self):
        instance = self._create_instance(self.contract, name="Production")
        self._tour("support_source_upload_tour", INSTANCES, self.manager, instance)
        source = instance.source_ids
        self.assertRecordValues(source, [{"kind": "upload"}])
        self.assertTrue(source.token_date)
        # The page showed the line, and what it sends was taken.
        self.assertEqual(source.report_ids.code_lines, 100)
