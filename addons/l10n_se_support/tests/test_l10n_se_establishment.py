# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import Form, tagged

from .common import L10nSeSupportCommon

# What 22,320.00 of maintenance come to: (VAT, account, boxes of the return)
HERE = (5580.0, "a30012", {"05": 22320.0, "10": 5580.0})
EU = (0.0, "a3308", {"39": 22320.0})
ELSEWHERE = (0.0, "a3305", {"40": 22320.0})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeEstablishment(L10nSeSupportCommon):
    """The customer is where they are established, wherever goods are delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["l10n_se.support.setup"].create({}).action_correct()

    def _create_address(self, customer, kind, code):
        return self._create_customer(
            name=f"{customer.name}, {code}",
            parent_id=customer.id,
            type=kind,
            is_company=False,
            country_id=self._get_country(code),
        )

    def _assert_maintenance(self, move, expected):
        vat, account, boxes = expected
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "amount_untaxed": 22320.0,
                    "amount_tax": vat,
                    "amount_total": 22320.0 + vat,
                }
            ],
        )
        self.assertEqual(move.invoice_line_ids.account_id, self._chart(account))
        self.assertEqual(self._get_boxes(move), boxes)

    def test_finnish_business_with_a_swedish_delivery_address(self):
        self._create_address(self.finnish, "delivery", "se")
        self._assert_maintenance(self._bill_maintenance(self.finnish), EU)

    def test_swedish_business_with_a_norwegian_delivery_address(self):
        self._create_address(self.swedish, "delivery", "no")
        self._assert_maintenance(self._bill_maintenance(self.swedish), HERE)

    def test_norwegian_business_with_a_swedish_delivery_address(self):
        self._create_address(self.norwegian, "delivery", "se")
        self._assert_maintenance(self._bill_maintenance(self.norwegian), ELSEWHERE)

    def test_address_of_the_invoice_is_no_establishment(self):
        address = self._create_address(self.finnish, "invoice", "se")
        move = self._bill_maintenance(self.finnish)
        self.assertEqual(move.partner_id, address)
        self._assert_maintenance(move, EU)

    def test_contract_with_a_contact_person(self):
        person = self._create_address(self.finnish, "contact", "se")
        self._assert_maintenance(self._bill_maintenance(person), EU)

    def test_slash_is_no_vat_number(self):
        self.finnish.vat = "/"
        self._assert_maintenance(self._bill_maintenance(self.finnish), HERE)

    def test_position_set_by_hand_wins(self):
        self.swedish.property_account_position_id = self._chart("fp_outside_euro")
        self._assert_maintenance(self._bill_maintenance(self.swedish), ELSEWHERE)

    def test_position_set_by_hand_wins_over_a_missing_number(self):
        self.finnish.vat = "/"
        self.finnish.property_account_position_id = self._chart("fp_euro_b2b")
        self._assert_maintenance(self._bill_maintenance(self.finnish), EU)

    def test_preview_is_as_the_invoice(self):
        self._create_address(self.finnish, "delivery", "se")
        contract = self._create_contract(partner_id=self.finnish.id)
        self._create_instance(contract, self.repository)
        contract.action_activate()
        self._run_cron("2026-09-24")
        with self._on("2026-10-01"):
            action = contract.action_preview_invoice()
        preview = self.env["support.billing.preview"].browse(action["res_id"])
        self.assertRecordValues(
            preview.invoice_ids, [{"amount_untaxed": 22320.0, "amount_tax": 0.0}]
        )

    def test_draft_to_another_address_of_the_customer(self):
        """Odoo would ask for the place of delivery again."""
        delivery = self._create_address(self.finnish, "delivery", "se")
        contract = self._create_contract(
            services=[("operations", "2026-09-01")],
            partner_id=self.finnish.id,
            billing_policy="draft",
        )
        contract.service_ids.price_unit = 2400.0
        contract.action_activate()
        self._run_cron("2026-10-01")
        with Form(contract.invoice_ids) as form:
            form.partner_id = delivery
        move = contract.invoice_ids
        self.assertEqual(move.partner_id, delivery)
        self.assertEqual(move.fiscal_position_id, self._chart("fp_euro_b2b"))

    def test_other_invoices_are_odoos_own(self):
        self._create_address(self.finnish, "delivery", "se")
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.finnish.id}
        )
        self.assertEqual(move.fiscal_position_id, self._chart("fp_sweden"))
