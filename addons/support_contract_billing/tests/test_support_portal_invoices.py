# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..invoicing import bill_batch
from ..portal_rows import prepare_invoices
from .common import SupportBillingCommon


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
        page = self.url_open(f"/my/support/{self.contract.id}").text
        self.assertIn(invoice.name, page)
        link = prepare_invoices(self.contract)[0]["link"]
        self.assertIn(link.replace("&", "&amp;"), page)
        self.assertIn(invoice.name, self.url_open(link).text)
        self.contact.role = "key_user"
        self.authenticate("person", "person")
        page = self.url_open(f"/my/support/{self.contract.id}").text
        self.assertNotIn(invoice.name, page)
        self.assertNotIn("access_token", page)

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
