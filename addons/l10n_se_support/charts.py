# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Odoo's Swedish charts of accounts, and what accountants call them."""

CHARTS = {"se": "BAS", "se_K2": "BAS K2", "se_K3": "BAS K3"}
