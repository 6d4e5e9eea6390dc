# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract Upgrades",
    "summary": "Version upgrades, their rights and fees under support contracts",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract_billing"],
    "auto_install": True,
    "data": [
        "security/ir.model.access.csv",
        "security/support_upgrade_security.xml",
        "data/support_upgrade_data.xml",
        "wizards/support_upgrade_cancel_views.xml",
        "wizards/support_overview_views.xml",
        "views/support_upgrade_views.xml",
        "views/support_charge_views.xml",
        "views/support_contract_views.xml",
        "views/support_portal_templates.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "support_upgrade/static/tests/tours/**/*",
        ],
    },
    "uninstall_hook": "uninstall_hook",
}
