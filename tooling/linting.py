# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/lint: the form of the code, of the add-ons' data, and of what they ship."""

import argparse
import functools
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from . import console, debian, lint_house, manifests, odoo, paths, setup
from .console import say

HELP = """\
Check the form of the code: ruff (check and format), pylint with pylint-odoo and OCA's
checks of XML, CSV and PO files on the add-ons, their licences and development status
(manifestoo), that they run on Python {python} (vermin) and that their README.rst and
the like are made from the fragments; prettier on XML, JS, CSS, JSON and YAML, and that
no file names a path of this machine or the host of a package registry. `--fix` corrects
what can be corrected.

And the rules of the house: one file for a model, one method of a name, sets as methods,
imports without circles and the like (tooling/lint_house.py); `--house` checks these
alone.
"""

# The oldest Python that Odoo 19 runs on. (bin/setup needs a newer one: some packages
# of requirements.txt have no release for this one any more.)
PYTHON = "3.10"

TOOLS = paths.TOOLS / "bin"
PRETTIER_SUFFIXES = {".xml", ".js", ".css", ".scss", ".json", ".yml", ".yaml"}
# Written as expressions, so that they do not find themselves.
REGISTRIES = re.compile(
    r"\b(?:(?:deb|ftp|archive|security)\.debian\.org"
    r"|(?:test\.)?(?:pypi|pythonhosted)\.org|files\.pythonhosted\.org"
    r"|registry\.npmjs\.(?:org|com)|registry\.yarnpkg\.com)\b"
)


