# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import L10nSeSupportCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeCharts(L10nSeSupportCommon):
    """A row for each box in the two other charts: 2,400.00 of operations, and half of
    it given back.
    """

    def test_boxes_of_k2_and_k3(self):
        german = self._create_customer(
            name="Tischlerei Birkental GmbH", country_id=self._get_country("de")
        )
        for chart in ("se_K2", "se_K3"):
            company = self._load_chart(chart)
            with self.subTest(chart):
                for customer, vat, account, boxes in (
                    (self.swedish, 600.0, "a30012", {"05": 2400.0, "10": 600.0}),
                    (german, 600.0, "a30012", {"05": 2400.0, "10": 600.0}),
                    (self.finnish, 0.0, "a3308", {"39": 2400.0}),
                    (self.norwegian, 0.0, "a3305", {"40": 2400.0}),
                ):
                    self._assert_boxes(company, customer, vat, account, boxes)

    def _load_chart(self, chart):
        # Without a country no other chart is loaded first.
        company = self.env["res.company"].create({"name": chart})
        self.env["account.chart.template"].try_loading(chart, company)
        self.env.user.company_ids |= company
        Setup = self.env["l10n_se.support.setup"].with_company(company)
        Setup.create({}).action_correct()
        return company

    def _assert_boxes(self, company, customer, vat, account, boxes):
        product = self.type_operations.product_id
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": "2026-10-01",
                    "invoice_line_ids": [
                        (0, 0, {"product_id": product.id, "price_unit": 2400.0})
                    ],
                }
            )
        )
        move.action_post()
        self.assertEqual((move.amount_untaxed, move.amount_tax), (2400.0, vat))
        self.assertEqual(
            move.invoice_line_ids.account_id, self._chart(account, company)
        )
        self.assertEqual(self._get_boxes(move), boxes)
        credit = move._reverse_moves([{"invoice_date": "2026-10-02"}])
        credit.invoice_line_ids.price_unit = 1200.0
        credit.action_post()
        self.assertEqual(
            self._get_boxes(credit), {box: -one / 2 for box, one in boxes.items()}
        )
