# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportInstanceCommon


@tagged("post_install", "-at_install")
class TestSupportInstanceAgreedFields(SupportInstanceCommon):
    """Nothing that follows from something else is written by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract()
        cls.production = cls._create_instance(
            cls.contract,
            source_ids=[
                Command.create({"url": "https://git.example.com/a.git", "branch": "m"})
            ],
            module_ids=[Command.create({"name": "acme_base"})],
        )
        cls.contract.action_activate()

    def _refuse(self, record, vals, message):
        with self.subTest(model=record._name, vals=vals):
            with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                record.with_user(self.manager).write(vals)

    def test_what_is_computed_is_not_written(self):
        other = self.env["res.company"].create({"name": "Another Consultancy AB"})
        for record in (self.production.source_ids, self.production.module_ids):
            self._refuse(record, {"company_id": other.id}, "follows from other")
        self._refuse(
            self.production, {"partner_id": self.env.user.partner_id.id}, "follows"
        )
