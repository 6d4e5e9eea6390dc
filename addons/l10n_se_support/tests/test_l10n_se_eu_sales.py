# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_contract_billing.billing import ACCOUNTANTS

from ..eu_deadline import ACTIVITY
from .common import L10nSeSupportCommon

TODO = ["mail.mail_activity_data_todo"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeEuSales(L10nSeSupportCommon):
    """Box 39 is the sum of what each VAT number of another EU country bought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vat = "SE559999001601"
        # Else services to Norway are in box 39 as well, by Odoo's fault.
        cls.env["l10n_se.support.setup"].create({}).action_correct()
        cls.danish = cls._create_customer(
            name="Birkedal Snedkeri ApS",
            country_id=cls._get_country("dk"),
            vat="DK13585628",
        )
        cls.bookkeeper = new_test_user(
            cls.env,
            "swedish_bookkeeper",
            groups="support_contract.group_support_billing",
            company_id=cls.company.id,
            name="Maja Öberg",
            phone="+46 31 123 45 67",
            email="maja@example.com",
        )

    def _bill(self, *customers, start="2026-09-01", day="2026-10-01", **vals):
        contracts = self.env["support.contract"]
        for customer in customers:
            contract = self._create_contract(
                [("operations", start)], partner_id=customer.id, **vals
            )
            contract.service_ids.price_unit = 2400.0
            contracts |= contract
        contracts.action_activate()
        self._run_cron(day)
        return contracts

    def _open(self, month="2026-10"):
        with self._on("2026-11-02"):
            Sales = self.env["l10n_se.eu.sales"].with_user(self.bookkeeper)
            sales = Sales.with_company(self.company)
            return sales.browse(sales.action_open()["res_id"])

    def _assert_list(self, sales, expected):
        found = [(one.number, one.services) for one in sales.line_ids]
        self.assertEqual(found, expected)

    def test_list_and_file(self):
        """2,400.00 each, two of them to one Finnish number; of the Danish one
        1,200.00 are credited.
        """
        branch = self._create_customer(
            name="Koivula Tukku", country_id=self._get_country("fi"), vat="FI12345671"
        )
        contracts = self._bill(
            self.finnish, branch, self.danish, self.swedish, self.norwegian
        )
        self.assertFalse([one for one in contracts if one.billing_error])
        credit = contracts[2].invoice_ids._reverse_moves(
            [{"invoice_date": "2026-10-20", "date": "2026-10-20"}]
        )
        credit.invoice_line_ids.price_unit = 1200.0
        # The number of the invoice counts, whatever became of the buyer's.
        self.danish.vat = False
        credit.action_post()
        sales = self._open()
        self._assert_list(sales, [("DK13585628", 1200.0), ("FI12345671", 4800.0)])
        self.assertEqual((sales.box_39, sales.services), (6000.0, 6000.0))
        self.assertEqual(
            self._get_boxes(contracts.invoice_ids | credit)["39"], sales.box_39
        )
        with self._on("2026-11-02"):
            sales.action_export()
        self.assertEqual(
            base64.b64decode(sales.file).decode("iso-8859-1").split("\r\n"),
            [
                "SKV574008;",
                "559999001601;2610;Maja Öberg;+46311234567;maja@example.com",
                "DK13585628;;;1200;",
                "FI12345671;;;4800;",
                "",
            ],
        )

    def test_other_currency_is_listed_in_kronor(self):
        """100.00 EUR at 11.00 kronor."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-09-30",
                "inverse_company_rate": 11.0,
            }
        )
        terms = self.terms.copy({"version": "EUR", "currency_id": euro.id})
        terms.action_publish()
        contract = self._bill(self.finnish, terms_id=terms.id)
        amount = contract.invoice_ids.amount_untaxed
        self.assertEqual(contract.invoice_ids.currency_id, euro)
        sales = self._open()
        self._assert_list(sales, [("FI12345671", amount * 11)])
        self.assertFalse(sales.difference)

    def test_sale_without_a_number_is_shown_and_not_sent(self):
        self.finnish.vat = "/"
        self.finnish.property_account_position_id = self._chart("fp_euro_b2b")
        self._bill(self.finnish)
        sales = self._open()
        self._assert_list(sales, [("", 2400.0)])
        self.assertEqual((sales.box_39, sales.difference), (2400.0, 2400.0))
        with self._on("2026-11-02"), self.assertRaisesRegex(UserError, "Koivula"):
            sales.action_export()
        self.finnish.vat = "FI12345671"
        with self._on("2026-11-02"):
            sales.action_show()
        self._assert_list(sales, [("FI12345671", 2400.0)])
        self.assertFalse(sales.difference)

    def test_after_the_15th_is_a_to_do(self):
        """Services of September: by 15 October, and one day later."""
        for day, is_late in (("2026-10-15", False), ("2026-10-16", True)):
            contract = self._bill(self.finnish, day=day)
            move = contract.invoice_ids
            self.assertEqual(str(move.invoice_date), day)
            todo = move.activity_search(TODO)
            self.assertEqual(bool(todo), is_late)
        self.assertIn("2026", todo.note)
        move = self._bill(self.swedish, day="2026-10-17").invoice_ids
        self.assertFalse(move.activity_search(TODO))

    def test_what_is_missing_is_a_to_do_from_the_10th_on(self):
        """September: one that fails, a draft, one with grace days, one cancelled."""
        journal = self.company.support_journal_id

        def get_to_do(day):
            self._run_cron(day)
            return journal.activity_search([ACTIVITY])

        customers = {
            name: self._create_customer(
                name=name, country_id=self._get_country("fi"), vat="FI12345671"
            )
            for name in ("Virhe Oy", "Luonnos Oy", "Aika Oy", "Odotus Oy")
        }
        contracts = [
            self._create_contract([("operations", "2026-09-01")], partner_id=one.id)
            for one in customers.values()
        ]
        failing, draft, graced, waiting = contracts
        contracts = failing.union(*contracts)
        contracts.service_ids.price_unit = 2400.0
        draft.billing_policy = "draft"
        graced.billing_grace_days = 20
        customers["Virhe Oy"].with_context(no_vat_validation=True).vat = "FI12345670"
        contracts.action_activate()
        # Neither what is in time nor what is sold in Sweden or outside the EU.
        self._bill(self.finnish, day="2026-10-01")
        for customer in (self.swedish, self.norwegian):
            self._bill(customer, day="2026-10-02", billing_policy="draft")
        invoice = waiting.invoice_ids
        charge = invoice.invoice_line_ids.support_charge_ids
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(charge.state, "pending")
        self.assertFalse(get_to_do("2026-10-09"))
        todo = get_to_do("2026-10-10")
        self.assertEqual(len(todo), 1)
        self.assertEqual(str(todo.date_deadline), "2026-10-15")
        self.assertIn("10/15/2026", todo.note)
        for name in customers:
            self.assertIn(name, todo.note)
        for name in ("Koivula", "Björkdal", "Bjørkedal"):
            self.assertNotIn(name, todo.note)
        self.assertIn(todo.user_id, self.company._get_support_users(ACCOUNTANTS))
        customers["Virhe Oy"].vat = "FI12345671"
        draft.invoice_ids.action_post()
        self.assertEqual(get_to_do("2026-10-11"), todo)
        self.assertNotIn("Virhe", todo.note)
        self.assertNotIn("Luonnos", todo.note)
        graced.billing_grace_days = 0
        charge.sudo().state = "waived"
        self.assertFalse(get_to_do("2026-10-12"))

    def test_who_has_nothing_to_do_with_invoices(self):
        with self.assertRaises(AccessError):
            self.env["l10n_se.eu.sales"].with_user(self.consultant).action_open()
