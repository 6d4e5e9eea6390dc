# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Scope and Sales Timesheet",
    "summary": "Time under a support contract is billed by the contract alone, "
    "never by an order as well",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_scope", "sale_timesheet"],
    "auto_install": True,
}
