# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/count: count lines without a database."""

import argparse
import contextlib
import os
import sys

from . import manifests, odoo, paths, setup
from .console import in_foreground

USER, SECRET = "SUPPORT_COUNT_USER", "SUPPORT_COUNT_SECRET"


def main(arguments):
    if {"-h", "--help"} & set(arguments):
        # Help needs no environment.
        parser().print_help()
        return 0
    # What setup says is not part of the count, which may be read by a program.
    with contextlib.redirect_stdout(sys.stderr):
        setup.ensure()
    env = odoo.environment()
    env["PYTHONPATH"] = os.pathsep.join(map(str, (paths.ROOT, manifests.counter())))
    # Nothing is looked for in the current folder: it may be what is to be counted.
    command = [str(paths.PYTHON), "-P", "-m", "tooling.counting", *arguments]
    if sys.version_info < (3, 11):
        command.remove("-P")
    return in_foreground(command, env)


def parser():
    parser = argparse.ArgumentParser(
        prog="bin/count",
        description="Count lines as odoo cloc does, in a folder or a Git repository, "
        "without a database: the count that a bill is made from, for anybody to check.",
        epilog="A repository that asks for a password: put user name and password or "
        f"token (for ssh: the private key's text) into the environment as {USER} and "
        f"{SECRET}. Nothing is checked out, and nothing of what is counted is run.",
    )
    parser.add_argument(
        "source",
        metavar="PATH_OR_URL",
        help="a folder (a module, or a folder of modules), a repository on disk, or "
        "the address of one: https://…, ssh://…, file://…, user@host:path",
    )
    parser.add_argument(
        "--revision",
        metavar="R",
        help="branch, tag or commit id (of an address: the full id); for a folder with "
        "a .git: count that revision, not the files as they lie there",
    )
    parser.add_argument(
        "--subdirectory",
        metavar="D",
        action="append",
        default=[],
        help="look for modules below this folder only (can be repeated)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser
