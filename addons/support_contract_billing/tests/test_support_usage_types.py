# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportUsageTypes(SupportBillingCommon):
    """The kinds of usage that come along, and their prices."""

    def test_r06_usage_can_be_charged_out_of_the_box(self):
        """Every kind has a price in the terms that come along, marked as an example."""
        terms = self.env.ref("support_contract.terms_default").copy()
        kinds = self.env["support.service.type"].search([("basis", "=", "usage")])
        prices = terms.price_ids.filtered(lambda price: price.type_id in kinds)
        self.assertEqual(prices.type_id, kinds)
        self.assertTrue(all(prices.mapped("is_example")))
        self.assertTrue(terms.has_examples)
        self.assertEqual(
            set(kinds.mapped("code")), {"ocr", "einvoice", "ai", "payment"}
        )
        # A price of one's own is none any more.
        prices[0].price_unit = 4.0
        self.assertEqual(prices.filtered("is_example"), prices[1:])

    def test_prices_of_others_stay(self):
        terms = self.env.ref("support_contract.terms_default")
        kind = self.env.ref("support_contract_billing.service_type_ai")
        own = terms.price_ids.filtered(lambda price: price.type_id == kind)
        own.price_unit = 9.0
        terms._propose_prices("support_contract.terms_default", {kind.id: 1.0})
        self.assertEqual(own.price_unit, 9.0)
        self.assertFalse(own.is_example)
        terms.action_publish()
        terms._propose_prices("support_contract.terms_default", {kind.id: 1.0})
        terms._propose_prices("support_contract.terms_nowhere", {kind.id: 1.0})
