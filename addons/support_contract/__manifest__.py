# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract",
    "summary": "Maintenance and support agreements, instances and line counts",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["mail", "portal", "product"],
    "data": [
        "security/support_contract_groups.xml",
        "security/ir.model.access.csv",
        "security/support_contract_security.xml",
        "data/ir_sequence_data.xml",
        "data/product_data.xml",
        "data/support_service_type_data.xml",
        "data/support_terms_data.xml",
        "views/support_service_type_views.xml",
        "views/support_terms_views.xml",
        "views/support_count_views.xml",
        "views/support_instance_views.xml",
        "views/support_contract_views.xml",
        "views/support_contract_menus.xml",
    ],
}
