# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import dataclasses
import tempfile

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from ..cloc import CountError
from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportCount(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.first_commit = self.repository.commit(
            {
                **module_files("acme_base", 120),
                **module_files("acme_sale", 30),
                "acme_sale/views.xml": "<odoo>\n<!-- a\nb -->\n<data/>\n</odoo>\n",
                "acme_sale/tests/test_sale.py": "not = counted\n",
                "README.md": "Not a module.\n",
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)

    @users("support_user")
    def test_consultant_counts_and_sees_modules_and_files(self):
        action = self.instance.with_env(self.env).action_count()
        count = self.env["support.count"].browse(action["res_id"])
        self.assertRecordValues(
            count,
            [
                {
                    "contract_id": self.contract.id,
                    "state": "approved",
                    # 120 + 30 lines of Python, 3 of XML; tests are left out.
                    "code_lines": 153,
                    "billed_lines": 153,
                    "revision": self.first_commit,
                    "error_count": 0,
                }
            ],
        )
        self.assertRecordValues(
            count.module_ids,
            [
                {"name": "acme_base", "code_lines": 120, "path": "acme_base"},
                {"name": "acme_sale", "code_lines": 33, "path": "acme_sale"},
            ],
        )
        files = count.module_ids[1].line_ids
        self.assertEqual(
            {(line.path, line.code_lines, line.excluded) for line in files},
            {
                ("__init__.py", 0, False),
                ("__manifest__.py", 0, True),
                ("models.py", 30, False),
                ("tests/test_sale.py", 0, True),
                ("views.xml", 3, False),
            },
        )
        self.assertEqual(self.instance.last_count_id, count)
        self.assertEqual(self.contract.billed_lines, 153)

    def test_same_revision_gives_the_same_count(self):
        self.instance.action_count()
        self.instance.action_count()
        self.assertEqual(len(self.instance.count_ids), 1)

    def test_r02_a_count_names_the_contract_that_it_is_billed_on(self):
        """Also where the instance was taken out of another customer's draft."""
        self.instance.action_count()
        partner = self.env["res.partner"].create({"name": "Granlid Bygg AB"})
        other = self._create_contract(partner_id=partner.id)
        self.instance.contract_id = other
        self.instance.action_count()
        self.assertEqual(self.instance.last_count_id.contract_id, other)
        self.assertEqual(self.instance.last_count_id.state, "approved")
        self.assertEqual(len(self.instance.count_ids), 2)

    def test_new_commit_gives_a_new_count(self):
        self.instance.action_count()
        commit = self.repository.commit(module_files("acme_base", 125))
        self.instance.action_count()
        self.assertEqual(
            self.instance.count_ids.sorted("id").mapped("code_lines"), [153, 158]
        )
        self.assertEqual(self.instance.last_count_id.revision, commit)
        self.assertEqual(self.instance.source_ids.revision, commit)

    def test_only_the_named_folder_is_counted(self):
        self.repository.commit(module_files("other/acme_extra", 7))
        self.instance.source_ids.subdirectory = "other"
        self.instance.action_count()
        self.assertEqual(self.instance.code_lines, 7)

    def test_several_folders_and_several_repositories_are_one_count(self):
        self.repository.commit(
            {
                **module_files("own/acme_a", 7),
                **module_files("third/acme_b", 5),
                **module_files("not_in_use/acme_c", 3),
            }
        )
        other = self._create_repository()
        other.commit(module_files("acme_stock", 50))
        self.instance.source_ids = [
            Command.update(self.instance.source_ids.id, {"subdirectory": "own, third"}),
            Command.create({"url": other.url, "branch": "main"}),
        ]
        self.instance.action_count()
        count = self.instance.last_count_id
        self.assertEqual(
            {(m.name, m.code_lines, m.source_id) for m in count.module_ids},
            {
                ("acme_a", 7, self.instance.source_ids[0]),
                ("acme_b", 5, self.instance.source_ids[0]),
                ("acme_stock", 50, self.instance.source_ids[1]),
            },
        )
        self.assertEqual(count.billed_lines, 62)

    def test_test_instance_is_counted_but_not_billed(self):
        test = self._create_instance(self.contract, self.repository, role="test")
        self.assertFalse(test.billed)
        (self.instance | test).action_count()
        self.assertEqual(test.code_lines, 153)
        self.assertEqual(self.contract.billed_lines, 153)

    def test_same_module_in_two_productions_counts_once(self):
        other = self._create_repository()
        other.commit(
            {**module_files("acme_base", 120), **module_files("acme_stock", 50)}
        )
        second = self._create_instance(self.contract, other, name="Production 2")
        (self.instance | second).action_count()
        self.assertEqual(second.code_lines, 170)
        self.assertEqual(self.contract.billed_lines, 153 + 50)

    def test_syntax_error_waits_for_an_approver(self):
        self.instance.action_count()
        self.repository.commit({"acme_sale/broken.py": "def :\n"})
        self.instance.action_count()
        count = self.instance.count_ids.sorted("id")[-1]
        self.assertRecordValues(
            count, [{"state": "to_review", "error_count": 1, "code_lines": 153}]
        )
        self.assertNotEqual(self.instance.last_count_id, count)
        with self.assertRaises(AccessError):
            count.with_user(self.consultant).action_approve()
        count.with_user(self.approver).action_approve()
        self.assertEqual(self.instance.last_count_id, count)
        with self.assertRaisesRegex(UserError, "undecided"):
            count.with_user(self.approver).action_reject()

    def test_unreachable_source_says_what_to_do(self):
        self.instance.source_ids.url = "file:///nowhere/at/all.git"
        with self.assertRaisesRegex(UserError, "could not be counted"):
            self.instance.action_count()
        self.assertFalse(self.instance.count_ids)

    def test_dangerous_addresses_are_refused(self):
        for url in (
            "ext::sh -c id",
            "--upload-pack=id",
            "https://example.com/b\nc",
            "https://user:secret@example.com/b.git",
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.instance.source_ids = [
                    Command.create({"url": url, "branch": "main"})
                ]
        with self.assertRaises(ValidationError):
            self.instance.source_ids.branch = "--upload-pack=id"

    def test_approved_count_cannot_be_deleted(self):
        self.instance.action_count()
        with self.assertRaisesRegex(UserError, "evidence"):
            self.instance.count_ids.unlink()

    def test_full_or_locked_data_folder_is_a_failure_of_the_count(self):
        with tempfile.NamedTemporaryFile() as file:
            with self.assertRaisesRegex(CountError, "data folder"):
                reader = self.instance.source_ids._get_reader()
                dataclasses.replace(reader, cache_dir=file.name).count()
