# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How Hypothesis runs here."""

from hypothesis import settings

# No deadline: a busy machine is no failure. No database: nothing is written beside the
# tests; a failure prints what reproduces it instead.
settings.register_profile("pure", deadline=None, database=None, print_blob=True)
settings.load_profile("pure")
