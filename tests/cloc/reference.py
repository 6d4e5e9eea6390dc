# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the real ``odoo cloc`` says about folders on disk."""

import json
import os
import re
import subprocess
import sys

# odoo cloc prints names as they are, so odd ones break its table: here its counter is
# asked for its figures instead. This runs in a process of its own, with all of Odoo.
_SCRIPT = """
import json, os, sys
import odoo.init
from odoo.tools.cloc import Cloc
answers = []
for path in json.load(sys.stdin):
    cloc = Cloc()
    try:
        cloc.count_path(path)
    except Exception as error:
        answers.append({"crash": repr(error)})
        continue
    name = os.path.basename(path)
    def relative(items):
        return {os.path.relpath(k, path): v for k, v in items.items()}
    answers.append({
        "code": cloc.code.get(name, 0),
        "total": cloc.total.get(name, 0),
        "files": relative(cloc.modules.get(name, {})),
        "errors": relative(cloc.errors.get(name, {})),
    })
print(json.dumps(answers))
"""


def figures(paths):
    """Per path what Odoo's counter says: {code, total, files, errors} or {crash}."""
    done = _run(["-c", _SCRIPT], json.dumps([str(path) for path in paths]))
    return json.loads(done)


def odoo_cloc(paths):
    """The table of the real command, run once for all modules.

    Returns ({module: (code, total)}, {path: (code, total)}, {path: error}).
    """
    arguments = ["-m", "odoo", "cloc", "-v"]
    for path in paths:
        arguments += ["-p", str(path)]
    return parse_table(_run(arguments))


def parse_table(text):
    modules, files, errors = {}, {}, {}
    section = ""
    for line in text.splitlines():
        if line in ("Errors",) or line.startswith("Odoo cloc"):
            section = line.split()[0]
        elif section == "Odoo" and line[-24:].split() and not line.startswith("--"):
            name, numbers = line[:-24].rstrip(), line[-24:]
            total, code = int(numbers[:8]), int(numbers[16:])
            if name.startswith("    "):
                files[name.strip()] = (code, total)
            else:
                modules[name] = (code, total)
        elif section == "Errors" and line.startswith("    "):
            # A long path and its error touch each other.
            path, error = re.fullmatch(
                r"(.*?) *(Syntax Error|Max .*)", line.strip()
            ).groups()
            errors[path] = error
    return modules, files, errors


def _run(arguments, text=""):
    # Not in a folder of add-ons: "calendar" there would hide Python's.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, "COLUMNS": "400"},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout
