# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract Billing",
    "summary": "Charges, scheduled invoices and their evidence for support contracts",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract", "account"],
    "data": [
        "security/support_contract_billing_groups.xml",
        "security/ir.model.access.csv",
        "security/support_contract_billing_security.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
        "data/support_usage_data.xml",
        "wizards/support_charge_decision_views.xml",
        "wizards/account_move_reversal_views.xml",
        "wizards/support_usage_key_views.xml",
        "wizards/support_billing_preview_views.xml",
        "views/support_charge_views.xml",
        "views/support_upgrade_views.xml",
        "views/support_contract_views.xml",
        "views/account_move_views.xml",
        "views/support_contract_billing_menus.xml",
        "views/support_usage_views.xml",
        "views/support_contract_preview_views.xml",
        "views/support_reporting_menus.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "support_contract_billing/static/tests/tours/**/*",
        ],
    },
}
