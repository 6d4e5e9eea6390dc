# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What makes a company ready to send correct Swedish invoices: a class a line.

The page and its order are in `wizards/l10n_se_support_setup.py`.
"""
