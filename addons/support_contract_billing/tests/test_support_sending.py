# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from odoo.addons.support_contract.transactions import log_failure

from ..watching import BillingWatch
from .common import SupportBillingCommon

ACTIVITY = ["support_contract_billing.activity_sending_failed"]


@tagged("post_install", "-at_install")
class TestSupportSending(SupportBillingCommon):
    """Invoices that do not reach the customer; a server that is down is in tests/."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "ekonomi@bjorkdal.example.com"
        cls.contract = cls._create_active_contract(billing_policy="send")

    def _bill_and_send(self, day="2026-10-01"):
        self._run_cron(day)
        with self._on(day):
            self._trigger("account.ir_cron_account_move_send")
            self._check()

    def _check(self):
        self._trigger("support_contract_billing.ir_cron_check_sending")

    def _trigger(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(name).sudo().method_direct_trigger()

    def _get_notification(self):
        return self.contract.invoice_ids.message_ids.notification_ids.filtered(
            lambda one: one.res_partner_id == self.customer
        )

    def _fail(self, notification, kind="mail_smtp", reason="Connection refused"):
        notification.sudo().write(
            {
                "notification_status": "exception",
                "failure_type": kind,
                "failure_reason": reason,
            }
        )

    def test_a_sent_invoice_leaves_no_flag(self):
        self._bill_and_send()
        self.assertTrue(self._get_notification())
        self.assertFalse(self.contract.sending_error)
        self.assertFalse(self.contract.activity_search(ACTIVITY))

    def test_failure_is_one_activity_and_success_clears_it(self):
        self._bill_and_send()
        notification = self._get_notification()
        self._fail(notification)
        for _check in range(2):
            self._check()
        number = self.contract.invoice_ids.name
        self.assertEqual(
            self.contract.sending_error,
            f"{number}: Connection failed (outgoing mail server problem): "
            "Connection refused",
        )
        activity = self.contract.activity_search(ACTIVITY)
        self.assertRecordValues(activity, [{"user_id": self.contract.user_id.id}])
        self.assertIn("Connection refused", activity.note)
        # It is billed all the same: only this invoice has not arrived.
        self.assertFalse(self.contract.billing_error)
        notification.sudo().notification_status = "sent"
        self._check()
        self.assertFalse(self.contract.sending_error)
        self.assertFalse(self.contract.activity_search(ACTIVITY))

    def test_customer_without_an_address_is_said_and_sent_to_later(self):
        self.customer.email = False
        self._bill_and_send()
        self.assertIn("has no e-mail address", self.contract.sending_error)
        self.assertEqual(self.contract.invoice_ids.state, "posted")
        self.customer.email = "ekonomi@bjorkdal.example.com"
        with self._on("2026-10-02"):
            self.contract.with_user(self.accountant).action_send_again()
            self._trigger("account.ir_cron_account_move_send")
            self._check()
        self.assertTrue(self._get_notification())
        self.assertFalse(self.contract.sending_error)
        self.assertFalse(self.contract.activity_search(ACTIVITY))

    def test_an_invoice_that_cannot_be_sent_stops_no_other(self):
        other = self._create_active_contract(
            billing_policy="send",
            partner_id=self.customer.copy({"email": "other@example.com"}).id,
        )
        broken = self.env["ir.ui.view"].create(
            {"type": "qweb", "key": "support.broken", "arch": '<t t-out="1 / 0" />'}
        )
        self.customer.invoice_template_pdf_report_id = self.env[
            "ir.actions.report"
        ].create(
            {
                "name": "Broken",
                "model": "account.move",
                "report_name": broken.key,
                "is_invoice_report": True,
            }
        )
        with self.assertLogs(log_failure.__module__, "WARNING") as logs:
            self._bill_and_send()
        self.assertEqual(len(logs.output), 1)
        # What Python says of it is in the server's log.
        self.assertIn("The server failed here", self.contract.sending_error)
        self.assertNotIn("division", self.contract.sending_error)
        self.assertFalse(other.sending_error)
        self.assertTrue(other.invoice_ids.is_move_sent)
        # It stays in the queue, and goes out when it can.
        self.customer.invoice_template_pdf_report_id = False
        with self._on("2026-10-02"):
            self._trigger("account.ir_cron_account_move_send")
            self._check()
        self.assertTrue(self.contract.invoice_ids.is_move_sent)
        self.assertFalse(self.contract.sending_error)
        self.assertFalse(self.contract.activity_search(ACTIVITY))

    def test_fault_of_the_server_is_not_tried_for_ever(self):
        move = self._break("2026-10-01")
        self.assertTrue(move.sending_data)
        for day, waits in (("2026-10-07", True), ("2026-10-08", False)):
            with self._on(day), self.assertLogs(log_failure.__module__, "WARNING"):
                self._trigger("account.ir_cron_account_move_send")
            self.assertEqual(bool(move.sending_data), waits)
        self.assertIn("The server failed here", move.support_sending_error)
        # A person tries again, from the beginning.
        with self._on("2026-10-09"):
            self._check()
            self.contract.with_user(self.accountant).action_send_again()
            with self.assertLogs(log_failure.__module__, "WARNING"):
                self._trigger("account.ir_cron_account_move_send")
        self.assertTrue(move.sending_data)

    def _break(self, day):
        """Bill; no invoice can be printed."""
        broken = self.env["ir.ui.view"].create(
            {"type": "qweb", "key": "support.broken", "arch": '<t t-out="1 / 0" />'}
        )
        self.customer.invoice_template_pdf_report_id = self.env[
            "ir.actions.report"
        ].create(
            {
                "name": "Broken",
                "model": "account.move",
                "report_name": broken.key,
                "is_invoice_report": True,
            }
        )
        with self.assertLogs(log_failure.__module__, "WARNING"):
            self._bill_and_send(day)
        return self.contract.invoice_ids

    def test_failure_of_another_kind_quotes_nothing(self):
        contract = self.contract._with_permission()
        contract._record_billing_failure(KeyError("res.partner"))
        self.assertNotIn("res.partner", self.contract.billing_error)
        contract._record_billing_failure(UserError("Enter the number."))
        self.assertEqual(self.contract.billing_error, "Enter the number.")

    def test_paid_invoice_is_nobodys_problem(self):
        self._bill_and_send()
        self._fail(self._get_notification())
        self._check()
        self.assertTrue(self.contract.sending_error)
        self.contract.invoice_ids._reverse_moves(cancel=True)
        self._check()
        self.assertFalse(self.contract.sending_error)

    def test_only_the_last_email_to_the_customer_counts(self):
        self._bill_and_send()
        self._fail(self._get_notification())
        move = self.contract.invoice_ids
        # A note to a colleague is no invoice, nor is one without it.
        move.message_post(
            body="Look", partner_ids=self.manager.partner_id.ids, subtype_id=1
        )
        self._check()
        self.assertTrue(self.contract.sending_error)
        self.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["email"]
        )
        self._check()
        self.assertFalse(self.contract.sending_error)

    @users("support_user")
    def test_consultant_cannot_send(self):
        with self.assertRaises(AccessError):
            self.contract.with_env(self.env).action_send_again()

    def test_nothing_to_send_again_is_said(self):
        self._bill_and_send()
        with self.assertRaisesRegex(UserError, "was sent"):
            self.contract.with_user(self.accountant).action_send_again()

    def test_waiting_for_days_is_a_warning(self):
        self._run_cron("2026-10-01")
        self.assertTrue(self.contract.invoice_ids.sending_data)
        watch = BillingWatch(self.env)
        with self._on("2026-10-02"):
            self.assertFalse(watch.warn_unsent())
        with self._on("2026-10-03"):
            self.assertIn("1 posted invoices", watch.warn_unsent())
