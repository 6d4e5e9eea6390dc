# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from datetime import date

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SupportCarrierCommon


@tagged("post_install", "-at_install")
class TestSupportCarrierLink(SupportCarrierCommon):
    """Which recurring contract may carry which support contract, and who sees it."""

    @contextmanager
    def assertRefused(self, words):
        with self.assertRaises(ValidationError) as refused:  # rolls back
            yield
        self.assertIn(words, str(refused.exception))

    def test_other_customer(self):
        stranger = self.env["res.partner"].create(
            {"name": "Granit AB", "is_company": True}
        )
        other = self._create_carrier(partner_id=stranger.id)
        with self.assertRefused("different customers"):
            self.contract.carrier_contract_id = other
        with self.assertRefused("different customers"):
            self.carrier.invoice_partner_id = stranger
        with self.assertRefused("different customers"):
            self.carrier.partner_id = stranger

    def test_contact_of_the_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.customer.id, "type": "invoice"}
        )
        self.contract.carrier_contract_id = self._create_carrier(partner_id=contact.id)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Second AB"})
        self.env.user.company_ids += company
        other = self._create_carrier(company_id=company.id, contract_line_ids=[])
        with self.assertRaises(UserError):
            self.contract.carrier_contract_id = other

    def test_other_currency(self):
        currency = self.setup_other_currency("EUR")
        other = self._create_carrier()
        other.currency_id = currency
        with self.assertRefused("different currencies"):
            self.contract.carrier_contract_id = other
        with self.assertRefused("different currencies"):
            self.carrier.currency_id = currency

    def test_currency_that_changed_behind_it(self):
        """A journal's currency decides too, and is changed elsewhere."""
        currency = self.setup_other_currency("EUR")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE contract_contract SET manual_currency_id = %s WHERE id = %s",
            (currency.id, self.carrier.id),
        )
        self.env.invalidate_all()
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(len(move.invoice_line_ids), 1)
        self.assertIn("different currencies", self.contract.billing_error)

    def test_supplier_contract(self):
        other = self._create_carrier(contract_type="purchase")
        with self.assertRefused("no customer invoices"):
            self.contract.carrier_contract_id = other

    def test_two_order_numbers(self):
        self.contract.billing_order_number = "PO 1"
        second = self._create_active_contract(carrier_contract_id=self.carrier.id)
        second.billing_order_number = "PO 1"
        with self.assertRefused("one order number"):
            second.billing_order_number = "PO 2"

    @mute_logger("odoo.sql_db")
    def test_negative_days(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.contract.carrier_grace_days = -1
            self.env.flush_all()

    def test_copies_are_not_linked(self):
        self.assertFalse(self.contract.copy().carrier_contract_id)
        self.assertFalse(self.carrier.copy().support_contract_ids)

    def test_form_of_a_consultant(self):
        """Consultants see the contract without rights on recurring contracts."""
        contract = self.contract.with_user(self.consultant)
        arch = contract.get_view(view_type="form")["arch"]
        names = etree.fromstring(arch).xpath("//field/@name")
        self.assertNotIn("carrier_contract_id", names)
        with self.assertRaises(AccessError):
            contract.read(["carrier_contract_id"])
        Form(contract)
        with self._on("2026-10-02"):
            self.assertFalse(contract._get_due_contracts())

    def test_forms_of_an_accountant(self):
        clerk = new_test_user(self.env, "clerk", groups="account.group_account_invoice")
        arch = self.carrier.with_user(clerk).get_view(view_type="form")["arch"]
        self.assertNotIn("support_contract_count", arch)
        carrier = self.carrier.with_user(self.accountant)
        self.assertEqual(carrier.support_contract_count, 1)
        self.assertEqual(
            carrier.action_view_support_contracts()["res_id"], self.contract.id
        )
        contract = self.contract.with_user(self.accountant)
        self.assertEqual(contract.action_view_carrier()["res_id"], self.carrier.id)

    def test_link_in_the_form(self):
        manager = self.manager
        contract = self._create_contract([("operations", "2026-09-01")])
        with Form(contract.with_user(manager)) as form:
            form.carrier_contract_id = self.carrier
            form.carrier_grace_days = 14
        self.assertEqual(contract.carrier_grace_days, 14)
        self.assertIn(contract, self.carrier.support_contract_ids)

    def test_unlinked_contract_is_invoiced_as_before(self):
        self.contract.carrier_contract_id = False
        self.assertEqual(self._run_carrier_cron("2026-10-01").amount_untaxed, 100.0)
        self._run_cron("2026-10-01")
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 2_895.0)

    def test_former_customer_gets_an_invoice_of_ours(self):
        """What was due before the contract passed on is not on the heir's invoice."""
        heir = self.env["res.partner"].create(
            {"name": "Björkdal Möbler AB", "is_company": True}
        )
        self.contract.carrier_contract_id = False
        with self._on("2026-10-01"):
            self.contract._amend(
                date(2026, 10, 1), "Merger", [(self.contract, {"partner_id": heir.id})]
            )
        self.contract.carrier_contract_id = self._create_carrier(partner_id=heir.id)
        made = self._run_carrier_cron("2026-10-01")
        [ours] = self.contract.invoice_ids
        self.assertRecordValues(
            ours, [{"partner_id": self.customer.id, "amount_untaxed": 2_895.0}]
        )
        carried = made.filtered(lambda move: move.partner_id == heir)
        self.assertEqual(carried.amount_untaxed, 100.0)

    def test_neutralized(self):
        cron = self.env.ref("contract.contract_cron_for_invoice")
        self.assertTrue(cron.active)
        self.env.flush_all()
        for query in get_neutralization_queries(["support_contract_oca_contract"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(cron.active)
