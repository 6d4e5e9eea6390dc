# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from ..watching import BillingWatch
from .common import SupportBillingCommon

PREVIEW = "support.billing.preview"
STARTED = "support.get.started"


@tagged("post_install", "-at_install")
class TestSupportGetStarted(SupportBillingCommon):
    """A company that nobody has started to bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"support_billing_since": False, "support_billing_policy": "send"}
        )
        cls.customer.email = "ekonomi@example.com"
        cls.contract = cls._create_active_contract()

    def _start(self, day):
        with self._on(day):
            action = self.env[PREVIEW].with_user(self.accountant).action_open_all()
            preview = self.env[PREVIEW].browse(action["res_id"])
            preview.with_user(self.accountant).action_start()
        return preview

    def _get_rows(self):
        page = self.env[STARTED].with_user(self.manager).create({})
        return {row.code: row for row in page.step_ids}

    def test_nothing_is_invoiced_before_it_is_started(self):
        self._run_cron("2026-10-01")
        self.assertFalse(self.contract.charge_ids)
        self.assertFalse(self.env["support.billing.run"].search([]).line_ids)
        # A silence that somebody wants is no alarm.
        self.contract.flush_recordset()
        self.env.cr.execute("UPDATE support_contract SET create_date = '2026-01-01'")
        self.env.invalidate_all()
        with self._on("2026-10-09"):
            self.assertEqual(BillingWatch(self.env).warn_silence(), "")

    def test_every_button_leads_to_the_preview(self):
        with self._on("2026-10-01"):
            own = self.contract.with_user(self.accountant)
            for action in (own.action_bill(), own.action_run_billing()):
                self.assertEqual(action["res_model"], PREVIEW)
        self.assertFalse(self.contract.charge_ids)
        self.assertFalse(
            self.env["support.billing.run"].search([("origin", "=", "person")])
        )

    def test_started_it_bills_what_the_preview_named(self):
        preview = self._start("2026-10-01")
        self.assertRecordValues(
            preview.invoice_ids,
            [
                {
                    "recipient_id": self.customer.id,
                    "address": "ekonomi@example.com",
                    "policy": "send",
                }
            ],
        )
        self.assertTrue(self.company.support_billing_since)
        self.assertFalse(preview.is_waiting)
        self._run_cron("2026-10-01")
        self.assertEqual(self.contract.invoice_ids.state, "posted")
        self.assertTrue(self.contract.invoice_ids.sending_data)

    def test_a_company_that_was_not_shown_is_not_started(self):
        other = self.env["res.company"].create({"name": "Another Consultancy AB"})
        self.accountant.company_ids += other
        both = {"allowed_company_ids": (self.company | other).ids}
        own = self.env[PREVIEW].with_user(self.accountant)
        with self._on("2026-10-01"):
            one = own.with_context(allowed_company_ids=self.company.ids)
            preview = own.browse(one.action_open_all()["res_id"])
            preview.with_context(**both).action_start()
            self.assertTrue(self.company.support_billing_since)
            self.assertFalse(other.support_billing_since)
            with self.assertRaises(UserError):
                own.with_context(**both).create({}).action_start()

    @users("support_user")
    def test_a_consultant_does_not_start_it(self):
        with self._on("2026-10-01"):
            action = self.env[PREVIEW].action_open_all()
            with self.assertRaises(AccessError):
                self.env[PREVIEW].browse(action["res_id"]).action_start()
        with self.assertRaises(AccessError):
            self.env[STARTED].create({})

    def test_the_preview_says_what_a_customer_lacks(self):
        self.customer.write(
            {"email": False, "country_id": self.env.ref("base.dk").id, "lang": "en_US"}
        )
        self.customer.property_payment_term_id = False
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        with self._on("2026-10-01"):
            action = self.env[PREVIEW].with_user(self.manager).action_open_all()
        own = self.env[PREVIEW].with_user(self.manager)
        row = own.browse(action["res_id"]).incomplete_ids
        self.assertRecordValues(
            row,
            [
                {
                    "lacks_email": True,
                    "lacks_payment_term": True,
                    "language_id": self.env.ref("base.lang_da_DK").id,
                }
            ],
        )
        row.action_set_payment_term()
        self.assertEqual(
            self.customer.property_payment_term_id,
            self.env.ref("account.account_payment_term_30days"),
        )
        self.customer.write({"email": "it@example.com", "country_id": False})
        # Each look at the page reads anew.
        row.invalidate_recordset()
        self.assertFalse(row.missing)

    def test_rows_are_computed_from_facts(self):
        with self._on("2026-10-01"):
            rows = self._get_rows()
            self.assertEqual(
                {code: row.state for code, row in rows.items() if code != "mail"}
                | {"l10n_se_ready": ""},
                {
                    "l10n_se_ready": "",
                    "terms": "done",
                    "contract": "done",
                    "count": "done",
                    "preview": "done",
                    "start": "missing",
                    "sent": "missing",
                },
            )
            self.assertIn("ekonomi@example.com", rows["preview"].description)
            self.assertIn("180.00", rows["terms"].description)
            overview = self.env["support.overview"].with_user(self.accountant)
            self.assertEqual(overview.action_open()["res_model"], STARTED)
        self._start("2026-10-01")
        self._run_cron("2026-10-01")
        self.contract.invoice_ids.is_move_sent = True
        with self._on("2026-10-02"):
            rows = self._get_rows()
            self.assertEqual(rows["start"].state, "done")
            self.assertEqual(rows["sent"].description, self.contract.invoice_ids.name)
            self.assertNotEqual(overview.action_open()["res_model"], STARTED)

    def test_a_test_letter_goes_to_who_asks(self):
        self.manager.email = "chef@example.com"
        self.env["ir.mail_server"].create(
            {"name": "Test", "smtp_host": "mail.example.com"}
        )
        mails = self.env["mail.mail"].search([])
        row = self._get_rows()["mail"]
        self.assertEqual(row.state, "missing")
        with patch.object(type(mails), "send") as send:
            row.action_press()
        self.assertTrue(send.call_args.kwargs["raise_exception"])
        mail = self.env["mail.mail"].search([]) - mails
        self.assertIn("chef@example.com", mail.email_to)
        mail.state = "sent"
        self.assertEqual(self._get_rows()["mail"].state, "done")
