# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .common import SupportContractCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportInstanceUnattended(SupportContractCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 100))
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.second = self._create_instance(
            self.contract, self.repository, name="Second"
        )
        self.contract.action_activate()

    def _count(self, instances, on_done=None):
        """As in the scheduled action, where committing is allowed."""
        with self.enter_registry_test_mode():
            return instances._count_unattended(on_done)

    def test_r02_counts_without_anybody(self):
        both = self.instance | self.second
        self.assertEqual(self._count(both), both)
        self.assertEqual(both.mapped("code_lines"), [100, 100])
        self.assertTrue(all(both.mapped("date_count_tried")))
        self.assertTrue(all(both.mapped("date_counted")))

    def test_a_failure_stays_with_its_instance(self):
        broken = self._create_instance(
            self.contract,
            name="Broken",
            source_ids=[
                Command.create({"url": self.repository.url, "branch": "main"}),
                Command.create({"url": "file:///nowhere/at/all.git"}),
            ],
        )
        empty = self._create_instance(self.contract, name="Empty")
        done = []
        counted = self._count(empty | broken | self.instance | self.second, done.append)
        self.assertEqual(counted, self.instance | self.second)
        self.assertEqual(len(done), 4)
        self.assertIn("file:///nowhere/at/all.git", broken.count_error)
        self.assertIn("Add a code source", empty.count_error)
        self.assertFalse(broken.count_ids)
        self.assertTrue(broken.date_count_tried)
        self.assertFalse(broken.date_counted)
        # The next success clears it.
        broken.source_ids[1].unlink()
        self.assertEqual(self._count(broken), broken)
        self.assertFalse(broken.count_error)
        self.assertEqual(broken.code_lines, 100)

    def test_sources_changed_meanwhile_are_not_recorded(self):
        """What was read belongs to another address than the instance has now."""
        readers = self.instance._get_readers()
        counts = [reader.count() for reader in readers]
        self.instance.source_ids.subdirectory = "acme_base"
        with self.enter_registry_test_mode():
            self.assertFalse(self.instance._record_outcome(readers, counts))
        self.assertFalse(self.instance.count_ids)
        self.assertFalse(self.instance.count_error)

    def test_an_instance_deleted_meanwhile_is_no_harm(self):
        readers = self.second._get_readers()
        counts = [reader.count() for reader in readers]
        self.second.unlink()
        with self.enter_registry_test_mode():
            self.assertFalse(self.second._record_outcome(readers, counts))
