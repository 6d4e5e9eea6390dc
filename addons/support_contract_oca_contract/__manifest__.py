# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Support Contracts on Recurring Contracts",
    "summary": "Support charges go out on the invoices of the recurring contracts",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/Support Contracts",
    "website": "https://github.com/support-contract/support-contract",
    "author": "Support Contract contributors",
    "license": "AGPL-3",
    "depends": ["support_contract_billing", "contract"],
    "data": [
        "views/support_contract_views.xml",
        "views/contract_contract_views.xml",
    ],
    "auto_install": True,
}
