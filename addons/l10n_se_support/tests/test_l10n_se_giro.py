# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import L10nSeSupportCommon


@tagged("post_install", "-at_install")
class TestL10nSeGiro(L10nSeSupportCommon):
    """Bankgiro and Plusgiro as types of account, and which one an invoice shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.company.partner_id
        cls.owner.bank_ids.unlink()

    def _create(self, number, **vals):
        return self.env["res.partner.bank"].create(
            {"partner_id": self.owner.id, "acc_number": number, **vals}
        )

    def test_number_says_what_it_is(self):
        self.assertRecordValues(
            self._create("5050-1055")
            | self._create("28 65 43-4")
            | self._create("5000 1234567"),
            [
                {"acc_type": "bankgiro", "display_name": "Bankgiro 5050-1055"},
                {"acc_type": "plusgiro", "display_name": "Plusgiro 28 65 43-4"},
                {"acc_type": "bank", "display_name": "5000 1234567"},
            ],
        )

    def test_digits_and_a_choice(self):
        """Written as it is known, whatever was typed; the choice is kept."""
        account = self._create("9912346", l10n_se_giro="bankgiro")
        self.assertEqual(account.acc_number, "991-2346")
        self.assertEqual(account.acc_type, "bankgiro")
        with Form(self.env["res.partner.bank"]) as form:
            form.partner_id = self.owner
            form.acc_number = "2865434"
            form.l10n_se_giro = "plusgiro"
            self.assertEqual(form.acc_number, "28 65 43-4")
        self.assertEqual(form.record.acc_type, "plusgiro")
        form.record.acc_number = "18–2"
        self.assertEqual(form.record.acc_number, "18-2")

    def test_wrong_numbers_are_refused(self):
        for number, kind in (
            ("991-2345", False),
            ("28 65 43-3", False),
            ("9912345", "bankgiro"),
            ("505018", "bankgiro"),
            ("505010550", "bankgiro"),
            ("2865433", "plusgiro"),
        ):
            with self.subTest(number), self.assertRaises(ValidationError):
                self._create(number, l10n_se_giro=kind)

    def test_accounts_of_other_countries_are_left_alone(self):
        account = self._create("991-2345", partner_id=self.finnish.id)
        self.assertEqual(account.acc_type, "bank")

    def test_customer_at_home_pays_by_giro_and_one_abroad_by_iban(self):
        iban = self._create(
            "SE4550000000058398257466",
            bank_id=self.env["res.bank"]
            .create({"name": "Banken", "bic": "ESSESESS"})
            .id,
        )
        plusgiro = self._create("28 65 43-4")
        invoice = self._bill_maintenance(self.swedish)
        self.assertEqual(invoice.partner_bank_id, plusgiro)
        bankgiro = self._create("5050-1055")
        invoice = self._bill_maintenance(self.swedish)
        self.assertEqual(invoice.partner_bank_id, bankgiro)
        foreign = self._bill_maintenance(self.finnish)
        self.assertEqual(foreign.partner_bank_id, iban)
        for move, shown, hidden in (
            (invoice, "Bankgiro 5050-1055", "BIC"),
            (foreign, "ESSESESS", "Bankgiro"),
        ):
            html, _format = self.env["ir.actions.report"]._render_qweb_html(
                "account.report_invoice", move.ids
            )
            text = html.decode()
            self.assertIn(shown, text)
            self.assertNotIn(hidden, text)
        euros = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.swedish.id,
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        self.assertEqual(euros.partner_bank_id, iban)
