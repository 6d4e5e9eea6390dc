# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import errors

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import file_open, mute_logger

from odoo.addons.support_instance.tests.repository import module_files

from .. import announcing, stamp
from ..announcing import announce, get_contracts_to_announce, may_fee_change
from ..portal_rows import describe_announced
from .test_support_count_day import SupportCountDayCommon

FAILED = ["support_contract_billing.activity_count_day_failed"]


@tagged("post_install", "-at_install")
class TestSupportFeeAnnouncement(SupportCountDayCommon):
    """The customer knows a changed fee on the count day, before it applies. R2, R7."""

    def setUp(self):
        super().setUp()
        self.customer.email = "hej@bjorkdal.example.com"
        self._commit(12_345)
        self._run_cron("2026-09-01")
        self.announcements = self.contract.announcement_ids

    def _grow(self, day="2026-09-24"):
        """1,300 lines more: 137 × 180.00 = 24,660.00 instead of 22,320.00."""
        self.repository.commit(module_files("acme_stock", 1_300))
        self._run_cron(day)
        return self.contract.announcement_ids

    def _get_mails(self, announcement):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "support.fee.announcement"),
                ("res_id", "in", announcement.ids),
            ]
        )

    def test_r02_changed_fee_is_told_on_the_count_day(self):
        told = self._grow()
        self.assertRecordValues(
            told,
            [
                {
                    "period_start": date(2026, 10, 1),
                    "fee_before": 22_320.0,
                    "fee_after": 24_660.0,
                    "difference": 2_340.0,
                    "customer_ids": self.customer.ids,
                    "staff_ids": self.contract.user_id.partner_id.ids,
                    "reason": "Maintenance and support: 12,345 → 13,645 lines, +1,300 "
                    "(acme_stock +1,300, new)",
                }
            ],
        )
        self.assertEqual(told.count_ids.date, date(2026, 9, 24))
        mail = self._get_mails(told)
        self.assertEqual(mail.state, "outgoing", "queued, and not sent")
        self.assertEqual(mail.recipient_ids, self.customer)
        for words in ("22,320.00", "24,660.00", "acme_stock +1,300, new", "10/01/2026"):
            self.assertIn(words, mail.body_html)
        for jargon in ("cloc", "commit", "digest", "charge"):
            self.assertNotIn(jargon, mail.body_html)
        event = self.env["support.event"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "fee")]
        )
        self.assertEqual(len(event), 1)
        self.assertIn("acme_stock", event.note)
        note = self.contract.message_ids[0]
        self.assertIn("24,660.00", note.body)
        self.assertEqual(note.partner_ids, self.contract.user_id.partner_id)

    def test_r02_what_was_told_is_what_is_charged(self):
        told = self._grow()
        self.repository.commit(module_files("acme_more", 5_000))
        for day in ("2026-09-25", "2026-10-01", "2026-11-01"):
            self._run_cron(day)
        october = self._charges()[1]
        self.assertEqual(october.amount, told[-1].fee_after)
        self.assertEqual(len(told), 1)

    def test_r02_told_once_however_often_it_runs(self):
        told = self._grow()
        for day in ("2026-09-24", "2026-09-25", "2026-09-30", "2026-10-01"):
            self._run_cron(day)
        with self._on("2026-09-25"):
            self.assertFalse(announce(self.contract))
        self.assertEqual(self.contract.announcement_ids, told)
        self.assertEqual(len(self._get_mails(told)), 1)

    def test_r02_the_database_refuses_a_second_one(self):
        told = self._grow()
        with (
            self.assertRaises(errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            told.sudo().copy().flush_recordset()
        with self.assertRaises(UserError):
            told.sudo().unlink()

    def test_r02_nothing_changes_nothing_is_told(self):
        self._run_cron("2026-09-24")
        self.assertFalse(self.contract.announcement_ids)
        # 55 lines more are no started hundred.
        self.repository.commit(module_files("acme_stock", 55))
        self._run_cron("2026-09-25")
        self._run_cron("2026-10-25")
        self.assertFalse(self.contract.announcement_ids)

    def test_r02_first_fee_is_no_change(self):
        contract = self._create_contract([("maintenance", "2026-10-01")])
        self._create_instance(contract, self.repository)
        contract.action_activate()
        self._run_cron("2026-09-24")
        self.assertTrue(contract.instance_ids.last_count_id)
        self.assertFalse(contract.announcement_ids)

    def test_r02_count_that_is_not_approved_is_not_told(self):
        self._commit(30_000)
        self._run_cron("2026-09-24")
        self.assertFalse(self.contract.announcement_ids)
        count = self.instance.count_ids.filtered(lambda c: c.state == "to_review")
        cron = self.env.ref("support_contract_billing.ir_cron_announce_fees")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        # 23:59 in Stockholm; the action that the approval begins runs on the 1st.
        with freeze_time("2026-09-30 21:59:00"):
            count.with_user(self.approver).action_approve()
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(triggers, before + 1)
        with freeze_time("2026-09-30 22:01:00"), self.enter_registry_test_mode():
            cron.sudo().method_direct_trigger()
        told = self.contract.announcement_ids
        self.assertEqual((told.period_start, told.fee_after), (date(2026, 10, 1), 54e3))

    def test_r02_approved_too_late_is_told_for_the_next_period(self):
        self._commit(30_000)
        self._run_cron("2026-09-24")
        count = self.instance.count_ids.filtered(lambda c: c.state == "to_review")
        with self._on("2026-10-02"):
            count.with_user(self.approver).action_approve()
        for day in ("2026-10-02", "2026-10-24"):
            self._run_cron(day)
        self.assertFalse(self.contract.announcement_ids)
        self._run_cron("2026-10-25")
        told = self.contract.announcement_ids
        self.assertEqual(told.period_start, date(2026, 11, 1))
        self.assertEqual((told.fee_before, told.fee_after), (22_320.0, 54_000.0))

    def test_r02_dead_source_tells_nothing(self):
        self._kill_source()
        for day in ("2026-09-24", "2026-09-30", "2026-10-01"):
            self._run_cron(day)
        self.assertFalse(self.contract.announcement_ids)

    def test_r07_price_that_changes_with_the_period_is_a_reason(self):
        with self._on("2026-09-20"):
            self.contract._amend(
                date(2026, 10, 1), "Agreed", [(self.service, {"price_unit": 190.0})]
            )
        self._run_cron("2026-09-24")
        told = self.contract.announcement_ids
        # 124 × 190.00
        self.assertEqual((told.fee_before, told.fee_after), (22_320.0, 23_560.0))
        self.assertEqual(told.reason, "Maintenance and support: price 180.00 → 190.00")

    def test_r07_services_that_begin_and_end_are_reasons(self):
        with self._on("2026-09-10"):
            self.contract._amend(
                date(2026, 10, 1),
                "Operations too",
                [
                    (
                        self.env["support.contract.service"],
                        {
                            "contract_id": self.contract.id,
                            "type_id": self.type_operations.id,
                            "date_start": date(2026, 10, 1),
                        },
                    )
                ],
            )
        told = self._grow()
        self.assertEqual((told.fee_before, told.fee_after), (22_320.0, 27_060.0))
        self.assertIn("Operations: new from 10/01/2026", told.reason)

    def test_r07_users_and_terms_that_change_with_the_period_are_reasons(self):
        """What is looked at first to spare the calculation sees them as well."""
        kind = self.env["support.service.type"].create(
            {
                "name": "Workplaces",
                "code": "workplaces",
                "basis": "users",
                "product_id": self.type_operations.product_id.id,
            }
        )
        Service = self.env["support.contract.service"]
        vals = {"contract_id": self.contract.id, "type_id": kind.id, "user_count": 5}
        vals |= {"date_start": date(2026, 9, 1), "price_unit": 100.0}
        with self._on("2026-09-01"):
            self.contract._amend(date(2026, 9, 1), "Users too", [(Service, vals)])
        workplaces = self.contract.service_ids - self.service
        begin = date(2026, 10, 1)
        with self._on("2026-09-20"):
            self.assertFalse(may_fee_change(self.contract, begin))
            self.contract._amend(begin, "Two more", [(workplaces, {"user_count": 7})])
            self.assertTrue(workplaces._may_fee_change(begin))
            self.assertFalse(self.service._may_fee_change(begin))
            terms = self.terms.copy({"version": "2"})
            terms._get_price(self.type_maintenance).price_unit = 200.0
            terms.action_publish()
            self.contract._amend(
                begin, "Dearer", [(self.contract, {"terms_id": terms.id})]
            )
            self.assertTrue(self.service._may_fee_change(begin))
        self._run_cron("2026-09-24")
        # 124 × 180.00 and 5 × 100.00; 124 × 200.00 and 7 × 100.00
        told = self.contract.announcement_ids
        self.assertEqual((told.fee_before, told.fee_after), (22_820.0, 25_500.0))

    def test_r02_finance_of_the_customer_is_told_first(self):
        finance, key_user, gone = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": f"{name}@bjorkdal.example.com",
                    "parent_id": self.customer.id,
                }
                for name in ("finance", "key", "gone")
            ]
        )
        for partner, role in (
            (finance, "finance"),
            (key_user, "key_user"),
            (gone, "finance"),
        ):
            self.contract.contact_ids = [
                Command.create({"partner_id": partner.id, "role": role})
            ]
        gone.parent_id = False
        self.assertEqual(self._grow().customer_ids, finance)

    def test_r02_else_where_invoices_go_to(self):
        address = self.env["res.partner"].create(
            {
                "name": "Invoices",
                "type": "invoice",
                "email": "faktura@bjorkdal.example.com",
                "parent_id": self.customer.id,
            }
        )
        self.assertEqual(self._grow().customer_ids, address)

    def test_r02_customer_without_an_address_is_told_by_a_person(self):
        self.customer.email = False
        told = self._grow()
        self.assertFalse(told.customer_ids)
        self.assertFalse(self._get_mails(told))
        self.assertIn("tell them yourself", self.contract.message_ids[0].body)

    def test_r02_accountant_who_follows_is_told(self):
        self.contract.message_subscribe(self.accountant.partner_id.ids)
        self.assertEqual(self._grow().staff_ids, self.accountant.partner_id)

    def test_r02_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.customer.lang = "sv_SE"
        told = self._grow()
        self.assertIn("13\xa0645", told.reason)
        self.assertIn("24\xa0660,00", self._get_mails(told).body_html)
        # Staff read all of it in theirs.
        body = self.contract.message_ids.filtered("body")[0].body
        self.assertIn("instead of", body)
        self.assertIn("13,645", body)

    def test_r07_portal_says_from_when_instead_of_what_and_why(self):
        self._grow()
        with self._on("2026-09-26"):
            fee = self.contract._prepare_portal_overview({"fee"})["fee"]
        self.assertIn("22,320.00", fee["amount"])
        [sentence] = fee["coming"]
        self.assertTrue(sentence.startswith("From 10/01/2026:"), sentence)
        self.assertIn(
            "24,660.00 instead of", sentence.replace("$\N{NO-BREAK SPACE}", "$")
        )
        self.assertIn("acme_stock +1,300, new", sentence)
        with self._on("2026-10-02"):
            self.env.invalidate_all()
            fee = self.contract._prepare_portal_overview({"fee"})["fee"]
        self.assertIn("24,660.00", fee["amount"])
        self.assertFalse(fee["coming"])

    def test_one_that_fails_is_a_to_do_and_stops_no_other(self):
        other = self._create_contract()
        self._create_instance(other, self.repository)
        other.action_activate()
        self._run_cron("2026-09-02")
        describe = announcing.describe_fee_change

        def fail(records, coming):
            if records == self.contract:
                raise UserError(records.env._("No words for it"))
            return describe(records, coming)

        with patch.object(announcing, "describe_fee_change", fail):
            self._grow()
            self._run_cron("2026-09-25")
        self.assertFalse(self.contract.announcement_ids)
        self.assertEqual(len(other.announcement_ids), 1)
        activity = self.contract.activity_search(FAILED)
        self.assertEqual(len(activity), 1)
        self.assertIn("No words for it", activity.note)
        self._run_cron("2026-10-01")
        self.assertTrue(self.contract.invoice_ids, "it is billed all the same")
        self._run_cron("2026-09-26")
        self.assertEqual(len(self.contract.announcement_ids), 1)
        self.assertFalse(self.contract.activity_search(FAILED))

    def test_neutralized_copy_writes_to_nobody(self):
        told = self._grow()
        mail = self._get_mails(told)
        with file_open("support_contract_billing/data/neutralize.sql") as file:
            self.env.flush_all()
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(
            self.env.ref("support_contract_billing.ir_cron_announce_fees").active
        )
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        self.repository.commit(module_files("acme_more", 5_000))
        self._run_cron("2026-10-25")
        self.assertEqual(self.contract.announcement_ids, told)

    def test_dates_are_written_as_the_customer_does(self):
        """In the e-mail, and in the name that a layout can put above it, from which
        Odoo takes the slashes.
        """
        self.env["res.lang"]._activate_lang("de_DE")
        self.repository.commit(module_files("acme_stock", 1_300))
        for lang, text, name in (
            ("en_US", "10/01/2026", "October 1, 2026"),
            ("de_DE", "01.10.2026", "1. Oktober 2026"),
        ):
            with self.subTest(lang), self.env.cr.savepoint() as savepoint:
                self.customer.lang = lang
                self._run_cron("2026-09-24")
                told = self.contract.announcement_ids
                html = self._get_mails(told).body_html
                self.assertIn(text, html)
                for foreign in ("2026-10-01", "10-01-2026"):
                    self.assertNotIn(foreign, html)
                self.assertEqual(
                    told.with_context(lang=lang).display_name,
                    f"{self.contract.name} from {name}",
                )
                savepoint.rollback()

    def test_restored_database_writes_to_nobody(self):
        """Run 1,000,000 was finished after the backup."""
        cron = self.env.ref("support_contract_billing.ir_cron_announce_fees")
        self.repository.commit(module_files("acme_stock", 1_300))
        database, uuid = (
            self.env.cr.dbname,
            self.env["support.billing.run"]._get_database_uuid(),
        )
        stamp.write(database, uuid, 1_000_000, "2026-09-23 03:00:00")
        self.addCleanup(stamp.write, database, uuid, 0, "")
        with self._on("2026-09-24"):
            self.instance._record_count(self.instance._read_sources())
            with self.enter_registry_test_mode():
                cron.sudo().method_direct_trigger()
            self.assertFalse(self.contract.announcement_ids)
            stamp.write(database, uuid, 0, "")
            with self.enter_registry_test_mode():
                cron.sudo().method_direct_trigger()
            self.assertEqual(len(self.contract.announcement_ids), 1)

    @users("support_user")
    def test_consultant_reads_and_changes_nothing(self):
        told = self._grow().with_env(self.env)
        self.assertEqual(told.fee_after, 24_660.0)
        for work in (
            lambda: told.write({"fee_after": 1.0}),
            lambda: told.copy(),
            lambda: told.unlink(),
        ):
            with self.assertRaises(AccessError):
                work()
        action = self.contract.with_env(self.env).action_view_announcements()
        self.assertEqual(action["res_model"], "support.fee.announcement")

    def test_other_company_and_portal_see_nothing(self):
        told = self._grow()
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "fee_stranger",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        portal = new_test_user(self.env, "fee_portal", groups="base.group_portal")
        for user in (stranger, portal):
            with self.assertRaises(AccessError):
                told.with_user(user).read(["fee_after"])

    def test_number_of_queries_does_not_grow_with_each_contract(self):
        """Finding out that nothing has to be told is done for all of them at once."""

        def look(number):
            for _index in range(number):
                contract = self._create_contract()
                self._create_instance(contract, self.repository)
                contract.action_activate()
            self._run_cron("2026-09-24")
            self.env.flush_all()
            self.env.invalidate_all()
            with self._on("2026-09-25"):
                before = self.env.cr.sql_log_count
                found = get_contracts_to_announce(self.company)
            self.assertFalse(found)
            return self.env.cr.sql_log_count - before

        look(1)
        few, many = look(2), look(4)
        self.assertLessEqual(many, few)

    def _agree_price(self, price, day, effective="2026-10-01"):
        with self._on(day):
            service = self.contract.service_ids
            self.contract._amend(
                date.fromisoformat(effective),
                "Agreed",
                [(service, {"price_unit": price})],
            )

    def test_another_fee_for_the_same_day_is_told_again(self):
        """Announced 24,660.00; then 200.00 a step is agreed from the same day on:
        137 × 200.00 = 27,400.00 is told, shown and charged.
        """
        first = self._grow()
        self._agree_price(200.0, "2026-09-25")
        for day in ("2026-09-26", "2026-09-27"):
            self._run_cron(day)
        told = self.contract.announcement_ids - first
        self.assertRecordValues(
            told,
            [{"number": 2, "fee_before": 22_320.0, "fee_after": 27_400.0}],
        )
        mail = self._get_mails(told)
        for words in ("27,400.00", "24,660.00, which was announced"):
            self.assertIn(words, mail.body_html)
        note = self.contract.message_ids[0]
        self.assertIn("27,400.00", note.body)
        self.assertEqual(note.partner_ids, self.contract.user_id.partner_id)
        with self._on("2026-09-28"):
            [sentence] = describe_announced(self.contract)
        self.assertIn("27,400.00", sentence)
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self.assertEqual(self._charges()[1].amount, 27_400.0)

    def test_a_fee_that_goes_back_is_told_again(self):
        """24,660.00 was announced; 137 steps at 162.92 are 22,320.04, and at 180.00
        once more 24,660.00: each is told, on the last day as well.
        """
        self._grow()
        self._agree_price(162.92, "2026-09-29")
        self._run_cron("2026-09-30")
        self._agree_price(180.0, "2026-09-30")
        self._run_cron("2026-10-01")
        self._run_cron("2026-10-02")
        self.assertEqual(
            self.contract.announcement_ids.sorted("number").mapped("fee_after"),
            [24_660.0, 22_320.04, 24_660.0],
        )

    def test_page_tells_no_fee_after_the_end(self):
        self._grow()
        with self._on("2026-09-25"):
            self.assertEqual(len(describe_announced(self.contract)), 1)
            self.contract._give_notice(
                self.contract.service_ids, date(2026, 9, 25), date(2026, 9, 30), "Sold"
            )
            self.assertFalse(describe_announced(self.contract))
