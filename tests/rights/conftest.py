# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The arithmetic of rights is imported without Odoo, like that of prices."""

import sys
from pathlib import Path

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "pure"))

set_hypothesis_home_dir(ROOT / ".build" / "hypothesis")
settings.register_profile(
    "rights", deadline=None, database=None, print_blob=True, max_examples=1000
)
settings.load_profile("rights")