def files():
    """The files of the project: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    if listed.returncode:
        ignored = {".git", paths.BUILD.name}
        found = (path.relative_to(paths.ROOT) for path in paths.ROOT.rglob("*"))
        return [str(path) for path in found if path.parts[0] not in ignored]
    names = sorted(set(listed.stdout.split("\0")) - {""})
    return [name for name in names if (paths.ROOT / name).is_file()]


# -- the checks: each gives its complaints as text, empty if there are none ---


def _output(*command):
    result = subprocess.run(
        [str(part) for part in command],
        cwd=paths.ROOT,
        env=odoo.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if not result.returncode:
        return ""
    text = (result.stdout + result.stderr).strip()
    return text or f"exit status {result.returncode}"


def ruff_check(names, fix):
    if fix:
        ruff_format(names, fix)  # what is too long may not be so afterwards
    command = [paths.VENV_BIN / "ruff", "check", "--quiet", "--no-cache"]
    return _output(*command, *(["--fix"] if fix else []), *_python(names))


def ruff_format(names, fix):
    command = [paths.VENV_BIN / "ruff", "format", "--quiet", "--no-cache"]
    text = _output(*command, *([] if fix else ["--check"]), *_python(names))
    if text and not fix:
        text = _output(*command, "--diff", *_python(names))
    return text


def _python(names):
    scripts = (
        name
        for name in names
        if name.startswith("bin/") and _first_line(name).endswith("python3")
    )
    return [name for name in names if name.endswith(".py")] + list(scripts)


def _first_line(name):
    with open(paths.ROOT / name, encoding="utf-8", errors="replace") as stream:
        return stream.readline().strip()


def _manifests(names):
    return [
        name for name in names if re.fullmatch(r"addons/[^/]+/__manifest__\.py", name)
    ]


def pylint(names, fix):
    addons = sorted(str(Path(name).parent) for name in _manifests(names))
    if not addons:
        return ""
    return _output(paths.PYTHON, "-m", "pylint", "--rcfile", ".pylintrc", *addons)


def oca_hooks(names, fix):
    """XML and CSV of the add-ons; prettier has its own mind about attributes."""
    if not (chosen := _manifests(names)):
        return ""
    command = [TOOLS / "oca-checks-odoo-module", "--disable=xml-tag-position"]
    return _output(*command, *(["--fix"] if fix else []), *chosen)


def oca_po(names, fix):
    """PO files, but for the breaking of lines: bin/translate writes them."""
    chosen = [name for name in names if re.fullmatch(r"addons/.*\.pot?", name)]
    if not chosen:
        return ""
    return _output(TOOLS / "oca-checks-po", "--disable=po-pretty-format", *chosen)


def manifestoo(names, fix):
    """Nothing depends on what has another licence, or is less ready than itself."""
    if not _manifests(names):
        return ""
    places = ",".join(str(folder) for folder in manifests.folders()[1:])
    command = [TOOLS / "manifestoo", "--select-addons-dir", "addons"]
    command += ["--addons-path", places, "--no-addons-path-from-import-odoo"]
    checks = (
        ["check-licenses"],
        ["check-dev-status", "--default-dev-status", "Stable"],
    )
    return "\n".join(filter(None, (_output(*command, *check) for check in checks)))


def minimum_python(names, fix):
    """The add-ons run on every Python that Odoo runs on."""
    chosen = [name for name in _python(names) if name.startswith("addons/")]
    if not chosen:
        return ""
    command = [TOOLS / "vermin", "--quiet", "--violations", "--no-tips"]
    # What is parsed or guarded by a version does not count, nor do f-strings' contents.
    return _output(*command, f"--target={PYTHON}-", *chosen)


def readme_pages(names, fix):
    """pyproject.toml, README.rst and index.html of the add-ons are current."""
    if not any(name.startswith("addons/") for name in names):
        return ""
    command = [paths.PYTHON, "-m", "tooling.readmes"]
    return _output(*command, *(["--fix"] if fix else []))


def prettier(names, fix):
    chosen = [
        name
        for name in names
        if Path(name).suffix in PRETTIER_SUFFIXES and "static/lib/" not in name
    ]
    if not chosen:
        return ""
    modules = paths.NODE / "node_modules"
    return _output(
        paths.VENV_BIN / "node",
        modules / "prettier/bin/prettier.cjs",
        f"--plugin={modules}/@prettier/plugin-xml/src/plugin.js",
        "--log-level=warn",
        "--write" if fix else "--check",
        *chosen,
    )


def machine_names(names, fix):
    """Paths and hosts of this machine, which mean nothing on another."""
    forbidden = {str(paths.ROOT): "the path of this checkout"}
    home = str(Path.home())
    if home not in ("/", "/root"):  # as a word of its own, /root may be meant
        forbidden[home] = "a home folder"
    try:
        host = urlsplit(debian.mirror()).hostname
    except console.Failure:
        host = None
    if host:
        forbidden[host] = "the host of a package mirror"
    complaints = []
    for name in names:
        data = (paths.ROOT / name).read_bytes()
        if b"\0" in data:
            continue
        text = data.decode(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            for word, what in forbidden.items():
                if word in line:
                    complaints.append(f"{name}:{number}: names {what}: {word}")
            if match := REGISTRIES.search(line):
                complaints.append(f"{name}:{number}: names a registry: {match[0]}")
    return "\n".join(complaints)


@functools.cache
def _addons():
    return lint_house.Addons(paths.ADDONS)


def _house(rule):
    def check(names, fix):
        # A rule looks at all add-ons, whatever files were asked for.
        chosen = set(names)
        with READING:
            complaints = list(rule(_addons()))
        return "\n".join(
            complaint
            for complaint in complaints
            if complaint.partition(":")[0] in chosen
        )

    return check


READING = threading.Lock()  # the trees are read once, by the rule that comes first
HOUSE = {name: _house(rule) for name, rule in lint_house.RULES.items()}

CHECKS = {
    "ruff check": ruff_check,
    "ruff format": ruff_format,
    "pylint-odoo": pylint,
    "XML and CSV": oca_hooks,
    "PO": oca_po,
    "manifests": manifestoo,
    f"Python {PYTHON}": minimum_python,
    "README pages": readme_pages,
    "prettier": prettier,
    "names of this machine": machine_names,
}


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/lint",
        description=HELP.format(python=PYTHON),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", help="only these files and folders")
    parser.add_argument("--fix", action="store_true", help="correct what can be")
    parser.add_argument(
        "--house", action="store_true", help="only the rules of the house"
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()
    setup.ensure()
    names = _chosen(options.paths)
    checks = HOUSE if options.house else {**CHECKS, **HOUSE}
    # Corrections one after the other: two tools must not write one file at once.
    with ThreadPoolExecutor(1 if options.fix else None) as pool:
        results = dict(
            zip(
                checks,
                pool.map(lambda check: check(names, options.fix), checks.values()),
                strict=True,
            )
        )
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 88
    for name, text in results.items():
        if text:
            say(f"{f'--- {name} ':-<{min(width, 88)}}\n{text}\n")
    failed = [name for name, text in results.items() if text]
    seconds = time.monotonic() - started
    if failed:
        say(f"{len(names)} files, {seconds:.0f} s. Not clean: {', '.join(failed)}")
        if not options.fix:
            say("`bin/lint --fix` corrects what can be corrected.")
        return 1
    say(f"{len(names)} files, {seconds:.0f} s. Clean: {', '.join(results)}")
    return 0


def _chosen(wanted):
    if not wanted:
        return files()
    below = [Path(path).resolve() for path in wanted]
    return [
        name
        for name in files()
        if any((paths.ROOT / name).is_relative_to(path) for path in below)
    ]
