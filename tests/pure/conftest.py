# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How Hypothesis runs here."""

from pathlib import Path

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

# What Hypothesis remembers lies with everything else that is made, in .build.
set_hypothesis_home_dir(Path(__file__).resolve().parents[2] / ".build" / "hypothesis")

# No deadline: a busy machine is no failure. No database: a run does not depend on the
# one before; a failure prints what reproduces it instead.
settings.register_profile("pure", deadline=None, database=None, print_blob=True)
settings.load_profile("pure")
