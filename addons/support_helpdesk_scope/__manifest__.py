# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Scope: Helpdesk",
    "summary": "Tickets know their contract and whether they are included or billed",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_scope", "helpdesk_mgmt", "helpdesk_mgmt_project"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_helpdesk_scope_security.xml",
        "helpdesk_fixes/ir_model_access_data.xml",
        "helpdesk_fixes/portal_templates.xml",
        "wizards/support_ticket_split_views.xml",
        "wizards/support_overview_views.xml",
        "views/account_analytic_line_views.xml",
        "views/helpdesk_ticket_category_views.xml",
        "views/helpdesk_ticket_team_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/res_partner_views.xml",
        "views/support_contract_views.xml",
        "views/helpdesk_ticket_templates.xml",
        "views/support_helpdesk_scope_menus.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "support_helpdesk_scope/static/tests/tours/**/*",
        ],
    },
}
