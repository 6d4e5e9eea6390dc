# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Attachments of Odoo 15",
    "summary": "A search leaves out what it left out in 14.0 to 16.0",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["base"],
}
