# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Scope: Merging Tickets",
    "summary": "Tickets with time, or of several customers, are not merged",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_helpdesk_scope", "helpdesk_mgmt_merge"],
    "auto_install": True,
}
