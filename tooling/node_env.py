# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What npm brings: the formatter of XML and JS, and one file that Odoo lacks.

Node.js itself comes from PyPI with the Python packages, so that no system package
is needed. The machine's own npm configuration says where npm downloads from.
"""

import os
import shutil

from . import odoo_home, paths
from .console import run
from .steps import Step

FILES = ("package.json", "package-lock.json")
# Debian leaves this file out for licence reasons; without it every backend page and
# every JS test logs an error about a missing asset.
MISSING = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class NodePackages(Step):
    name = "node"
    title = "Formatter from npm"

    def inputs(self):
        return [(paths.ROOT / name).read_text() for name in FILES]

    def products(self):
        return [paths.NODE]

    def make(self, log):
        new = paths.BUILD / "node.new"
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(parents=True)
        for name in FILES:
            shutil.copy(paths.ROOT / name, new)
        environment = {
            **os.environ,
            "PATH": f"{paths.VENV_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "npm_config_cache": str(paths.CACHE / "npm"),
            # npm would keep one in the folder for temporary files.
            "NODE_DISABLE_COMPILE_CACHE": "1",
        }
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        run(
            [paths.VENV_BIN / "npm", "ci", *quiet],
            log=log,
            what="Installing the npm packages failed",
            advice="Check that npm reaches its registry (its own configuration is used)"
            " and run bin/setup again.",
            env=environment,
            cwd=new,
        )
        if paths.NODE.exists():
            shutil.rmtree(paths.NODE)
        os.rename(new, paths.NODE)


class MissingFile(Step):
    name = "missing-file"
    title = "The file that Debian leaves out of Odoo"

    def _target(self):
        return odoo_home.folder() / "odoo/addons" / MISSING

    def inputs(self):
        return [str(self._target()), (paths.ROOT / "package-lock.json").read_text()]

    def products(self):
        return [self._target()]

    def is_done(self):
        # A clone of Odoo's repository has the file.
        return not odoo_home.is_debian() or super().is_done()

    def make(self, log):
        target = self._target()
        source = (
            paths.NODE / "node_modules/@mediapipe/selfie_segmentation" / target.name
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.new")
        shutil.copyfile(source, temporary)
        os.replace(temporary, target)
