# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command
from odoo.exceptions import UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .. import vault
from .common import SupportInstanceCommon
from .repository import module_files

ADD_ONS = ["support_contract", "support_instance"]


@tagged("post_install", "-at_install")
class TestSupportNeutralize(SupportInstanceCommon):
    def test_a_copy_opens_and_fetches_nothing(self):
        environment = patch.dict(
            os.environ, {vault.VARIABLE: Fernet.generate_key().decode()}
        )
        environment.start()
        self.addCleanup(environment.stop)
        credential = self.env["support.credential"].create(
            {"name": "Token", "host": "git.example.com", "secret": "hemligt"}
        )
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 12))
        contract = self._create_contract()
        instance = self._create_instance(contract, repository)
        instance.action_count()
        upload = self._create_instance(
            contract, name="Upload", source_ids=[Command.create({"kind": "upload"})]
        ).source_ids
        action = upload.with_user(self.manager).action_new_token()
        token = action["context"]["default_token"]
        Source = self.env["support.source"]
        self.assertTrue(Source._get_by_token(upload.id, token))
        # Signed contracts, too: nothing of ours stands in the way.
        contract.action_activate()
        self.env.flush_all()

        for query in get_neutralization_queries(ADD_ONS):
            self.env.cr.execute(query)
        self.env.invalidate_all()

        self.assertEqual(credential.state, "missing")
        self.assertFalse(Source._get_by_token(upload.id, token))
        self.assertFalse(instance.source_ids)
        with self.assertRaisesRegex(UserError, "Add a code source"):
            instance.action_count()
        crons = self.env["ir.cron"].search(
            [("model_id.model", "=like", "support.%"), ("active", "=", True)]
        )
        ours = crons.get_external_id().values()
        self.assertFalse([name for name in ours if name.split(".")[0] in ADD_ONS])
        # The evidence stays.
        self.assertEqual(instance.last_count_id.code_lines, 12)
