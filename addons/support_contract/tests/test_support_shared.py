# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportShared(SupportContractCommon):
    """What companies share changes only by who has all that use it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Another Consultancy AB"})
        cls.rival = new_test_user(
            cls.env,
            "rival",
            groups="support_contract.group_support_manager",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )
        cls.both = new_test_user(
            cls.env,
            "both",
            groups="support_contract.group_support_manager",
            company_id=cls.other.id,
            company_ids=[Command.set((cls.other | cls.company).ids)],
        )
        cls.contract = cls._create_contract()
        category = cls.terms.scope_ids.category_id[:1]
        cls.shared = [
            cls.type_maintenance,
            cls.type_maintenance.grant_ids[:1],
            category,
        ]

    def test_shared_configuration(self):
        for record in self.shared:
            with self.subTest(record._name):
                theirs = record.with_user(self.rival)
                for action in (
                    lambda own=theirs: own.write({"name": "Mine"}),
                    lambda own=theirs: own.update_field_translations(
                        "name", {"en_US": "Mine"}
                    ),
                    lambda own=theirs: own.unlink(),
                ):
                    with self.assertRaisesRegex(AccessError, "do not have"):
                        with self.env.cr.savepoint():
                            action()
                record.with_user(self.both).write({"name": "Ours"})
                record.with_user(self.manager).write({"name": "Ours again"})
                self.assertEqual(record.name, "Ours again")

    def test_shared_terms_are_retired_by_who_has_all_that_use_them(self):
        self.assertFalse(self.terms.company_id)
        with self.assertRaisesRegex(AccessError, "do not have"):
            self.terms.with_user(self.rival).action_retire()
        self.terms.with_user(self.both).action_retire()
        self.assertEqual(self.terms.state, "retired")

    def test_codes_stay_once_used(self):
        for record in self.shared:
            with self.subTest(record._name):
                own = record.with_user(self.manager)
                own.write({"code": record.code})
                with self.assertRaisesRegex(UserError, "in use"):
                    own.write({"code": "another"})
        unused = self.env["support.right"].create({"name": "New", "code": "new"})
        unused.with_user(self.rival).write({"code": "newer", "name": "Newer"})
        self.assertEqual(unused.code, "newer")
