# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBillingAccess(SupportBillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract()

    def setUp(self):
        super().setUp()
        self._run_cron("2026-10-01")
        self.charge = self.contract.charge_ids

    def test_nobody_writes_a_charge(self):
        for user in (self.consultant, self.accountant, self.manager):
            charge = self.charge.with_user(user)
            self.assertTrue(charge.has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(charge.has_access(operation), (user.login, operation))

    def test_everybody_who_may_read_a_charge_can_open_it(self):
        """Each sees what they may: line counts need not be an auditor's, and lines of
        former invoices not a consultant's.
        """
        self.contract.invoice_ids.with_user(self.accountant).button_cancel()
        groups = ("account.group_account_readonly", "account.group_account_invoice")
        clerks = [
            new_test_user(
                self.env, group.rpartition(".")[2], f"base.group_user,{group}"
            )
            for group in groups
        ]
        for user in (*clerks, self.consultant, self.accountant, self.manager):
            self.env.invalidate_all()
            with self.subTest(user.login):
                form = Form(self.charge.with_user(user))
                self.assertEqual(form.amount, 2400.0)

    def test_portal_user_reads_no_charge(self):
        portal = new_test_user(self.env, "portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.charge.with_user(portal).read(["amount"])

    def test_consultant_cannot_bill(self):
        with self.assertRaises(AccessError):
            self.contract.with_user(self.consultant).action_bill()
        with self.assertRaises(AccessError):
            self.env["support.contract"].with_user(self.consultant).action_run_billing()

    def test_invoiced_charge_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "evidence"):
            self.charge.sudo().unlink()

    def test_only_buttons_and_actions_write_what_became_of_billing(self):
        values = {
            "backlog_approved": True,
            "billing_wait": "Nothing",
            "billing_error": False,
            "date_billed": "2026-12-24 12:00:00",
            "date_billing_failed": False,
            "sending_error": False,
            "count_day_error": False,
            "amend_error": False,
            "monthly_fee": 1.0,
        }
        # What is signed has tests of its own.
        signing = {"date_sent", "sent_fee", "sent_digest", "signature"}
        signing |= {"signed_by", "signed_on", "signed_digest"}
        signing |= {"sent_document_id", "signed_document_id"}
        # Add-ons keep more of the day, and write it as the fee is written.
        known = {"support_contract", "support_contract_billing"}
        system = {
            name
            for name in self.contract._get_system_fields() - {"status"}
            if known.intersection(self.contract._fields[name]._modules)
        }
        self.assertEqual(values.keys() | signing, system)
        settings = new_test_user(
            self.env,
            "support_settings",
            groups="base.group_system,support_contract.group_support_manager",
        )
        contract_vals = {"partner_id": self.customer.id, "terms_id": self.terms.id}
        for user in (self.consultant, self.accountant, self.manager, settings):
            contract = self.contract.with_user(user)
            before = contract.read(values)
            for name, value in values.items():
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        contract.write({name: value})
                    with self.assertRaises(AccessError):
                        contract.create([contract_vals | {name: value}])
            self.assertEqual(contract.read(values), before)
        # Nor by a default that comes with the call.
        defaults = {f"default_{name}": value for name, value in values.items()}
        made = self.env["support.contract"].with_user(self.manager)
        made = made.with_context(**defaults).create([contract_vals])
        self.assertEqual(
            made.read(values),
            [{"id": made.id} | dict.fromkeys(values, False) | {"monthly_fee": 0.0}],
        )
        self.assertEqual(made.copy().backlog_approved, False)

    def test_accountant_triggers_the_scheduled_action(self):
        Trigger = self.env["ir.cron.trigger"].sudo()
        domain = [("cron_id", "=", self.cron.id)]
        before = Trigger.search_count(domain)
        self.env["support.contract"].with_user(self.accountant).action_run_billing()
        self.assertEqual(Trigger.search_count(domain), before + 1)
