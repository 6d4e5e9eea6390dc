# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Repositories and servers are those of the counter's own tests."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The counter first: the folder of its tests has the same name.
sys.path.insert(0, str(ROOT / "addons" / "support_instance"))
sys.path.append(str(ROOT / "tests" / "cloc"))
