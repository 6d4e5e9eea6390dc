# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.support_contract.asking import Asking
from odoo.addons.support_contract.signing import get_digest_to_sign, mark_sent
from odoo.addons.support_instance.tests.repository import module_files

from ..invoicing import bill_batch
from ..portal_rows import prepare_invoices
from .common import SupportBillingCommon

# Queries of a page of ours above those of Odoo's own.
LIMIT = 20


@tagged("post_install", "-at_install")
class TestSupportPortalInvoicesPage(SupportBillingCommon, HttpCase):
    """The page of the agreement as somebody of the customer sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract(billing_policy="post")
        cls.person = new_test_user(cls.env, "person", groups="base.group_portal")
        cls.person.partner_id.parent_id = cls.contract.partner_id
        cls.contact = cls.env["support.contract.contact"].create(
            {
                "contract_id": cls.contract.id,
                "partner_id": cls.person.partner_id.id,
                "role": "finance",
            }
        )

    def _bill(self):
        with self._on("2026-10-01"):
            self.contract.action_bill()

    def test_page_leads_to_the_document_and_only_with_the_costs(self):
        self._bill()
        invoice = self.contract.invoice_ids
        self.authenticate("person", "person")
        page = self.url_open(f"/my/support/{self.contract.id}/costs").text
        self.assertIn(invoice.name, page)
        link = prepare_invoices(self.contract)[0]["link"]
        self.assertIn(link.replace("&", "&amp;"), page)
        self.assertIn(invoice.name, self.url_open(link).text)
        self.contact.role = "key_user"
        self.authenticate("person", "person")
        page = self.url_open(f"/my/support/{self.contract.id}/costs").text
        self.assertNotIn(invoice.name, page)
        self.assertNotIn("access_token", page)

    def _count_queries(self, url):
        for _warm in range(3):
            self.url_open(url)
        before = self.env.cr.sql_log_count
        self.assertEqual(self.url_open(url).status_code, 200)
        return self.env.cr.sql_log_count - before

    def test_pages_ask_the_database_no_more_for_many_contracts(self):
        """At most 20 queries above Odoo's own page, with one contract and with more."""
        self.contact.role = "administrator"
        self._bill()
        pages = [
            contract_page
            for contract_page in self.contract._get_portal_pages()
            if contract_page != "today"
        ]
        urls = [self.contract._get_page_link(page) for page in ("today", *pages)]
        self.authenticate("person", "person")
        counted = []
        for _size in range(2):
            own = self._count_queries("/my")
            counted.append(
                {url: self._count_queries(url) - own for url in (*urls, "/my/support")}
            )
            for _more in range(3):
                other = self._create_active_contract(
                    partner_id=self.contract.partner_id.id
                )
                self.contact.copy({"contract_id": other.id})
        # The page of all of them is Today with one.
        for url in urls:
            self.assertLessEqual(counted[0][url], LIMIT, counted[0])
            self.assertEqual(counted[0][url], counted[1][url], url)
        self.assertLessEqual(counted[1]["/my/support"], LIMIT)

    def _sees(self, *moves):
        """Which of these documents the person finds, and the lines of how many."""
        self.env.flush_all()
        own = self.env["account.move"].with_user(self.person)
        ids = [move.id for move in moves]
        found = own.search([("id", "in", ids)])
        lines = self.env["account.move.line"].with_user(self.person)
        self.assertEqual(
            lines.search([("move_id", "in", ids)]).sudo().move_id, found.sudo()
        )
        self.assertEqual(own.search_count([("id", "in", ids)]), len(found))
        self.authenticate("person", "person")
        page = self.url_open("/my/invoices").text
        for move in moves:
            self.assertEqual(move.name in page, move in found, move.name)
            answer = self.url_open(f"/my/invoices/{move.id}?report_type=html")
            self.assertEqual(move.name in answer.text, move in found, move.name)
        return [move in found for move in moves]

    def test_what_a_role_hides_is_hidden_everywhere(self):
        """Invoice, credit note by hand and reversed invoice; what is not ours stays."""
        self._bill()
        invoice = self.contract.invoice_ids
        other = invoice.copy()
        other.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Books", "price_unit": 100.0}),
        ]
        other.action_post()
        # By hand, without the wizard: Odoo knows no more than what it reverses.
        credit = invoice._reverse_moves([{"ref": "By hand"}])
        credit.action_post()
        documents = (invoice, credit, other)
        self.assertEqual(self._sees(*documents), [True, True, True])
        self.contact.role = "key_user"
        self.assertEqual(self._sees(*documents), [False, False, True])
        self.contact.unlink()
        self.assertEqual(self._sees(*documents), [False, False, True])

    def test_shared_invoice_needs_the_prices_of_all_its_contracts(self):
        other = self._create_active_contract(partner_id=self.contract.partner_id.id)
        (self.contract | other).write({"billing_grouping": "customer"})
        with self._on("2026-10-01"):
            bill_batch((self.contract | other).sudo())
        invoice = self.contract.invoice_ids
        self.assertEqual(invoice, other.invoice_ids)
        self.assertEqual(self._sees(invoice), [False])
        self.env["support.contract.contact"].create(
            {
                "contract_id": other.id,
                "partner_id": self.person.partner_id.id,
                "role": "administrator",
            }
        )
        self.assertEqual(self._sees(invoice), [True])

    def test_addressed_person_sees_the_invoice(self):
        self.person.partner_id.type = "invoice"
        self.contact.role = "key_user"
        self._bill()
        invoice = self.contract.invoice_ids
        self.assertEqual(invoice.partner_id, self.person.partner_id)
        self.assertEqual(self._sees(invoice), [True])

    def test_former_customer_keeps_their_invoices(self):
        self._bill()
        invoice = self.contract.invoice_ids
        heir = self.env["res.partner"].create({"name": "Heir AB", "is_company": True})
        with self._on("2026-10-02"):
            self.contract._amend(
                date(2026, 10, 2), "Sold", [(self.contract, {"partner_id": heir.id})]
            )
        self.assertEqual(self._sees(invoice), [True])


