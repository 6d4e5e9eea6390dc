# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.support_instance import vault
from odoo.addons.support_instance.tests.common import SupportInstanceCommon


@tagged("post_install", "-at_install")
class TestSupportNeutralizeRemote(SupportInstanceCommon):
    def test_a_copy_asks_no_running_odoo(self):
        key = Fernet.generate_key().decode()
        self.enterContext(patch.dict(os.environ, {vault.VARIABLE: key}))
        credential = self.env["support.credential"].create(
            {
                "name": "Key",
                "kind": "api",
                "host": "odoo.example.com",
                "secret": "hemligt",
            }
        )
        source = self._create_instance(
            self._create_contract(),
            source_ids=[
                Command.create(
                    {
                        "kind": "remote",
                        "url": "https://odoo.example.com",
                        "credential_id": credential.id,
                    }
                )
            ],
        ).source_ids
        self.assertTrue(source.active)
        self.env.flush_all()
        for query in get_neutralization_queries(["support_instance_remote"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(source.active)
