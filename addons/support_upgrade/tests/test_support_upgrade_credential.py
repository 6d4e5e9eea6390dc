# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command
from odoo.tests import tagged

from odoo.addons.support_instance import vault
from odoo.addons.support_instance.cloc.addresses import open_secret

from .common import SupportUpgradeCommon

SECRET = "hemligt-ord-4711"


@tagged("post_install", "-at_install")
class TestSupportUpgradeCredential(SupportUpgradeCommon):
    def setUp(self):
        super().setUp()
        key = Fernet.generate_key().decode()
        environment = patch.dict(os.environ, {vault.VARIABLE: key})
        environment.start()
        self.addCleanup(environment.stop)
        self.env.invalidate_all()
        credential = self.env["support.credential"].create(
            {
                "name": "Token of Björkdal",
                "host": "git.example.com",
                "login": "bjorkdal",
                "secret": SECRET,
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(
            self.contract,
            source_ids=[
                Command.create(
                    {
                        "url": "https://git.example.com/acme/odoo.git",
                        "branch": "main",
                        "credential_id": credential.id,
                    }
                )
            ],
        )

    def _open(self, source):
        """The secret as the process that fetches gets it."""
        kind = "ssh" if source.is_ssh else "password"
        return open_secret(source.secret, kind, source.url, source.policy)

    def test_r08_an_upgrade_takes_the_credentials_along(self):
        upgrade = self.env["support.upgrade"].new(
            {
                "instance_id": self.instance.id,
                "from_series": "17.0",
                "to_series": "18.0",
            }
        )
        [vals] = upgrade._prepare_sources_vals()
        test = self._create_instance(
            self.contract, role="test", source_ids=[Command.create(vals)]
        )
        self.assertEqual(self._open(test.source_ids._get_git_source()), SECRET)
        # Going live copies the source to the production instance.
        live = test.source_ids.copy({"instance_id": self.instance.id, "active": False})
        self.assertEqual(self._open(live._get_git_source()), SECRET)
