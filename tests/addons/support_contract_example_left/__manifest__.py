# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contract: Example of an Add-on, Left",
    "summary": "Adds to every set that add-ons extend, as another one does",
    "version": "19.0.1.0.0",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract"],
    "data": ["views/support_portal_templates.xml"],
}
