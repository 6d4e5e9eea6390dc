# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, new_test_user, tagged

PAGE = "/odoo/action-l10n_se_support.l10n_se_support_setup_action"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeSetupTour(HttpCase):
    def test_from_an_empty_company_to_a_ready_one(self):
        company = self.env["res.company"].create({"name": "Granlyckan"})
        new_test_user(
            self.env,
            "granlyckan",
            groups="base.group_system,account.group_account_manager",
            company_id=company.id,
            company_ids=[company.id],
        )
        # A chart loaded in this transaction is unknown to the database's planner.
        self.env.cr.execute("ANALYZE account_group, account_account")
        self.start_tour(
            PAGE, "l10n_se_support_setup_tour", login="granlyckan", timeout=240
        )
        self.assertRecordValues(
            company,
            [
                {
                    "country_code": "SE",
                    "chart_template": "se_K2",
                    "company_registry": "559999-0016",
                    "vat": "SE559999001601",
                    "l10n_se_seat": "Göteborg",
                    "l10n_se_f_tax": True,
                    "tax_calculation_rounding_method": "round_globally",
                    "restrictive_audit_trail": True,
                    "peppol_eas": "0007",
                    "peppol_endpoint": "5599990016",
                }
            ],
        )
        accounts = company.partner_id.bank_ids
        self.assertEqual(
            sorted(accounts.mapped("acc_number")),
            ["5050-1055", "SE45 5000 0000 0583 9825 7466"],
        )
