# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessDenied, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportUninstalling(SupportBillingCommon):
    """An add-on stays while a posted invoice rests on its records."""

    def test_posted_invoice_keeps_the_add_on_of_its_evidence(self):
        contract = self._create_active_contract(billed_through="2026-08-31")
        self._run_cron("2026-10-01")
        invoice = contract.invoice_ids
        self.assertEqual(invoice.state, "posted")
        module = self.env.ref("base.module_support_contract_billing")
        Charge = type(self.env["support.charge"])
        domains = {module.name: [("service_id", "in", contract.service_ids.ids)]}
        with patch.object(Charge, "_get_evidence_domains", lambda charge: domains):
            # What the add-on builds on takes it along.
            for name in ("support_contract_billing", "support_contract"):
                module = self.env.ref(f"base.module_{name}")
                with self.assertRaisesRegex(UserError, invoice.name):
                    module.button_uninstall()
                self.assertEqual(module.state, "installed")
            invoice.button_draft()
            module.button_uninstall()
        self.assertEqual(module.state, "to remove")

    @mute_logger("odoo.addons.base.models.ir_module")
    def test_only_an_administrator_learns_what_was_posted(self):
        module = self.env.ref("base.module_support_contract_billing")
        with (
            patch.object(type(module), "_check_no_evidence") as check,
            self.assertRaises(AccessDenied),
        ):
            module.with_user(self.consultant).button_uninstall()
        check.assert_not_called()
