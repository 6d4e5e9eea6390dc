# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import TransactionCase, tagged

from odoo.addons.l10n_se_support.hooks import post_init_hook


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeTerms(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env.ref("l10n_se_support.terms_se")

    def test_base_s_example_goes_at_installation_while_nobody_uses_it(self):
        self.assertFalse(
            self.env.ref("support_contract.terms_default", raise_if_not_found=False)
        )
        example = self.env["support.terms"].create({"name": "Example", "version": "1"})
        self.env["ir.model.data"].create(
            {
                "module": "support_contract",
                "name": "terms_default",
                "model": "support.terms",
                "res_id": example.id,
            }
        )
        copy = example.copy()
        post_init_hook(self.env)
        self.assertTrue(example.exists())
        copy.unlink()
        with self.env.cr.savepoint(flush=True) as savepoint:
            example.with_user(self.env.ref("base.user_admin")).name = "Ours"
            post_init_hook(self.env)
            self.assertTrue(example.exists())
            savepoint.rollback()
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertFalse(example.exists())

    def test_swedish_terms_can_be_signed_at_once(self):
        self.assertRecordValues(
            self.terms,
            [
                {
                    "state": "published",
                    # Not the day on which somebody happened to install it.
                    "date_published": date(2026, 1, 1),
                    "version": "2026-01",
                    "currency_id": self.env.ref("base.SEK").id,
                    "company_id": False,
                }
            ],
        )
        prices = {
            price.type_id.code: price.price_unit for price in self.terms.price_ids
        }
        self.assertEqual(
            prices,
            {
                "maintenance": 180.0,
                "operations": 2400.0,
                "patch": 495.0,
                "user_support": 200.0,
                "consulting": 1350.0,
                "development": 1350.0,
                "project_lead": 1450.0,
                "ocr": 2.5,
                "einvoice": 3.0,
                "ai": 1.0,
                "payment": 1.5,
            },
        )
        # What the suite made up says so; the others are public figures.
        self.assertEqual(
            set(self.terms.price_ids.filtered("is_example").type_id.mapped("code")),
            {
                *("ocr", "einvoice", "ai", "payment"),
                *("consulting", "development", "project_lead"),
            },
        )

    def test_every_line_of_the_scope_can_be_translated(self):
        """A category that the suite adds needs a line in the data as well."""
        own = self.env["ir.model.data"].search(
            [("model", "=", "support.scope.category"), ("module", "like", "support")]
        )
        lines = self.terms.scope_ids.filtered(
            lambda line: line.category_id.id in own.mapped("res_id")
        )
        self.assertTrue(lines)
        names = lines.get_external_id()
        self.assertFalse(lines.filtered(lambda line: not names[line.id]))

    def test_terms_have_a_swedish_name(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.env["ir.module.module"]._load_module_terms(["l10n_se_support"], ["sv_SE"])
        terms = self.terms.with_context(lang="sv_SE")
        self.assertEqual(terms.name, "Underhåll och support")
        for line in terms.scope_ids:
            english = line.with_context(lang="en_US").wording
            self.assertNotEqual(line.wording, english)
