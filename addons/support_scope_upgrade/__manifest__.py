# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Scope of Upgrades",
    "summary": "Work on version upgrades: covered by the right, by the fee, or billed",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_scope", "support_upgrade"],
    "auto_install": True,
    "data": [
        "views/support_upgrade_views.xml",
        "views/support_work_mixin_views.xml",
    ],
}
