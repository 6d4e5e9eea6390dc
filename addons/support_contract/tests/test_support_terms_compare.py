# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import Form, tagged, users

from ..terms_comparison import compare
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportTermsCompare(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls.terms.copy()

    def _differences(self):
        rows = compare(self.terms, self.new)
        return [
            (row.section, row.label, row.left, row.right) for row in rows if row.differs
        ]

    def test_a_copy_says_the_same(self):
        self.assertEqual(self._differences(), [])

    def test_rules_prices_and_scope_are_compared(self):
        self.new.write({"calendar": "anniversary", "bill_test": True})
        self.new._get_price(self.type_maintenance).write(
            {
                "price_unit": 190.0,
                "tier_ids": [Command.create({"above": 10_000, "price_unit": 150.0})],
            }
        )
        self.new._get_price(self.type_patch).unlink()
        licence = self.env.ref("support_contract.scope_licence")
        scope = self.new.scope_ids.filtered(lambda line: line.category_id == licence)
        scope.write({"verdict": "included", "wording": "Licences are on us."})
        symbol = self.terms.currency_id.symbol
        differences = {row[:2]: row[2:] for row in self._differences()}
        prices = {
            label: tuple(
                value.replace("\xa0", " ").replace(symbol, "").strip()
                for value in values
            )
            for (section, label), values in differences.items()
            if section == "Prices"
        }
        self.assertEqual(
            differences["Rules", "Calendar"],
            ("Calendar months", "Months from the first day of the contract"),
        )
        self.assertEqual(differences["Rules", "Test"], ("No", "Yes"))
        self.assertEqual(
            prices["Maintenance and support: Price per Month"], ("180.00", "190.00")
        )
        self.assertEqual(
            prices["Maintenance and support: Ladder"], ("", "above 10,000: 150.00")
        )
        self.assertEqual(prices["Patch agreement: Price per Month"], ("495.00", ""))
        left, right = differences["Scope", "Licences"]
        self.assertIn("Billed\nR6\nLicences are billed", left)
        self.assertEqual(right, "Included\nR6\nLicences are on us.")
        sections = [row.section for row in compare(self.terms, self.new)]
        self.assertEqual(list(dict.fromkeys(sections)), ["Rules", "Prices", "Scope"])

    def test_every_field_of_a_version_is_compared(self):
        """Nobody can add a field and forget it here."""
        for record, values in (
            (self.new, {"name": "Else", "version": "9"}),
            (self.new.price_ids[0], {}),
        ):
            for field in record._fields.values():
                if not field.copy or not field.store or field.type == "one2many":
                    continue
                if field.name in MAGIC_COLUMNS or field.name.startswith("message_"):
                    continue
                if field.name in ("terms_id", "type_id", "company_id", "currency_id"):
                    continue
                with self.subTest(model=record._name, field=field.name):
                    copy = self.terms.copy()
                    target = copy if record == self.new else copy.price_ids[0]
                    target[field.name] = values.get(field.name) or _another(
                        field, target
                    )
                    rows = compare(self.terms, copy)
                    self.assertEqual(len([row for row in rows if row.differs]), 1)

    @users("support_user")
    def test_screen_shows_differences_first_and_all_on_request(self):
        self.new._get_price(self.type_patch).price_unit = 595.0
        action = self.new.with_env(self.env).action_compare()
        compare = self.env["support.terms.compare"].browse(action["res_id"])
        self.assertEqual((compare.left_id, compare.right_id), (self.terms, self.new))
        with Form(compare) as form:
            self.assertIn("595.00", form.table)
            self.assertNotIn("9,900.00", form.table)
            form.show_same = True
            self.assertIn("9,900.00", form.table)
            form.left_id = self.new.with_env(self.env)
            form.show_same = False
            self.assertIn("say the same", form.table)

    @users("support_user")
    def test_two_versions_are_chosen_in_the_list(self):
        both = (self.new | self.terms).with_env(self.env)
        compare = self.env["support.terms.compare"].browse(
            both.action_compare()["res_id"]
        )
        self.assertEqual((compare.left_id, compare.right_id), (self.terms, self.new))
        with self.assertRaisesRegex(UserError, "two versions"):
            (both | self.new.copy()).with_env(self.env).action_compare()

    def test_customer_s_text_cannot_break_the_screen(self):
        self.new.scope_ids[0].wording = "<script>alert(1)</script>"
        compare = self.env["support.terms.compare"].create(
            {"left_id": self.terms.id, "right_id": self.new.id}
        )
        self.assertIn("&lt;script&gt;", compare.table)
        self.assertNotIn("<script>", compare.table)


def _another(field, record):
    """A value that the record does not have."""
    value = record[field.name]
    if field.type == "boolean":
        return not value
    if field.type == "selection":
        codes = [code for code, _label in field._description_selection(record.env)]
        return next(code for code in codes if code != value)
    if field.type == "many2many":
        return record.env[field.comodel_name].search([], limit=1)
    if field.type == "html":
        return "<p>Else</p>"
    return value + 1
