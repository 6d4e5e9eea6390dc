# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/count does, in the environment's Python, or with any Odoo 19 at hand
``PYTHONPATH=.:addons/support_instance:/path/to/odoo python3 -m tooling.counting …``."""

import json
import os
import re
import sys
import tempfile
from collections import Counter

from cloc.addresses import Source
from cloc.counter import count_folder, count_revision
from cloc.errors import CountError, RevisionMissing
from cloc.git.fetcher import fetch
from cloc.parse.rules import rules

from .count import SECRET, USER, parser


def main(arguments=None):
    options = parser().parse_args(arguments)
    try:
        count = _count(options)
    except CountError as error:
        print(f"bin/count: {error}", file=sys.stderr)
        return 1
    # JSON is UTF-8 wherever it goes; a table is for a terminal, whatever it can show.
    sys.stdout.reconfigure(
        encoding="utf-8" if options.json else None, errors="backslashreplace"
    )
    try:
        if options.json:
            print(as_json(count))
        else:
            print_table(count)
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            why = f"The count could not be written: {error.strerror}."
            print(f"bin/count: {why}", file=sys.stderr)
        # What is left of it would be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _count(options):
    path, revision = options.source, options.revision or ""
    folders = options.subdirectory
    if not os.path.isdir(path):
        if ":" not in path:
            raise RevisionMissing(f"There is no folder {path}.")
        return _count_remote(path, revision, folders)
    if revision or _is_bare(path):
        return count_revision(path, revision or "HEAD", folders)
    return count_folder(path, folders)


def _is_bare(path):
    """Whether a folder is what git makes of a repository without a work tree."""
    try:
        with open(os.path.join(path, "HEAD"), encoding="ascii") as file:
            head = file.read(1000).strip()
    except (OSError, UnicodeError):
        return False
    return bool(
        re.fullmatch(r"ref: refs/\S+|[0-9a-f]{40}([0-9a-f]{24})?", head)
    ) and all(os.path.isdir(os.path.join(path, name)) for name in ("objects", "refs"))


def _count_remote(url, revision, folders):
    # As without a revision: what the repository itself calls its head
    revision = "" if revision == "HEAD" else revision
    user, secret = os.environ.get(USER, ""), os.environ.get(SECRET, "")
    source = Source(url, revision, user, secret)
    with tempfile.TemporaryDirectory(prefix="count-") as cache:
        fetched = fetch(source, cache)
        return count_revision(
            fetched.repo_path, fetched.commit, folders, root_name=source.name
        )


def print_table(count):
    """Print the count with Odoo's own report."""
    cloc = rules().module.Cloc()
    for name, module in _by_name(count).items():
        cloc.book(name)
        for file in module.files:
            if file.error:
                cloc.book(name, f"{name}/{file.path}", (-1, file.error))
            elif not file.excluded:
                cloc.book(name, f"{name}/{file.path}", (file.code, file.total))
        if module.error:
            cloc.book(name, name, (-1, module.error))
    cloc.report(verbose=True)
    for title, value in (
        ("Revision", count.revision),
        ("Date", count.date and count.date.isoformat()),
        ("Rules", count.ruleset),
        ("Digest", count.digest),
        ("Files outside modules, not counted", len(count.outside)),
        ("Counted in another place", ", ".join(count.repeated)),
        (
            "Links, not followed",
            ", ".join(f"{x.path} -> {x.target} ({x.why})" for x in count.links),
        ),
        (
            "Files that a checkout has in another encoding, see",
            ", ".join(path for path, _id in count.reencoded),
        ),
        ("Submodules, not counted", ", ".join(each.path for each in count.submodules)),
    ):
        if value:
            print(f"{title}: {value}")


def as_json(count) -> str:
    """One object; see the handbook for its keys."""
    value = {
        "modules": {
            name: {
                "path": module.path,
                "code": module.code,
                "total": module.total,
                "excluded": module.excluded,
                "errors": module.errors,
                "digest": module.digest,
            }
            for name, module in _by_name(count).items()
        },
        "code": count.code,
        "total": count.total,
        "digest": count.digest,
        "ruleset": count.ruleset,
        "revision": count.revision or None,
        "date": count.date and count.date.isoformat(),
        "outside": len(count.outside),
        "reencoded": [path for path, _id in count.reencoded],
        "repeated": list(count.repeated),
        "links": [link._asdict() for link in count.links],
        "submodules": [each.path for each in count.submodules],
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def _by_name(count):
    """Modules by technical name, or by path where two have the same."""
    names = Counter(module.name for module in count.modules)
    return {m.name if names[m.name] == 1 else m.path: m for m in count.modules}


if __name__ == "__main__":
    sys.exit(main())
