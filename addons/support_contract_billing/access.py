# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The group that code asks for."""

ACCOUNTANTS = "support_contract.group_support_billing"
