# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract Price Changes",
    "summary": "Change the prices of many support contracts, with a letter to each",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract_billing"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_price_change_security.xml",
        "data/ir_cron_data.xml",
        "views/support_price_run_letter.xml",
        "views/support_price_change_templates.xml",
        "views/support_price_run_line_views.xml",
        "views/support_price_run_views.xml",
        "views/support_price_change_menus.xml",
    ],
    "auto_install": True,
}
