# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tests import HttpCase, tagged

from odoo.addons.support_instance import vault
from odoo.addons.support_instance.tests.common import SupportInstanceCommon

INSTANCES = "/odoo/action-support_instance.support_instance_action"


@tagged("post_install", "-at_install")
class TestSupportSourceRemoteTour(SupportInstanceCommon, HttpCase):
    def test_r02_running_odoo_is_added_beside_a_repository(self):
        secret = Fernet.generate_key().decode()
        self.enterContext(patch.dict(os.environ, {vault.VARIABLE: secret}))
        repository = self._create_repository()
        instance = self._create_instance(
            self._create_contract(), repository, name="Production"
        )
        key = self.env["support.credential"].create(
            {
                "name": "Key of Björkdal",
                "kind": "api",
                "host": "odoo.example.com",
                "login": "support",
                "secret": "api-nyckel-4711",
            }
        )
        # Odoo gives a tour a minute: too little on a busy machine.
        self.start_tour(
            f"{INSTANCES}/{instance.id}",
            "support_source_remote_tour",
            login=self.manager.login,
            timeout=240,
        )
        remote = instance.source_ids.filtered(lambda source: source.kind == "remote")
        self.assertRecordValues(
            remote,
            [
                {
                    "url": "https://odoo.example.com",
                    "protocol": "jsonrpc",
                    "database": "bjorkdal",
                    "credential_id": key.id,
                }
            ],
        )
