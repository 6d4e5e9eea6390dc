# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeShared(SupportScopeCommon):
    """A factor on hourly rates changes only by who has all companies that use it."""

    def test_factor_that_another_company_uses(self):
        other = self.env["res.company"].create({"name": "Another Consultancy AB"})
        rival = new_test_user(
            self.env,
            "rival",
            groups="support_contract.group_support_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        factor = self.env.ref("support_scope.work_factor_evening")
        theirs = factor.with_user(rival)
        theirs.factor = 1.25  # nobody uses it
        self._create_task(work_factor_id=factor.id)
        self.env.flush_all()
        for action in (
            lambda: theirs.write({"factor": 9.0}),
            lambda: theirs.write({"active": False}),
            lambda: theirs.unlink(),
        ):
            with self.assertRaisesRegex(AccessError, "do not have"):
                with self.env.cr.savepoint():
                    action()
        manager = new_test_user(
            self.env,
            "factor_manager",
            groups="support_contract.group_support_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        factor.with_user(manager).factor = 1.5
        self.assertEqual(factor.factor, 1.5)
