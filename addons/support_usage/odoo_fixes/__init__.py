# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Faults of Odoo 19.0 that this add-on meets. A file goes when Odoo has mended it."""

from . import base_import_import
