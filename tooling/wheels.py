# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/wheels: a wheel of each add-on, to be installed with pip."""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from . import linting, manifests, paths, setup
from .console import Failure, run, say

HELP = """\
Build a wheel of each add-on (or of those named), as OCA's add-ons have them:

  pip install --no-deps odoo_addon_support_contract-19.0.1.0.0-py3-none-any.whl

puts the add-on where Odoo finds it, without an addons_path. (--no-deps, because pip
would look for Odoo on PyPI, where it is not.)
"""

FOLDER = paths.BUILD / "wheels"


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/wheels",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("addons", nargs="*", metavar="ADDON")
    parser.add_argument(
        "--to",
        type=Path,
        default=FOLDER,
        metavar="FOLDER",
        help=f"where to put them (default: {paths.relative(FOLDER)}, emptied first)",
    )
    options = parser.parse_args(arguments)
    setup.ensure()
    if options.to == FOLDER:
        shutil.rmtree(FOLDER, ignore_errors=True)
    for wheel in build(options.to, options.addons):
        say(paths.relative(wheel))
    return 0


def build(folder, addons=()):
    """Put the wheels of these add-ons of ours, or of all, into a folder."""
    own = manifests.own()
    if unknown := set(addons) - set(own):
        raise Failure(
            f"There is no add-on {', '.join(sorted(unknown))}",
            f"Add-ons: {', '.join(own)}",
        )
    chosen = sorted(addons or own)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="support-contract-") as copies:
        _copy(Path(copies), chosen)
        run(
            [
                *(paths.TOOLS / "bin/python", "-m", "pip", "wheel"),
                *("--quiet", "--disable-pip-version-check", "--no-deps"),
                *("--no-index", "--no-build-isolation", "--wheel-dir", folder),
                *(Path(copies) / addon for addon in chosen),
            ],
            log=paths.LOGS / "wheels.log",
            what="Building the wheels failed",
            # The version of the manifest, without a number of commits since.
            env={**os.environ, "WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none"},
        )
    return [_wheel(folder, addon, own[addon]) for addon in chosen]


def _copy(target, addons):
    """What belongs to the project, and nothing that lies about."""
    for name in linting.files():
        parts = Path(name).parts
        if parts[0] == paths.ADDONS.name and parts[1] in addons:
            copy = target / Path(*parts[1:])
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(paths.ROOT / name, copy)


def _wheel(folder, addon, manifest):
    return folder / f"odoo_addon_{addon}-{manifest['version']}-py3-none-any.whl"
