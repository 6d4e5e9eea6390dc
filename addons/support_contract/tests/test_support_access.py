# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SupportContractCommon

MODELS = (
    "support.service.type",
    "support.terms",
    "support.terms.price",
    "support.contract",
    "support.contract.service",
)


@tagged("post_install", "-at_install")
class TestSupportAccess(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract()

    def test_nobody_outside_reads_anything(self):
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        portal = new_test_user(self.env, "portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (employee, portal, public):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_consultant_reads_but_does_not_write(self):
        for record in (
            self.contract,
            self.contract.service_ids,
            self.terms,
            self.terms.price_ids,
        ):
            own = record[:1].with_user(self.consultant)
            with self.subTest(model=record._name):
                self.assertTrue(own.has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(own.has_access(operation), operation)

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for record in (
            self.contract,
            self.contract.service_ids,
        ):
            with self.subTest(model=record._name):
                found = self.env[record._name].with_user(stranger).search([])
                self.assertFalse(found & record)
                with self.assertRaises(AccessError):
                    record.with_user(stranger).read(["display_name"])
