# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract Usage",
    "summary": "Record metered usage of support contracts and charge it every month",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract_billing", "base_import"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_usage_security.xml",
        "wizards/support_usage_key_views.xml",
        "views/support_usage_views.xml",
        "views/support_charge_views.xml",
        "views/support_contract_views.xml",
        "views/support_usage_menus.xml",
    ],
    # Billing alone decides: base_import is in every Odoo with a web client.
    "auto_install": ["support_contract_billing"],
}
