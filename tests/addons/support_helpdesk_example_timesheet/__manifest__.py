# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract: Example of Another Add-on for Time on Tickets",
    "summary": "Has the names and types of OCA's helpdesk_mgmt_timesheet",
    "version": "19.0.1.0.0",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["helpdesk_mgmt_project", "hr_timesheet"],
}
