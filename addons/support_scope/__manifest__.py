# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Scope",
    "summary": "Whether work under a support contract is included or billed, and why; "
    "time that becomes charges",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract_billing", "hr_timesheet"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_scope_security.xml",
        "data/ir_cron_data.xml",
        "data/support_work_factor_data.xml",
        "wizards/support_work_override_views.xml",
        "views/support_reproduction_views.xml",
        "views/support_work_factor_views.xml",
        "views/support_work_verdict_views.xml",
        "views/account_analytic_line_views.xml",
        "views/hr_employee_views.xml",
        "views/project_project_views.xml",
        "views/project_task_views.xml",
        "views/support_charge_views.xml",
        "views/support_contract_views.xml",
        "views/support_scope_menus.xml",
    ],
}
