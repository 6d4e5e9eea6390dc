# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Sweden - Support Contracts",
    "summary": "Swedish accounts, VAT, OCR references and terms for support contracts",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Accounting/Localizations",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": [
        "l10n_se",
        "account_peppol",
        "base_iban",
        "account_invoice_start_end_dates",
        "support_adaptation",
        "support_contract_billing",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/l10n_se_support_security.xml",
        "data/support_adaptation_data.xml",
        "data/support_terms_data.xml",
        "data/account_cash_rounding_data.xml",
        "data/account_journal_data.xml",
        "data/mail_activity_type_data.xml",
        "data/product_data.xml",
        "wizards/l10n_se_support_setup_views.xml",
        "wizards/l10n_se_eu_sales_views.xml",
        "views/account_move_views.xml",
        "views/res_partner_views.xml",
        "views/report_invoice.xml",
        "views/res_partner_bank_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "post_init_hook": "post_init_hook",
    "assets": {
        "web.assets_tests": [
            "l10n_se_support/static/tests/tours/**/*",
        ],
    },
}
