# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from ..terms_comparison import compare
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportTerms(SupportContractCommon):
    @users("support_manager")
    def test_draft_is_written_published_and_retired_in_the_form(self):
        with (
            freeze_time("2026-03-01 12:00:00"),
            Form(self.env["support.terms"]) as form,
        ):
            form.name = "Maintenance"
            form.version = "2026-01"
            with form.price_ids.new() as price:
                price.type_id = self.type_maintenance.with_env(self.env)
                self.assertEqual((price.step, price.min_months), (100, 12))
                price.price_unit = 175.0
        terms = form.record
        self.assertRecordValues(
            terms,
            [
                {
                    "state": "draft",
                    # Clauses R1, R4, R5, R8: what a new version begins with.
                    "calendar": "month",
                    "timing": "arrears",
                    "notice_months": 0,
                    "notice_to_month_end": True,
                    "upgrades_per_period": 1,
                    "upgrade_period_months": 12,
                    "upgrade_counting": "upgrade",
                    "upgrade_fee": 9900.0,
                    "hourly_discount": 10.0,
                    "time_increment": 30,
                    "count_day": 7,
                    "suspend_days": 0,
                    "bill_production": True,
                    "bill_test": False,
                    "bill_development": False,
                    "bill_standard_test": False,
                }
            ],
        )
        with freeze_time("2026-03-02 12:00:00"):
            terms.action_publish()
        with freeze_time("2027-01-01 12:00:00"):
            terms.action_retire()
        self.assertRecordValues(
            terms,
            [
                {
                    "state": "retired",
                    "date_published": date(2026, 3, 2),
                    "date_retired": date(2027, 1, 1),
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "Only a draft"):
            terms.action_publish()
        with self.assertRaisesRegex(UserError, "Only a published"):
            terms.action_retire()

    def test_publishing_says_all_that_is_missing(self):
        terms = self.env["support.terms"].create(
            {
                "name": "Empty",
                "version": "1",
                "suspend_days": 30,
                "scope_ids": [
                    Command.create(
                        {
                            "category_id": self.env.ref(
                                "support_contract.scope_licence"
                            ).id
                        }
                    )
                ],
            }
        )
        with self.assertRaises(UserError) as caught:
            terms.action_publish()
        for words in ("at least one price", "Program bug", "unpaid invoices suspend"):
            self.assertIn(words, str(caught.exception))
        self.assertNotIn("Licences", str(caught.exception))
        terms.action_add_categories()
        terms.suspend_right_ids = self.env.ref("support_contract.right_upgrade")
        terms.price_ids = [
            Command.create({"type_id": self.type_patch.id, "price_unit": 495.0})
        ]
        terms.action_publish()
        self.assertEqual(terms.state, "published")

    def test_figures_that_make_no_sense_are_refused(self):
        terms = self.terms.copy()
        for vals in (
            {"hourly_discount": 101.0},
            {"hourly_discount": -1.0},
            {"time_increment": 0},
            {"upgrade_fee": -1.0},
            {"upgrades_per_period": -1},
            {"upgrade_period_months": 0},
            {"notice_months": -1},
            {"suspend_days": -1},
            {"count_day": 29},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                terms.write(vals)

    # -- ladder ----------------------------------------------------------------

    def test_r02_ladder_starts_above_whole_steps(self):
        terms = self.terms.copy()
        price = terms._get_price(self.type_maintenance)
        price.tier_ids = [
            Command.create({"above": 50_000, "price_unit": 120.0}),
            Command.create({"above": 10_000, "price_unit": 150.0}),
        ]
        tiers = terms._get_figure("tiers", self.type_maintenance)
        self.assertEqual(tiers, ((10_000, 150.0), (50_000, 120.0)))
        self.assertEqual(price.ladder, "above 10,000: 150.00; above 50,000: 120.00")
        with self.assertRaisesRegex(ValidationError, "multiple of the step, 100"):
            price.tier_ids[0].above = 10_050
        with self.assertRaisesRegex(ValidationError, "multiple of the step, 300"):
            price.step = 300

    def test_r03_fixed_price_has_no_ladder(self):
        price = self.terms.copy()._get_price(self.type_operations)
        with self.assertRaisesRegex(ValidationError, "fixed price"):
            price.tier_ids = [Command.create({"above": 10, "price_unit": 1.0})]

    def test_two_tiers_above_the_same_quantity_are_refused(self):
        price = self.terms.copy()._get_price(self.type_maintenance)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            price.tier_ids = [
                Command.create({"above": 10_000, "price_unit": 150.0}),
                Command.create({"above": 10_000, "price_unit": 140.0}),
            ]

    def test_type_s_new_step_leaves_published_prices_alone(self):
        price = self.terms._get_price(self.type_maintenance)
        self.type_maintenance.write({"step": 1000, "min_months": 24})
        self.env.flush_all()
        price.invalidate_recordset()
        self.assertEqual((price.step, price.min_months), (100, 12))

    # -- new version -------------------------------------------------------------

    @users("support_manager")
    def test_new_version_is_a_draft_that_says_the_same(self):
        terms = self.terms.with_env(self.env)
        action = terms.action_new_version()
        new = self.env["support.terms"].browse(action["res_id"])
        self.assertRecordValues(
            new,
            [
                {
                    "state": "draft",
                    "version": "2",
                    "date_published": False,
                    "predecessor_id": self.terms.id,
                }
            ],
        )
        self.assertFalse([row for row in compare(terms, new) if row.differs])
        self.assertFalse((new.price_ids | terms.price_ids) == terms.price_ids)
        new.price_ids[0].price_unit = 190.0
        new.action_publish()
        self.assertEqual(terms.price_ids[0].price_unit, 180.0)

    def test_next_version_number(self):
        terms = self.terms.copy({"name": "Numbered"})
        for version, day, expected in (
            ("2026-01", "2026-06-01", "2026-02"),
            ("2026-09", "2026-12-01", "2026-10"),
            ("2026-01", "2027-01-01", "2027-01"),
            ("7", "2026-06-01", "8"),
            ("1.9", "2026-06-01", "1.10"),
            ("First", "2026-06-01", "First 2"),
        ):
            with self.subTest(version=version), freeze_time(f"{day} 12:00:00"):
                terms.version = version
                self.assertEqual(terms._get_next_version(), expected)

    def test_next_version_number_is_free(self):
        first = self.terms.copy({"version": "2026-01", "name": "Numbered"})
        with freeze_time("2026-06-01 12:00:00"):
            second, third = first.copy(), first.copy()
        self.assertEqual((second.version, third.version), ("2026-02", "2026-03"))

    def test_version_is_one_of_a_kind_in_a_company_and_found(self):
        first = self.terms.copy({"version": "2031-01", "name": "Numbered"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.terms.copy({"version": "2031-01", "name": "Numbered"})
        own = self.terms.copy(
            {
                "version": "2031-01",
                "name": "Numbered",
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
            }
        )
        found = self.env["support.terms"].name_search("2031-01")
        self.assertEqual({terms_id for terms_id, __ in found}, {first.id, own.id})
        both = (first | first.copy()).copy()
        self.assertEqual(len(set(both.mapped("version"))), 2)

    def test_terms_are_called_signed_where_customers_have_signed_on_them(self):
        old, new = self.terms.copy(), self.terms.copy()
        (old | new).action_publish()
        contract = self._create_contract(terms_id=old.id, date_signed=False)
        self.assertFalse(old.is_signed or new.is_signed)
        contract.date_signed = "2026-08-20"
        contract.action_activate()
        (old | new).invalidate_recordset(["is_signed"])
        self.assertTrue(old.is_signed and not new.is_signed)
        contract._amend(
            date(2027, 1, 1), "New terms", [(contract, {"terms_id": new.id})]
        )
        (old | new).invalidate_recordset(["is_signed"])
        self.assertTrue(old.is_signed and new.is_signed)

    def test_wording_in_every_language_whoever_enters_the_line(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        category = self.env["support.scope.category"].create(
            {"name": "Night work", "code": "night_work", "wording": "By day only."}
        )
        category.with_context(lang="sv_SE").wording = "Bara på dagen."
        for lang in ("en_US", "sv_SE"):
            # New terms have a line for each category.
            terms = self.env["support.terms"].with_context(lang=lang)
            terms = terms.create({"name": "Night terms", "version": f"night-{lang}"})
            line = terms.scope_ids.filtered(lambda one: one.category_id == category)
            with self.subTest(lang):
                self.assertEqual(
                    [
                        line.with_context(lang=code).wording
                        for code in ("en_US", "sv_SE")
                    ],
                    ["By day only.", "Bara på dagen."],
                )

    def test_copy_keeps_translations_of_the_wording(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        draft = self.terms.copy()
        draft.scope_ids[0].with_context(lang="sv_SE").wording = "På svenska."
        copy = draft.copy()
        self.assertEqual(
            copy.scope_ids[0].with_context(lang="sv_SE").wording, "På svenska."
        )
