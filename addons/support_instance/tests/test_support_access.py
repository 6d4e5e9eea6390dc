# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SupportInstanceCommon
from .repository import module_files

MODELS = (
    "support.instance",
    "support.source",
    "support.count",
    "support.count.module",
    "support.count.line",
)


@tagged("post_install", "-at_install")
class TestSupportInstanceAccess(SupportInstanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repository = cls._create_repository()
        repository.commit(module_files("acme_base", 10))
        cls.contract = cls._create_contract()
        cls.instance = cls._create_instance(cls.contract, repository)
        cls.instance.action_count()
        cls.count = cls.instance.count_ids

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
            self.instance,
            self.instance.source_ids,
            self.count,
            self.count.module_ids,
            self.count.line_ids,
        ):
            own = record[:1].with_user(self.consultant)
            with self.subTest(model=record._name):
                self.assertTrue(own.has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(own.has_access(operation), operation)

    def test_not_even_a_manager_writes_a_count(self):
        for record in (self.count, self.count.module_ids, self.count.line_ids):
            own = record[:1].with_user(self.manager)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(own.has_access(operation), operation)

    def test_not_even_a_manager_writes_when_code_was_counted(self):
        """A day that somebody has written would keep code from being read."""
        for record, values, needed in (
            (
                self.instance,
                {
                    "date_counted": "2030-01-01 12:00:00",
                    "date_count_tried": "2030-01-01 12:00:00",
                    "count_error": "Nothing",
                },
                {"name": "Second", "contract_id": self.contract.id},
            ),
            (
                self.instance.source_ids,
                {"revision": "1234567890", "token_date": "2030-01-01"},
                {"kind": "upload", "active": False, "instance_id": self.instance.id},
            ),
        ):
            own = record.with_user(self.manager)
            before = own.read(values)
            for name, value in values.items():
                with self.subTest(field=name):
                    with self.assertRaises(AccessError):
                        own.write({name: value})
                    with self.assertRaises(AccessError):
                        own.create([needed | {name: value}])
            self.assertEqual(own.read(values), before)
            # Nor by a default that comes with the call.
            defaults = {f"default_{name}": value for name, value in values.items()}
            made = own.with_context(**defaults).create([needed])
            self.assertEqual(
                made.read(values), [{"id": made.id} | dict.fromkeys(values, False)]
            )
        # As part of another record, neither.
        with self.assertRaises(AccessError):
            self.contract.with_user(self.manager).write(
                {
                    "instance_ids": [
                        Command.update(self.instance.id, {"count_error": "Nothing"})
                    ]
                }
            )

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
            self.instance,
            self.instance.source_ids,
            self.count,
            self.count.module_ids,
            self.count.line_ids,
        ):
            with self.subTest(model=record._name):
                found = self.env[record._name].with_user(stranger).search([])
                self.assertFalse(found & record)
                with self.assertRaises(AccessError):
                    record.with_user(stranger).read(["display_name"])
