# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Options of fields that propose a computed value, which people may change."""

EDITABLE = {"store": True, "readonly": False}
# Computed before the record is there, so that the field may be required.
PROPOSED = {**EDITABLE, "precompute": True}
