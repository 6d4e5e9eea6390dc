# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
import time
from dataclasses import replace
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.support_instance import vault
from odoo.addons.support_instance.cloc.addresses import open_secret
from odoo.addons.support_instance.cloc.odoo_report import count_of
from odoo.addons.support_instance.cloc.parse.rules import rules
from odoo.addons.support_instance.tests.common import SupportInstanceCommon
from odoo.addons.support_instance.tests.repository import module_files

from ..customization import parse_texts, with_dense

KEY = "api-nyckel-4711"


@tagged("post_install", "-at_install")
class TestSupportSourceRemote(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        environment = patch.dict(
            os.environ, {vault.VARIABLE: Fernet.generate_key().decode()}
        )
        environment.start()
        self.addCleanup(environment.stop)
        self.repository = self._create_repository()
        self.repository.commit(
            {**module_files("acme_used", 30), **module_files("acme_unused", 50)}
        )
        self.credential = self.env["support.credential"].create(
            {
                "name": "Key",
                "kind": "api",
                "host": "127.0.0.1:9",
                "scheme": "http",
                "login": "admin",
                "secret": KEY,
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.git = self.instance.source_ids

    def _add_remote(self, **vals):
        self.instance.source_ids = [
            Command.create(
                {
                    "kind": "remote",
                    "url": "http://127.0.0.1:9",
                    "credential_id": self.credential.id,
                    **vals,
                }
            )
        ]
        return self.instance.source_ids - self.git

    def _get_remote_count(self, installed, text="a = 1\nb = 2\n", excluded=False):
        """The count of an instance with one server action and these modules.

        :param excluded: the action has an external id of Odoo's `__cloc_exclude__`
        """
        figures = rules().module.Cloc()
        [(*numbers, told)] = [
            (*answer[:2], tuple(answer[2:]))
            for answer in parse_texts([(text, ".py")], time.monotonic() + 60)
        ]
        name = "ir.actions.server/7: Act"
        figures.book("odoo/studio", name, tuple(numbers), excluded)
        blobs = {("odoo/studio", name): f"{hash(text):x}"}
        dense = {"odoo/studio": [(name, *told)]} if told else {}
        count = with_dense(count_of(figures, rules().ruleset, blobs), dense)
        return replace(count, installed=installed, series="18.0")

    def _count(self, remote, installed, **vals):
        readings = [
            (self.git, self.git._get_reader().count()),
            (remote, self._get_remote_count(installed, **vals)),
        ]
        return self.instance._record_count(readings)

    def test_r02_what_its_database_leaves_out_waits(self):
        remote = self._add_remote()
        installed = {"base": "18.0.1.3", "acme_used": "1"}
        self.assertEqual(self._count(remote, installed).state, "approved")
        # The action that was counted until now: left out, not moved, and no demo data.
        count = self._count(remote, installed, excluded=True)
        self.assertRecordValues(
            count.flag_ids.filtered("waits").sorted("kind"),
            [
                {"kind": "database", "module": "odoo/studio"},
                {"kind": "vanished", "module": "odoo/studio"},
            ],
        )
        self.assertEqual(count.state, "to_review")
        count.with_user(self.approver).action_approve()
        text = "a = 1\nb = 3\n"
        same = self._count(remote, installed, excluded=True, text=text)
        self.assertEqual(same.state, "approved", "not grown")
        grown = self._count(remote, installed, excluded=True, text=text + "c = 4\n")
        self.assertRecordValues(
            grown.flag_ids.filtered("waits"),
            [{"kind": "database", "module": "odoo/studio"}],
        )
        self.assertIn("7: Act: 3 lines", grown.flag_ids.filtered("waits").text)

    def test_r02_action_on_one_line_waits(self):
        remote = self._add_remote()
        text = "; ".join(f"a{number} = {number}" for number in range(150))
        installed = {"base": "18.0.1.3", "acme_used": "1"}
        count = self._count(remote, installed, text=text)
        flag = count.flag_ids.filtered("waits")
        self.assertRecordValues(flag, [{"kind": "dense", "module": "odoo/studio"}])
        self.assertIn("7: Act: about 149 lines", flag.text)

    def test_r02_only_what_is_installed_is_billed(self):
        remote = self._add_remote()
        count = self._count(remote, {"base": "18.0.1.3", "acme_used": "18.0.2.0"})
        self.assertRecordValues(count, [{"code_lines": 82, "billed_lines": 32}])
        self.assertEqual(
            {module.name: module.billed for module in count.module_ids},
            {"acme_used": True, "acme_unused": False, "odoo/studio": True},
        )
        self.assertEqual(
            {
                module.name: (module.installed, module.installed_version)
                for module in self.instance.module_ids
            },
            {
                "acme_used": ("yes", "18.0.2.0"),
                "acme_unused": ("no", False),
                "odoo/studio": ("yes", False),
            },
        )
        self.assertEqual(self.instance.series, "18.0")
        # Nothing new, nothing counted; installed since, and billed from now on.
        same = self._count(remote, {"base": "18.0.1.3", "acme_used": "18.0.2.0"})
        self.assertEqual(same, count)
        later = self._count(remote, {"acme_used": "1", "acme_unused": "1"})
        self.assertEqual(later.billed_lines, 82)
        self.assertEqual(count.billed_lines, 32)

    def test_without_such_a_source_all_covered_modules_are_billed(self):
        self.instance.action_count()
        self.assertEqual(self.instance.last_count_id.billed_lines, 80)
        self.assertEqual(set(self.instance.module_ids.mapped("installed")), {"unknown"})

    def test_what_is_installed_but_not_covered_is_not_billed(self):
        remote = self._add_remote()
        self._count(remote, {"acme_used": "1"})
        module = self.instance.module_ids.filtered(lambda m: m.name == "acme_used")
        module.covered = False
        count = self._count(remote, {"acme_used": "1"})
        self.assertEqual(count.billed_lines, 2)

    def test_it_is_asked_with_the_key_of_the_credentials(self):
        remote = self._add_remote(protocol="jsonrpc", database="acme")
        server = remote.with_user(self.consultant)._get_reader().server
        self.assertEqual(
            (server.url, server.protocol, server.database, server.login),
            ("http://127.0.0.1:9", "jsonrpc", "acme", "admin"),
        )
        self.assertEqual(open_secret(server.key, "api", server.url), KEY)
        self.assertTrue(server.policy.internal)
        with self.assertRaisesRegex(UserError, "cannot be reached") as caught:
            self.instance.action_count()
        self.assertNotIn(KEY, str(caught.exception))

    def test_what_it_needs_is_asked_for(self):
        for vals, message in (
            ({"credential_id": False}, "API key"),
            ({"url": False}, "only|address of the Odoo"),
            ({"url": "ftp://127.0.0.1:9"}, "address of the Odoo"),
            ({"url": "https://u:p@127.0.0.1:9"}, "contains a password"),
            ({"protocol": "jsonrpc"}, "name of the database"),
            ({"url": "https://other.example"}, "only"),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self._add_remote(**vals)
        with self.assertRaisesRegex(ValidationError, "another kind"):
            self.git.credential_id = self.credential
