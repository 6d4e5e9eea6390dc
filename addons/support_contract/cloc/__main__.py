# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count without a database: ``bin/count``, or with any Odoo 19 at hand
``PYTHONPATH=addons/support_contract:/path/to/odoo python3 -m cloc …``."""

import argparse
import os
import sys
import tempfile

from .counter import count_folder, count_revision
from .errors import CountError, RevisionMissing
from .fetcher import fetch
from .report import as_json, print_table
from .source import Source

USER, SECRET = "SUPPORT_COUNT_USER", "SUPPORT_COUNT_SECRET"


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
        help="branch, tag or full commit id; for a folder with a .git: count that "
        "revision, not the files as they lie there",
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


def main(arguments=None):
    # pylint: disable=print-used
    options = parser().parse_args(arguments)
    try:
        count = _count(options)
    except CountError as error:
        print(f"bin/count: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(as_json(count))
    else:
        print_table(count)
    return 0


def _count(options):
    path, revision = options.source, options.revision or ""
    folders = options.subdirectory
    if not os.path.isdir(path):
        if ":" not in path:
            raise RevisionMissing(f"There is no folder {path}.")
        return _count_remote(path, revision, folders)
    is_bare = all(os.path.exists(os.path.join(path, n)) for n in ("HEAD", "objects"))
    if revision or is_bare:
        return count_revision(path, revision or "HEAD", folders)
    return count_folder(path, folders)


def _count_remote(url, revision, folders):
    user, secret = os.environ.get(USER, ""), os.environ.get(SECRET, "")
    source = Source(url, revision, user, secret)
    with tempfile.TemporaryDirectory(prefix="count-") as cache:
        fetched = fetch(source, cache)
        return count_revision(
            fetched.repo_path, fetched.commit, folders, root_name=source.name
        )


if __name__ == "__main__":
    sys.exit(main())
