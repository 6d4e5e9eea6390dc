# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..invoicing import bill_batch
from ..run_work import RunWork
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBillingRecord(SupportBillingCommon):
    """The run's own record, and what holds a contract back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["support.billing.run"]

    def _last_run(self):
        return self.Run.search([], limit=1)

    def _line(self, contract):
        return self._last_run().line_ids.filtered(
            lambda line: line.contract_id == contract
        )

    # -- the record ---------------------------------------------------------------

    def test_run_says_what_was_billed_skipped_and_failed(self):
        billed = self._create_active_contract()
        behind = self._create_active_contract(
            [("operations", "2026-08-01")], billed_through="2026-07-31"
        )
        failed = self._create_active_contract(billing_order_required=True)
        self._create_active_contract([("operations", "2026-10-01")])
        self._run_cron("2026-10-01")
        run = self._last_run()
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "origin": "schedule",
                    "contract_count": 3,
                    "todo_count": 0,
                    "done_count": 1,
                    "skipped_count": 1,
                    "failed_count": 1,
                    "progress": 100.0,
                }
            ],
        )
        self.assertIn("2,400.00", run.amounts)
        self.assertTrue(run.date_start <= run.date_collected <= run.date_end)
        line = self._line(billed)
        self.assertEqual(line.move_id, billed.invoice_ids)
        self.assertEqual(line.amount, 2_400.0)
        self.assertIn("August 2026: ", self._line(behind).reason)
        self.assertIn("order number", self._line(failed).reason)

    def test_second_run_of_the_day_has_nothing_to_do(self):
        contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        self._run_cron("2026-10-01")
        self.assertEqual(len(contract.invoice_ids), 1)
        self.assertEqual(self._last_run().contract_count, 0)

    def test_interrupted_run_is_gone_on_with(self):
        """As if it had been killed between its first contract and its second."""
        first, second = (self._create_active_contract() for _number in range(2))
        with self._on("2026-10-01"):
            run = self.Run.sudo().create(
                {
                    "state": "running",
                    "date_start": "2026-10-01 02:00:00",
                    "date_collected": "2026-10-01 02:00:00",
                    "company_ids": [(6, 0, self.company.ids)],
                    "line_ids": [
                        (0, 0, {"contract_id": c.id, "company_id": self.company.id})
                        for c in first | second
                    ],
                }
            )
            RunWork(run)._bill(run.line_ids[0])
        self._run_cron("2026-10-01")
        self.assertEqual(run.state, "done")
        self.assertEqual(run.line_ids.mapped("state"), ["done", "done"])
        for contract in first | second:
            self.assertEqual(len(contract.invoice_ids), 1)

    def test_contract_billed_meanwhile_is_skipped(self):
        contract = self._create_active_contract()
        with self._on("2026-10-01"):
            run = self.Run.sudo().create(
                {
                    "state": "running",
                    "date_start": "2026-10-01 02:00:00",
                    "date_collected": "2026-10-01 02:00:00",
                    "company_ids": [(6, 0, self.company.ids)],
                    "line_ids": [
                        (
                            0,
                            0,
                            {"contract_id": contract.id, "company_id": self.company.id},
                        )
                    ],
                }
            )
            contract.with_user(self.accountant).action_bill()
        self._run_cron("2026-10-01")
        self.assertRecordValues(
            run.line_ids,
            [{"state": "skipped", "reason": "Nothing was left to charge."}],
        )
        self.assertEqual(len(contract.invoice_ids), 1)

    def test_person_bills_only_the_companies_they_see(self):
        other = self.env["res.company"].create({"name": "Another one"})
        before = self.Run.search([])
        self.env["support.contract"].with_user(self.accountant).action_run_billing()
        run = self.Run.search([]) - before
        self.assertRecordValues(
            run,
            [
                {
                    "state": "waiting",
                    "origin": "person",
                    "user_id": self.accountant.id,
                    "company_ids": self.accountant.company_ids.ids,
                }
            ],
        )
        self.assertNotIn(other, run.company_ids)

    def test_run_of_one_company_leaves_the_others_alone(self):
        mine = self._create_active_contract()
        empty = self.env["res.company"].create({"name": "Without contracts"})
        empty._start_support_billing()
        with self._on("2026-10-01"):
            run = self.Run._request(empty)
        self._run_cron("2026-10-01")
        self.assertEqual(run.state, "done")
        self.assertFalse(run.line_ids)
        self.assertFalse(mine.invoice_ids)

    def test_nobody_writes_a_run(self):
        self._create_active_contract()
        self._run_cron("2026-10-01")
        run = self._last_run()
        for user in (self.consultant, self.accountant, self.manager):
            for record in (run.with_user(user), run.line_ids.with_user(user)):
                self.assertTrue(record.has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(record.has_access(operation))
        portal = new_test_user(self.env, "portal_run", groups="base.group_portal")
        with self.assertRaises(AccessError):
            run.with_user(portal).read(["state"])

    # -- a number of contracts ----------------------------------------------------

    def test_queries_per_contract_are_constant(self):
        """Ten contracts more cost as many queries as the ten before them, in a month
        with one before it. What each costs is Odoo's: its number and its analytic
        distributions.
        """

        def bill(number):
            contracts = self.env["support.contract"].union(
                *(
                    self._create_active_contract(
                        [("operations", "2026-09-01"), ("patch", "2026-09-01")],
                        partner_id=self.env["res.partner"].create({"name": "C"}).id,
                    )
                    for _number in range(number)
                )
            )
            with self._on("2026-10-01"):
                bill_batch(contracts.sudo())
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._on("2026-11-01"):
                bill_batch(contracts.sudo())
                self.env.flush_all()
            self.assertEqual(
                contracts.invoice_ids.mapped("state"), ["posted"] * 2 * number
            )
            return self.env.cr.sql_log_count - before

        bill(2)  # what is read once per process
        few, some, many = bill(10), bill(20), bill(30)
        self.assertLessEqual(many - some, (some - few) * 1.1 + 5)
        self.assertLessEqual(many - some, 10 * 8)

    # -- what holds a contract back ------------------------------------------------

    def test_missed_months_wait_for_a_person(self):
        """Nothing is posted; the months and what they cost are listed."""
        contract = self._create_active_contract()
        self._run_cron("2026-11-01")
        self.assertFalse(contract.charge_ids)
        self.assertFalse(contract.billing_error)
        self.assertIn("Operations, September 2026: ", contract.billing_wait)
        self.assertIn("Operations, October 2026: ", contract.billing_wait)
        self.assertEqual(contract.billing_wait.count("2,400.00"), 2)
        with self.assertRaises(AccessError):
            contract.with_user(self.consultant).action_approve_backlog()
        with self._on("2026-11-01"):
            contract.with_user(self.accountant).action_approve_backlog()
            message = contract.message_ids[0]
            self.assertEqual(message.author_id, self.accountant.partner_id)
            self.assertEqual(str(message.date), "2026-11-01 03:00:00")
            self.assertIn("missed months", message.body)
            self.assertIn("<li>Operations, October 2026: ", message.body)
        self._run_cron("2026-11-01")
        self.assertEqual(
            contract.charge_ids.sorted("id").mapped("period_start"),
            [date(2026, 9, 1), date(2026, 10, 1)],
        )
        self.assertRecordValues(
            contract, [{"billing_wait": False, "backlog_approved": False}]
        )
        events = contract.event_ids.filtered(lambda event: event.kind == "charge")
        self.assertEqual(events.user_id, self.accountant)

    def test_one_missed_month_is_posted(self):
        contract = self._create_active_contract()
        self._run_cron("2026-10-20")
        self.assertEqual(contract.invoice_ids.state, "posted")

    def test_button_on_the_contract_is_a_person_s_yes(self):
        contract = self._create_active_contract()
        with self._on("2026-11-01"):
            contract.with_user(self.accountant).action_bill()
        self.assertEqual(len(contract.charge_ids), 2)

    def test_service_that_is_still_to_come_waits(self):
        contract = self._create_active_contract([("operations", "2026-10-01")])
        self._run_cron("2026-10-01")
        self.assertFalse(contract.charge_ids)

    def test_grace_days(self):
        """Due on 1 October with nine days of grace: billed on the 10th."""
        contract = self._create_active_contract(billing_grace_days=9)
        self._run_cron("2026-10-09")
        self.assertFalse(contract.charge_ids)
        self._run_cron("2026-10-10")
        self.assertEqual(contract.invoice_ids.invoice_date, date(2026, 10, 10))

    def test_draft_for_review(self):
        contract = self._create_active_contract(billing_policy="draft")
        self._run_cron("2026-10-01")
        self.assertEqual(contract.invoice_ids.state, "draft")
        self.assertEqual(contract.charge_ids.state, "invoiced")

    def test_post_and_send_is_left_to_the_sending_action(self):
        contract = self._create_active_contract(billing_policy="send")
        cron = self.env.ref("account.ir_cron_account_move_send")
        domain = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(domain)
        self._run_cron("2026-10-01")
        self.assertEqual(contract.invoice_ids.state, "posted")
        self.assertTrue(contract.invoice_ids.sending_data)
        self.assertGreater(self.env["ir.cron.trigger"].search_count(domain), before)

    def test_contracts_of_a_customer_share_an_invoice_or_not(self):
        vals = {"billing_grouping": "customer", "billing_order_number": "PO 7"}
        together = [self._create_active_contract(**vals) for _number in range(2)]
        alone = self._create_active_contract()
        other_order = self._create_active_contract(
            billing_grouping="customer", billing_order_number="PO 8"
        )
        self._run_cron("2026-10-01")
        self.assertEqual(together[0].invoice_ids, together[1].invoice_ids)
        shared = together[0].invoice_ids
        self.assertRecordValues(
            shared,
            [
                {
                    "amount_untaxed": 4_800.0,
                    "ref": "PO 7",
                    "invoice_origin": f"{together[0].name}, {together[1].name}",
                }
            ],
        )
        self.assertEqual(len(shared | alone.invoice_ids | other_order.invoice_ids), 3)
        for contract in together:
            self.assertEqual(
                contract.charge_ids.move_line_id.price_subtotal,
                contract.charge_ids.amount,
            )

    def test_order_number_and_reference_that_the_customer_requires(self):
        contract = self._create_active_contract(
            billing_order_required=True, billing_reference_required=True
        )
        self._run_cron("2026-10-01")
        self.assertIn("order number", contract.billing_error)
        contract.billing_order_number = "PO 7"
        self._run_cron("2026-10-02")
        self.assertIn("reference", contract.billing_error)
        contract.billing_reference = "Cost centre 4711"
        self._run_cron("2026-10-03")
        self.assertFalse(contract.billing_error)
        self.assertRecordValues(
            contract.invoice_ids,
            [{"ref": "PO 7", "support_customer_reference": "Cost centre 4711"}],
        )

    def test_required_order_number_and_reference_stay_on_the_draft(self):
        contract = self._create_active_contract(
            billing_policy="draft",
            billing_order_required=True,
            billing_reference_required=True,
            billing_order_number="PO 7",
            billing_reference="Cost centre 4711",
        )
        self._run_cron("2026-10-01")
        invoice = contract.invoice_ids.with_user(self.accountant)
        for name, words in (
            ("ref", "order number"),
            ("support_customer_reference", "Your Reference"),
        ):
            before = invoice[name]
            for empty in (False, "  "):
                invoice[name] = empty
                with (
                    self.assertRaisesRegex(UserError, words),
                    self.env.cr.savepoint(),
                ):
                    invoice.action_post()
            invoice[name] = before
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_nobody_agrees_to_months_that_are_missed_later(self):
        contract = self._create_active_contract([("operations", "2026-10-01")])
        with self._on("2026-11-01"):
            with self.assertRaisesRegex(UserError, "No more than one month"):
                contract.with_user(self.accountant).action_approve_backlog()
            behind = self._create_active_contract()
            both = (contract | behind).with_user(self.accountant)
            both.action_approve_backlog()
        self.assertEqual((contract | behind).mapped("backlog_approved"), [False, True])
        self._run_cron("2026-12-01")
        self.assertFalse(contract.charge_ids)
        self.assertIn("More than one month", contract.billing_wait)

    # -- failures -----------------------------------------------------------------

    def _assert_fails_alone(self, contract, words, mend):
        """It fails with its reason and one to-do, another is billed, and the next
        success clears it.
        """
        healthy = self._create_active_contract(
            partner_id=self.env["res.partner"].create({"name": "Healthy"}).id,
            services=[("patch", "2026-09-01")],
        )
        for day in ("2026-10-01", "2026-10-02"):
            self._run_cron(day)
            self.assertIn(words, contract.billing_error)
            self.assertFalse(contract.charge_ids)
        activity = contract.activity_search(
            ["support_contract_billing.activity_billing_failed"]
        )
        self.assertEqual(len(activity), 1)
        self.assertEqual(healthy.invoice_ids.state, "posted")
        mend()
        self._run_cron("2026-10-03")
        self.assertFalse(contract.billing_error)
        self.assertFalse(activity.exists())
        self.assertEqual(contract.invoice_ids.state, "posted")

    def test_archived_tax(self):
        """Odoo leaves it out, and the invoice would have no VAT."""
        product = self.type_operations.product_id
        tax = self.company_data["default_tax_sale"].copy({"name": "Old"})
        product.taxes_id = tax
        contract = self._create_active_contract()
        tax.active = False

        def mend():
            product.taxes_id = self.company_data["default_tax_sale"]

        self._assert_fails_alone(contract, "is archived", mend)

    def test_archived_customer(self):
        customer = self.env["res.partner"].create({"name": "Closed"})
        contract = self._create_active_contract(partner_id=customer.id)
        customer.active = False

        def mend():
            customer.active = True

        self._assert_fails_alone(contract, "is archived", mend)

    def _in_another_currency(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        terms = self.terms.copy({"version": "xts", "currency_id": currency.id})
        terms.action_publish()
        return self._create_active_contract(terms_id=terms.id, currency_id=currency.id)

    def _create_rate(self, currency, day, rate=0.1, **vals):
        return self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": day,
                "rate": rate,
                **vals,
            }
        )

    def test_currency_without_a_rate(self):
        """Odoo would take one euro for one krona."""
        contract = self._in_another_currency()

        def mend():
            self._create_rate(contract.currency_id, "2026-09-30")

        self._assert_fails_alone(contract, "exchange rate", mend)

    def test_currency_with_an_old_rate(self):
        """On 1 October a rate of 30 August is 32 days old; on the 3rd one of
        2 September 31.
        """
        contract = self._in_another_currency()
        self._create_rate(contract.currency_id, "2024-12-31")
        self._create_rate(contract.currency_id, "2026-08-30")
        # Odoo takes the company's own before that of all companies.
        self._create_rate(contract.currency_id, "2026-09-30", company_id=False)

        def mend():
            self._create_rate(contract.currency_id, "2026-09-02")

        self._assert_fails_alone(contract, "of 08/30/2026", mend)

    def test_age_of_rates_is_a_setting(self):
        contract = self._in_another_currency()
        self._create_rate(contract.currency_id, "2025-12-31", 0.5)
        self.company.support_rate_days = 400
        self._run_cron("2026-10-01")
        self.assertFalse(contract.billing_error)
        # 2,400.00 at two for one.
        self.assertEqual(contract.invoice_ids.amount_untaxed_signed, 4_800.0)

    def test_rates_in_a_third_currency(self):
        """That one is 1 for ever, and the company's own rate is looked at as well."""
        contract = self._in_another_currency()
        self._create_rate(contract.currency_id, "2010-01-01", 1.0)
        self._create_rate(self.company.currency_id, "2026-07-01", 2.0)

        def mend():
            self._create_rate(self.company.currency_id, "2026-09-29", 2.0)

        self._assert_fails_alone(contract, "of 07/01/2026", mend)

    def test_locked_books(self):
        contract = self._create_active_contract()
        self.company.sudo().sale_lock_date = date(2026, 10, 31)
        self._run_cron("2026-10-01")
        self.assertIn("locked through 10/31/2026", contract.billing_error)
        self.assertFalse(contract.charge_ids)
        self.company.sudo().sale_lock_date = False
        self._run_cron("2026-10-02")
        self.assertFalse(contract.billing_error)
        self.assertEqual(contract.invoice_ids.invoice_date, date(2026, 10, 2))

    def test_accountant_is_told_why_the_button_does_not_bill(self):
        contract = self._create_active_contract(billing_order_required=True)
        with (
            self._on("2026-10-01"),
            self.assertRaisesRegex(UserError, "order number"),
        ):
            contract.with_user(self.accountant).action_bill()
