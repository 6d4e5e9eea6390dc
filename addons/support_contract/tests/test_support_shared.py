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

    def test_drafts_of_shared_terms_change_by_who_has_all_that_use_them(self):
        draft = self.terms.copy({"version": "next"})
        theirs = draft.with_user(self.rival)
        price = theirs.price_ids[0]
        category = self.env["support.scope.category"].create(
            {"name": "Parking", "code": "parking", "wording": "Where to park"}
        )
        scope = {"terms_id": draft.id, "category_id": category.id}
        for action in (
            lambda: theirs.write({"upgrade_fee": 1.0}),
            lambda: theirs.write({"company_id": self.other.id}),
            lambda: theirs.write({"price_ids": [Command.clear()]}),
            lambda: price.write({"price_unit": 1.0}),
            lambda: price.unlink(),
            lambda: price.tier_ids.create(
                {"price_id": price.id, "above": 100, "price_unit": 1.0}
            ),
            lambda: theirs.scope_ids.create(scope),
            lambda: theirs.scope_ids[0].write({"clause": "R99"}),
            lambda: theirs.action_publish(),
            lambda: theirs.unlink(),
        ):
            with self.assertRaisesRegex(AccessError, "do not have"):
                with self.env.cr.savepoint():
                    action()
        # A new version of their own is theirs.
        action = self.terms.with_user(self.rival).action_new_version()
        own = self.env["support.terms"].with_user(self.rival).browse(action["res_id"])
        self.assertEqual(own.company_id, self.other)
        own.price_ids[0].price_unit = 1.0
        own.action_add_categories()
        own.action_publish()
        draft.with_user(self.both).price_ids[0].price_unit = 200.0
        draft.with_user(self.both).action_add_categories()
        draft.with_user(self.both).action_publish()
        # The other way round: who has all that use them makes a version for all.
        action = self.terms.with_user(self.manager).action_new_version()
        new = self.env["support.terms"].browse(action["res_id"])
        self.assertFalse(new.company_id)

    def test_product_of_a_service_is_each_companys_own(self):
        kind = self.type_maintenance
        shared = kind.product_id
        product = self.env["product.product"].create(
            {"name": "Theirs", "type": "service", "company_id": self.other.id}
        )
        theirs = kind.with_user(self.rival)
        with self.assertRaisesRegex(AccessError, "do not have"):
            theirs.product_id = product
        theirs.company_product_id = product
        self.assertEqual(kind._get_product(self.other), product)
        self.assertEqual(kind._get_product(self.company), shared)
        with self.assertRaises(UserError):
            kind.with_user(self.both).product_id = product
        with self.assertRaises(AccessError):
            kind.with_user(self.consultant).company_product_id = False

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
