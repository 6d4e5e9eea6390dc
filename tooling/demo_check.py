# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The second opinion: Odoo's own `odoo cloc` on a checkout of what was counted."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from . import odoo
from .console import Failure
from .demo_repositories import git

# The table of `odoo cloc`: module, all lines, other, code.
ROW = re.compile(r"(?P<name>\S+) +(?P<total>\d+) +\d+ +(?P<code>\d+)")


def compare(counts, folder):
    """Compare every module of these counts with `odoo cloc`.

    :param counts: as demo_fill.read_back() gives them
    :return: (number of modules compared, list of differences as sentences)
    """
    shutil.rmtree(folder, ignore_errors=True)
    checkouts = {}
    for source in _sources(counts):
        key = (source["url"], source["revision"])
        if key not in checkouts:
            checkouts[key] = folder / f"{len(checkouts)}"
            checkout(*key, checkouts[key])
    # One process for each checkout: odoo cloc tells modules by their name alone.
    wanted = {}
    for source in _sources(counts):
        root = checkouts[source["url"], source["revision"]]
        wanted.setdefault(root, set()).update(find_modules(root, source["folders"]))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = dict(
            zip(wanted, pool.map(_cloc, wanted, wanted.values()), strict=True)
        )
    compared, differences = 0, []
    for count in counts:
        lines = 0
        for source in count["sources"]:
            root = checkouts[source["url"], source["revision"]]
            theirs = {
                path: answers[root][path]
                for path in find_modules(root, source["folders"])
            }
            ours = {path: tuple(row) for path, row in source["modules"].items()}
            compared += len(theirs.keys() | ours.keys())
            lines += sum(code for code, _total, _errors in theirs.values())
            where = f"{count['instance']}, {source['url']} at {source['revision'][:10]}"
            differences += [
                f"{where}, {path}: counted {ours.get(path, 'nothing')},"
                f" odoo cloc {theirs.get(path, 'nothing')} (code, all lines, errors)"
                for path in sorted(theirs.keys() | ours.keys())
                if theirs.get(path) != ours.get(path)
            ]
        if lines != count["lines"]:
            differences.append(
                f"{count['instance']}: billed {count['lines']} lines, odoo cloc {lines}"
            )
    shutil.rmtree(folder, ignore_errors=True)
    return compared, differences


def _sources(counts):
    return [source for count in counts for source in count["sources"]]


def checkout(url, revision, target):
    """The files of one commit, as everybody else would get them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    git("clone", "--quiet", "--no-checkout", url, target)
    git("checkout", "--quiet", "--detach", revision, cwd=target)


def find_modules(root, folders=""):
    """Paths of the outermost folders with a manifest, below some folders of a root."""
    asked = [part.strip().strip("/") for part in folders.split(",")]
    found = set()
    for top in asked:
        for folder, below, files in os.walk(root / top):
            below[:] = sorted(name for name in below if name != ".git")
            if "__manifest__.py" in files:
                found.add(os.path.relpath(folder, root))
                below.clear()
    return found


def _cloc(root, modules):
    """{path: (code, all lines, errors)} as `odoo cloc` says."""
    by_name = {os.path.basename(path): path for path in sorted(modules)}
    if len(by_name) != len(modules):
        raise Failure(f"Two modules of {root} have the same name")
    arguments = [part for path in modules for part in ("-p", root / path)]
    # A wide terminal, so that names and numbers stay apart.
    env = odoo.environment() | {"COLUMNS": "400"}
    result = subprocess.run(
        odoo.command("cloc", *arguments), env=env, capture_output=True, text=True
    )
    if result.returncode:
        raise Failure(f"odoo cloc failed:\n{result.stderr[-4000:]}")
    report, _separator, failed = result.stdout.partition("\nErrors\n")
    errors = {name: 0 for name in by_name}
    name = None
    for line in failed.splitlines():
        if line.strip() in by_name and not line.startswith(" "):
            name = line.strip()
        elif line.startswith(" ") and line.strip():
            errors[name] += 1
    answer = {
        by_name[match["name"]]: (
            int(match["code"]),
            int(match["total"]),
            errors[match["name"]],
        )
        for line in report.splitlines()
        if (match := ROW.fullmatch(line.strip())) and match["name"] in by_name
    }
    if missing := modules - answer.keys():
        raise Failure(f"odoo cloc says nothing about {', '.join(sorted(missing))}")
    return answer
