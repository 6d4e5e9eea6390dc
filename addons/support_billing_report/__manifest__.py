# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract Billing Reports",
    "summary": "Recurring revenue, forecast, and what is earned and not invoiced",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract_billing"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_billing_report_security.xml",
        "wizards/support_earned_views.xml",
        "wizards/support_earned_line_views.xml",
        "wizards/support_forecast_views.xml",
        "wizards/support_overview_views.xml",
        "views/support_contract_views.xml",
        "views/support_revenue_report_views.xml",
        "views/support_billing_report_menus.xml",
    ],
    "auto_install": True,
}
