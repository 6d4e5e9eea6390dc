# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportPrivacy(SupportBillingCommon):
    """Erasing a person touches what is not bookkeeping and leaves what is."""

    def _create_person(self, name, **vals):
        return self.env["res.partner"].create(
            {
                "name": name,
                "street": "Storgatan 1",
                "zip": "111 22",
                "email": "person@example.com",
                "phone": "+46 8 123",
                "comment": "Likes tea",
                **vals,
            }
        )

    def test_sole_trader_with_an_invoice(self):
        person = self._create_person("Eva Ek")
        contract = self._create_active_contract(partner_id=person.id)
        self._run_cron("2026-10-01")
        invoice = contract.charge_ids.move_id
        kept = invoice.message_post(body="As sent", author_id=person.id)
        gone = person.message_post(body="Likes coffee", author_id=person.id)
        person.anonymize_partner_data()
        self.assertEqual((person.name, person.street), ("Eva Ek", "Storgatan 1"))
        self.assertEqual(contract.charge_ids.partner_id.name, "Eva Ek")
        self.assertFalse(person.phone or person.comment)
        self.assertNotEqual(person.email, "person@example.com")
        self.assertTrue(kept.exists())
        self.assertFalse(gone.exists())

    def test_person_without(self):
        person = self._create_person("Bo Ek", parent_id=self.customer.id)
        person.anonymize_partner_data()
        self.assertNotIn("Bo", person.name)
        self.assertFalse(person.street)
