# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract Adaptations",
    "summary": "A catalogue of adaptations, and who has access to them by contract",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_instance"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_adaptation_security.xml",
        "data/ir_cron_data.xml",
        "views/support_adaptation_views.xml",
        "views/support_adaptation_access_views.xml",
        "views/support_contract_views.xml",
        "views/support_portal_adaptation_templates.xml",
        "views/support_adaptation_menus.xml",
    ],
}
