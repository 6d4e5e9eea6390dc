# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportTerms(SupportContractCommon):
    def test_price_of_published_terms_cannot_change(self):
        with self.assertRaisesRegex(UserError, "Duplicate them"):
            self.terms.price_ids[0].price_unit = 1.0

    def test_price_cannot_be_added_to_published_terms(self):
        with self.assertRaisesRegex(UserError, "Duplicate them"):
            self.env["support.terms.price"].create(
                {
                    "terms_id": self.terms.id,
                    "type_id": self.type_patch.copy({"code": "other"}).id,
                    "price_unit": 1.0,
                }
            )

    def test_price_of_published_terms_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "Duplicate them"):
            self.terms.price_ids[0].unlink()

    def test_published_terms_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "Retire"):
            self.terms.unlink()

    def test_copy_is_a_draft_with_the_same_prices(self):
        copy = self.terms.copy({"version": "2"})
        self.assertRecordValues(copy, [{"state": "draft", "date_published": False}])
        self.assertEqual(
            copy.price_ids.mapped(lambda price: (price.type_id, price.price_unit)),
            self.terms.price_ids.mapped(
                lambda price: (price.type_id, price.price_unit)
            ),
        )

    def test_terms_without_a_price_are_not_published(self):
        terms = self.env["support.terms"].create({"name": "Empty", "version": "1"})
        with self.assertRaisesRegex(UserError, "at least one price"):
            terms.action_publish()
