# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/count: count lines without a database."""

import contextlib
import sys

from . import manifests, odoo, paths, setup
from .console import in_foreground


def main(arguments):
    package = manifests.counter()
    if {"-h", "--help"} & set(arguments):
        # Help needs no environment, and the package no Odoo to describe itself.
        sys.path.append(str(package))
        from cloc.__main__ import parser

        parser().print_help()
        return 0
    # What setup says is not part of the count, which may be read by a program.
    with contextlib.redirect_stdout(sys.stderr):
        setup.ensure()
    env = odoo.environment()
    env["PYTHONPATH"] = str(package)
    # Nothing is looked for in the current folder: it may be what is to be counted.
    command = [str(paths.PYTHON), "-P", "-m", "cloc", *arguments]
    if sys.version_info < (3, 11):
        command.remove("-P")
    return in_foreground(command, env)
