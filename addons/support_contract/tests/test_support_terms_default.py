# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged
from odoo.tools import convert_file

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportTermsDefault(SupportContractCommon):
    """The version that comes with the add-on says something about every clause."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.default = cls.env.ref("support_contract.terms_default")

    def _verdicts(self, *clauses):
        """{verdict: codes of the categories} of the clauses."""
        verdicts = {}
        for line in self.default.scope_ids:
            if set(clauses) & set((line.clause or "").split(", ")):
                verdicts.setdefault(line.verdict, set()).add(line.category_id.code)
        return verdicts

    def test_nothing_is_missing_to_publish_it(self):
        self.assertFalse(self.default._get_publication_obstacles())
        categories = self.env["support.scope.category"].search([])
        self.assertEqual(self.default.scope_ids.category_id, categories)
        for line in self.default.scope_ids:
            with self.subTest(category=line.category_id.code):
                self.assertTrue(line.wording and line.clause and line.verdict)
                # So that each line is translated with the add-on.
                self.assertTrue(line.get_external_id()[line.id])

    def test_r02_180_a_started_hundred_lines_without_ladder_or_minimum(self):
        price = self.default._get_price(self.type_maintenance)
        self.assertRecordValues(
            price, [{"price_unit": 180.0, "step": 100, "minimum": 0.0, "tier_ids": []}]
        )

    def test_r03_operations_and_patch_have_a_monthly_price(self):
        for kind in (self.type_operations, self.type_patch):
            self.assertGreater(self.default._get_price(kind).price_unit, 0)

    def test_first_line_support_is_200_a_user(self):
        kind = self.env.ref("support_contract.service_type_user_support")
        self.assertRecordValues(
            self.default._get_price(kind),
            [{"price_unit": 200.0, "basis": "users", "step": 1}],
        )

    def test_r04_r05_r08_figures(self):
        self.assertRecordValues(
            self.default,
            [
                {
                    "hourly_discount": 10.0,
                    "upgrade_fee": 9900.0,
                    "upgrades_per_period": 1,
                    "upgrade_period_months": 12,
                    "upgrade_counting": "upgrade",
                    "suspend_days": 0,
                }
            ],
        )

    def test_r05_start_of_an_upgrade_is_billed_and_its_hosting_afterwards(self):
        self.assertEqual(
            self._verdicts("R5"), {"billed": {"upgrade_start", "upgrade_hosting"}}
        )

    def test_r06_is_billed(self):
        self.assertEqual(
            self._verdicts("R6"),
            {
                "billed": {
                    "infrastructure",
                    "data_import_export",
                    "data_cleaning",
                    "data_validation",
                    "new_feature",
                    "new_app",
                    "interface",
                    "transaction_ocr",
                    "transaction_einvoice",
                    "transaction_ai",
                    "transaction_payment",
                    "external_application",
                    "restore_backup",
                    "licence",
                }
            },
        )

    def test_r07_r12_instances_and_tools_of_the_service_are_included(self):
        self.assertEqual(
            self._verdicts("R7", "R12"), {"included": {"service_instances"}}
        )

    def test_r08_one_upgrade_is_included_and_one_more_billed(self):
        self.assertEqual(
            self._verdicts("R8"),
            {"included": {"version_upgrade"}, "billed": {"extra_upgrade"}},
        )
        self.assertEqual(self._right("version_upgrade"), "upgrade")

    def test_r09_modules_are_upgraded_patched_and_migrated(self):
        self.assertEqual(
            self._verdicts("R9"),
            {"included": {"module_upgrade", "module_patch", "module_migration"}},
        )
        self.assertEqual(self._right("module_patch"), "maintenance")

    def test_r10_hot_fix_is_a_way_of_delivery_and_no_kind_of_work(self):
        self.assertEqual(self._verdicts("R10"), {})

    def test_r11_swedish_adaptations_are_included(self):
        self.assertEqual(self._verdicts("R11"), {"included": {"swedish_adaptations"}})
        self.assertEqual(self._right("swedish_adaptations"), "swedish_adaptations")

    def test_r14_r15_program_bug_is_free_once_reproduced(self):
        self.assertEqual(self._verdicts("R14"), {"needs_reproduction": {"program_bug"}})
        self.assertEqual(
            self._verdicts("R15"),
            {"needs_reproduction": {"program_bug"}, "included": {"bug_analysis"}},
        )

    def test_r16_technical_support(self):
        self.assertEqual(
            self._verdicts("R16"),
            {
                "included": {"technical_environment", "vm_network"},
                "billed": {"new_instance", "restore_backup", "external_configuration"},
            },
        )
        self.assertEqual(self._right("technical_environment"), "technical_support")

    def test_r17_user_support(self):
        self.assertEqual(
            self._verdicts("R17"),
            {
                "included": {
                    "user_advice",
                    "installed_functions",
                    "problem_solving",
                    "bug_analysis",
                },
                "billed": {
                    "new_feature",
                    "new_configuration",
                    "data_import_export",
                    "database_correction",
                },
            },
        )
        self.assertEqual(self._right("user_advice"), "user_support")

    def _right(self, code):
        category = self.env.ref(f"support_contract.scope_{code}")
        lines = self.default.scope_ids
        return lines.filtered(lambda line: line.category_id == category).right_id.code

    def test_new_terms_begin_with_every_category(self):
        terms = self.env["support.terms"].create({"name": "New", "version": "1"})
        self.assertEqual(
            terms.scope_ids.mapped(
                lambda line: (line.category_id, line.verdict, line.wording)
            ),
            self.default.scope_ids.mapped(
                lambda line: (line.category_id, line.verdict, line.wording)
            ),
        )

    def test_update_leaves_a_published_version_alone(self):
        """As if a later version of the add-on had one more category in it."""
        self.default.action_publish()
        lines = self.default.scope_ids
        self.env["ir.model.data"].search(
            [("name", "=", "terms_default_scope_licence")]
        ).unlink()
        convert_file(
            self.env,
            "support_contract",
            "data/support_terms_data.xml",
            idref={},
            mode="update",
        )
        self.assertEqual(self.default.scope_ids, lines)

    def test_every_text_exists_in_swedish(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.env["ir.module.module"]._load_module_terms(["support_contract"], ["sv_SE"])
        # A version made afterwards has both languages as well.
        terms = self.env["support.terms"].create({"name": "New", "version": "1"})
        for record, name in (
            *((line, "wording") for line in self.default.scope_ids),
            *((line, "wording") for line in terms.scope_ids),
            *((line.category_id, "name") for line in self.default.scope_ids),
            *((line.category_id, "description") for line in self.default.scope_ids),
            *((right, "name") for right in self.env["support.right"].search([])),
            *((right, "description") for right in self.env["support.right"].search([])),
        ):
            with self.subTest(record=record, field=name):
                english = record.with_context(lang="en_US")[name]
                swedish = record.with_context(lang="sv_SE")[name]
                self.assertTrue(swedish)
                if english != "Hot-fix":
                    self.assertNotEqual(english, swedish)
