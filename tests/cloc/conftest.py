# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The counting package is imported without Odoo, as bin/count does."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

ROOT = Path(__file__).resolve().parents[2]
# Last, so that no name of the add-on hides another package.
sys.path.append(str(ROOT / "addons" / "support_instance"))
# For files of add-ons that stand on the package, under their names in Odoo.
sys.path.append(str(ROOT / "tests" / "pure"))

set_hypothesis_home_dir(ROOT / ".build" / "hypothesis")
settings.register_profile("cloc", deadline=None, database=None, print_blob=True)
settings.load_profile("cloc")

from repositories import Repository  # noqa: E402


@pytest.fixture
def repository(tmp_path):
    """A new Git repository with a work tree (see repositories.py)."""
    return Repository(tmp_path / "source")