@tagged("post_install", "-at_install")
class TestSupportPortalInvoices(SupportBillingCommon):
    """What a customer was asked for, on the page of the agreement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract(billing_policy="post")

    def _rows(self, contract=None):
        self.env.invalidate_all()
        contract = contract or self.contract
        overview = contract._prepare_portal_overview(frozenset({"costs"}))
        return [(row["move"], row["amount"]) for row in overview["invoices"]]

    def _pass_on(self, day, heir):
        with self._on(day):
            self.contract._amend(
                date.fromisoformat(day),
                "Merger",
                [(self.contract, {"partner_id": heir.id})],
            )

    def test_newest_first_and_credits_are_negative(self):
        self.assertFalse(self._rows())
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        september, october = self.contract.invoice_ids.sorted("id")
        self.assertEqual([move for move, _amount in self._rows()], [october, september])
        credit = september._reverse_moves([{"invoice_date": date(2026, 11, 2)}])
        self.assertEqual(len(self._rows()), 2, "a draft is nobody's business")
        credit.action_post()
        self.assertEqual(self._rows()[0], (credit, -september.amount_total))

    def test_heir_does_not_see_what_the_former_customer_paid(self):
        self._run_cron("2026-10-01")
        former = self.contract.invoice_ids
        heir = self.env["res.partner"].create(
            {"name": "Björkdal Möbler AB", "is_company": True}
        )
        self._pass_on("2026-10-01", heir)
        self.assertFalse(self._rows())
        self._run_cron("2026-11-01")
        self.assertEqual(len(self._rows()), 1)
        self.assertNotIn(former, dict(self._rows()))

    def test_what_is_due_and_what_is_late(self):
        self._run_cron("2026-10-01")
        invoice = self.contract.invoice_ids
        with self._on(f"{invoice.invoice_date_due}"):
            self.assertFalse(prepare_invoices(self.contract)[0]["overdue"])
        with self._on("2027-01-01"):
            self.assertTrue(prepare_invoices(self.contract)[0]["overdue"])


@tagged("post_install", "-at_install")
class TestSupportPortalFigures(SupportBillingCommon):
    """The customer's page and the invoices say the same."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.contract = self._create_contract([("maintenance", "2026-09-01")])
        self.contract.billing_policy = "post"
        self.instance = self._create_instance(self.contract, self.repository)
        with freeze_time("2026-08-20 12:00:00"):
            self.contract.action_activate()

    def _count(self, day, **modules):
        for name, lines in modules.items():
            self.repository.commit(module_files(name, lines))
        with freeze_time(f"{day} 12:00:00"):
            self.instance.action_count()
            count = self.instance.count_ids.sorted("id")[-1]
            if count.state == "to_review":
                count.action_approve()
        return count

    def _read(self, day, *cards):
        self.env.invalidate_all()
        with freeze_time(f"{day} 12:00:00"):
            return self.contract._prepare_portal_overview(frozenset(cards))

    def test_months_have_the_lines_that_they_were_charged_by(self):
        self._count("2026-08-25", acme_base=1000)
        self._run_cron("2026-10-01")
        # Counted before October is charged, but after the day that counts for it.
        self._count("2026-10-05", acme_base=1300, acme_stock=50)
        self._run_cron("2026-11-01")
        self._count("2026-11-20", acme_base=1310)
        self._run_cron("2026-12-01")
        overview = self._read("2026-12-05", "lines", "costs")
        charged = overview["charged"]
        charges = self.contract.charge_ids.sorted("period_start")
        self.assertEqual(
            [(month.name, month.lines) for month in charged.months],
            [
                ("September 2026", 1000),
                ("October 2026", 1000),
                ("November 2026", 1350),
            ],
        )
        for month, charge in zip(charged.months, charges, strict=True):
            self.assertEqual(month.moves, charge.move_id)
            self.assertEqual(month.lines, charge.count_ids._get_billed_lines())
        self.assertEqual(
            [(month.change, month.why) for month in charged.months],
            [(None, ""), (0, ""), (350, "acme_base +300; acme_stock +50, new")],
        )
        self.assertEqual(
            charged.get_growth(),
            "+350 lines since September 2026: acme_base +300; acme_stock +50, new",
        )
        # What is there today stands apart, and is on no invoice.
        self.assertEqual(overview["lines"][0]["lines"], 1360)
        self.assertEqual(
            [row["lines"] for row in overview["invoices"]], [1350, 1000, 1000]
        )
        self.assertEqual(
            [bar["height"] for bar in charged.get_bars()],
            [round(1000 / 1350 * 110, 1), round(1000 / 1350 * 110, 1), 110.0],
        )
        self.assertFalse(self._read("2026-12-05", "instances")["charged"])

    def test_next_invoice_is_the_one_that_comes(self):
        self._count("2026-08-25", acme_base=1000)
        self._run_cron("2026-10-01")
        coming = self._read("2026-10-05", "costs")["next"]
        self.assertEqual(coming["day"], "11/01/2026")
        self._run_cron("2026-11-01")
        invoice = self.contract.invoice_ids.sorted("id")[-1]
        self.assertEqual(
            [(line["name"], line["amount"]) for line in coming["lines"]],
            [
                (
                    "Maintenance and support, October 2026",
                    self.contract._format_portal_money(invoice.amount_untaxed),
                )
            ],
        )
        self.assertEqual(
            coming["total"], self.contract._format_portal_money(invoice.amount_untaxed)
        )
        # Before the first count there is a day, and no sum that would be a guess.
        other = self._create_contract([("maintenance", "2026-09-01")])
        with freeze_time("2026-09-02 12:00:00"):
            other._set_state("active")
            coming = other._prepare_portal_overview(frozenset({"costs"}))["next"]
        self.assertEqual((coming["day"], coming["lines"]), ("10/01/2026", []))

    def _ask(self, day, line, text="Why so much?", hold=True, contract=None):
        contract = contract or self.contract
        person = new_test_user(
            self.env, f"finance_{day}_{hold}", groups="base.group_portal"
        )
        person.partner_id.write(
            {"parent_id": contract.partner_id.id, "email": "finance@example.com"}
        )
        with freeze_time(f"{day} 12:00:00"):
            contract = contract.with_user(person).sudo()
            return Asking(contract, "money", person.partner_id).ask(
                text, line, {"hold": "1"} if hold else {}
            )

    def test_held_line_is_not_on_the_next_invoice(self):
        """And everything else is; an accountant releases it when it is answered."""
        self._count("2026-08-25", acme_base=1000)
        self._run_cron("2026-10-01")
        [line] = self._read("2026-10-05", "costs")["next"]["lines"]
        question = self._ask("2026-10-05", line["key"])
        self.assertRecordValues(
            question,
            [
                {
                    "is_hold": True,
                    "service_id": self.contract.service_ids.id,
                    "period_start": date(2026, 10, 1),
                    "line_name": line["name"],
                }
            ],
        )
        coming = self._read("2026-10-06", "costs")["next"]
        self.assertEqual((coming["lines"], coming["held"]), ([], [line["name"]]))
        self._run_cron("2026-11-01")
        charge = self.contract.charge_ids.sorted("id")[-1]
        self.assertEqual((charge.state, charge.move_id.id), ("held", False))
        self.assertIn("Why so much?", charge.decision_reason)
        question.answer = "Because of acme_base."
        question.action_answer()
        self._run_cron("2026-11-02")
        self.assertEqual(charge.state, "held", "an accountant releases it")
        charge.with_user(self.accountant)._decide("release", "Answered")
        with self._on("2026-11-03"):
            self.contract.action_bill()
        self.assertEqual(charge.state, "invoiced")

    def test_question_alone_and_one_that_is_answered_hold_nothing(self):
        self._count("2026-08-25", acme_base=1000)
        self._run_cron("2026-10-01")
        [line] = self._read("2026-10-05", "costs")["next"]["lines"]
        self._ask("2026-10-05", line["key"], hold=False)
        answered = self._ask("2026-10-06", line["key"])
        answered.answer = "Look at the count."
        answered.action_answer()
        self._run_cron("2026-11-01")
        self.assertEqual(set(self.contract.charge_ids.mapped("state")), {"invoiced"})

    def test_only_lines_of_the_own_next_invoice_are_held(self):
        self._count("2026-08-25", acme_base=1000)
        other = self._create_active_contract()
        self._run_cron("2026-10-01")
        key = f"service-{other.service_ids.id}-2026-10-01"
        invoiced = f"charge-{self.contract.charge_ids.id}"
        for line in (key, invoiced, "service-0-2026-10-01"):
            with self.assertRaisesRegex(UserError, "one of the lines"):
                self._ask(f"2026-10-0{len(line) % 7 + 1}", line)
        with self.assertRaisesRegex(UserError, "Choose the line"):
            self._ask("2026-10-09", "")
        self.assertFalse(self.env["support.question"].search([("is_hold", "=", True)]))

    def test_waiting_charge_is_held_at_once(self):
        """A draft that was deleted leaves its charge to wait for the next invoice."""
        self._count("2026-08-25", acme_base=1000)
        self.contract.billing_policy = "draft"
        self._run_cron("2026-10-01")
        charge = self.contract.charge_ids
        self.contract.invoice_ids.unlink()
        self.assertEqual(charge.state, "pending")
        self._ask("2026-10-05", f"charge-{charge.id}")
        self.assertEqual(charge.state, "held")
        self.assertIn("Why so much?", self.contract.event_ids[0].note)

    def test_estimate_from_the_customer_s_figure_is_signed(self):
        """4,250 lines are 43 started hundreds; what was counted takes its place."""
        draft = self._create_contract(
            [("maintenance", "2026-09-01")], date_signed=False
        )
        instance = self._create_instance(draft, self.repository, name="Theirs")
        with freeze_time("2026-09-02 12:00:00"):
            nothing = draft._get_shown_values()
            self.assertNotIn("estimated_lines", nothing)
            self.assertFalse(draft._get_known_monthly_fee())
            draft.estimated_lines = 4250
            self.assertEqual(draft._get_shown_values()["estimated_lines"], 4250)
            self.assertEqual(draft._get_known_monthly_fee(), 43 * 180.0)
            agreement = draft._get_agreement()
            [(_service, example)] = agreement.rows
            self.assertEqual(example.amount, 43 * 180.0)
            self.assertIn("4,250", example.text)
            self.assertIn("your figure of 4,250 lines", agreement.basis[0])
            mark_sent(draft, draft.partner_id)
            self.assertEqual(draft.sent_fee, 43 * 180.0)
            self.assertTrue(get_digest_to_sign(draft.sudo()))
            # Another figure is another agreement.
            draft.estimated_lines = 4000
            self.assertFalse(get_digest_to_sign(draft.sudo()))
            draft.estimated_lines = 4250
            self.repository.commit(module_files("acme_base", 1010))
            instance.action_count()
            count = instance.count_ids
            if count.state == "to_review":
                count.action_approve()
            self.env.invalidate_all()
            self.assertEqual(draft._get_known_monthly_fee(), 11 * 180.0)
            self.assertIn("counted on 09/02/2026", draft._get_agreement().basis[0])
