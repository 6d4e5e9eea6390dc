# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.support_contract.ending import open_checklist

from ..cloc import Source
from ..cloc.git.repository import reading
from ..hooks import uninstall_hook
from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportSourceCache(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 100))
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.contract.action_activate()
        self.instance.action_count()
        (key,) = self.instance.source_ids._get_repository_keys()
        self.fetched = Path(self.instance.source_ids._get_git_dir()) / f"{key}.git"
        self.assertTrue(self.fetched.is_dir())

    def _end(self, contract):
        contract._set_state("ended")
        open_checklist(contract)
        return contract.checklist_ids.filtered(lambda item: item.code == "cache")

    def test_cached_code_is_the_last_thing_to_do(self):
        self._end(self.contract)
        self.assertEqual(
            self.contract.checklist_ids.mapped("code"),
            ["data", "repositories", "instances", "accesses", "cache"],
        )

    def test_uninstalling_leaves_no_item_that_nobody_can_do(self):
        self._end(self.contract)
        uninstall_hook(self.env)
        self.assertEqual(
            self.contract.checklist_ids.mapped("code"),
            ["data", "repositories", "instances", "accesses"],
        )

    def test_ticking_the_checklist_deletes_the_code(self):
        item = self._end(self.contract).with_user(self.consultant)
        with reading(str(self.fetched)), self.assertRaisesRegex(UserError, "Try again"):
            item.done = True
        item.invalidate_recordset()
        item.done = True
        self.assertFalse(self.fetched.exists())
        self.assertTrue(self.instance.count_ids.line_ids, "the evidence stays")
        item.done = False
        item.done = True  # nothing is left to delete, which is no error

    def test_code_is_deleted_whatever_became_of_its_credentials(self):
        """The server's key may be another one by then, or the customer's token gone."""
        url = "https://git.example.com/acme/odoo.git"
        credential = self.env["support.credential"].create(
            {"name": "Token", "host": "git.example.com"}
        )
        self.assertEqual(credential.state, "missing")
        contract = self._create_contract()
        self._create_instance(
            contract,
            source_ids=[Command.create({"url": url, "credential_id": credential.id})],
        )
        fetched = self.fetched.with_name(f"{Source(url).key}.git")
        fetched.mkdir(exist_ok=True)
        # Another customer has the same, and as little to open it with.
        other = self._create_contract()
        self._create_instance(
            other,
            source_ids=[Command.create({"url": url, "credential_id": credential.id})],
        )
        self._end(contract).with_user(self.consultant).done = True
        self.assertTrue(fetched.exists())
        self._end(other).with_user(self.consultant).done = True
        self.assertFalse(fetched.exists())

    def test_code_that_another_customer_has_too_stays(self):
        other = self.env["res.company"].create({"name": "Other"})
        running = self._create_contract(company_id=other.id)
        self._create_instance(running, self.repository)
        item = self._end(self.contract).with_user(self.consultant)
        item.done = True
        self.assertTrue(self.fetched.exists())
        self._end(running).done = True
        self.assertFalse(self.fetched.exists())

    def test_code_of_a_removed_source_is_deleted(self):
        second = self._create_repository()
        second.commit(module_files("acme_base", 10))
        source = self.instance.source_ids._with_permission()
        source.url = second.url
        self.assertTrue(self.fetched.exists(), "only when that is certain")
        self.env.cr.postcommit.run()
        self.assertFalse(self.fetched.exists())
        source.url = self.repository.url
        self.instance.action_count()
        self.assertTrue(self.fetched.exists())
        source.unlink()
        self.env.cr.postcommit.run()
        self.assertFalse(self.fetched.exists())
