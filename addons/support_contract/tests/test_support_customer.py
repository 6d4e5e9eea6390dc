# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportCustomer(SupportContractCommon):
    """Who owes a contract changes by an amendment, and not with a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        cls.person = Partner.create({"name": "Elvira", "parent_id": cls.customer.id})
        cls.other = Partner.create({"name": "Granliden AB", "is_company": True})
        cls.clerk = new_test_user(
            cls.env, "clerk", groups="base.group_user,base.group_partner_manager"
        )
        cls.contract = cls._create_contract(
            [("operations", "2026-09-01")], partner_id=cls.person.id
        )

    def test_person_with_a_contract_does_not_move(self):
        """Whoever keeps the contacts need not see contracts."""
        self.contract.action_activate()
        for vals in (
            {"parent_id": self.other.id},
            {"parent_id": False},
            {"is_company": True},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(UserError, "Amend the customer"),
                self.env.cr.savepoint(),
            ):
                self.person.with_user(self.clerk).write(vals)
        self.assertEqual(self.person.commercial_partner_id, self.customer)

    def test_company_above_does_not_move_either(self):
        self.contract.action_activate()
        department = self.env["res.partner"].create(
            {"name": "Works", "parent_id": self.customer.id}
        )
        self.person.with_user(self.clerk).parent_id = department
        with self.assertRaisesRegex(UserError, "Amend the customer"):
            department.with_user(self.clerk).parent_id = self.other

    def test_person_moves_when_the_company_has_the_contract(self):
        self.contract.action_activate()
        self.contract._amend(
            fields.Date.today(),
            "The company has it",
            [(self.contract, {"partner_id": self.customer.id})],
        )
        self.person.with_user(self.clerk).parent_id = self.other
        self.assertEqual(self.person.commercial_partner_id, self.other)
        self.assertEqual(self.contract.partner_id, self.customer)

    def test_person_with_a_draft_moves(self):
        self.person.with_user(self.clerk).parent_id = self.other
        self.assertEqual(self.person.commercial_partner_id, self.other)
