# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which branches of the add-ons no test enters: coverage, in every Python process.

Whoever is started with our environment measures itself, Odoo and the processes of
tests/ alike. (Not the processes that parse customers' files: they may write nothing.)
"""

import json
import os
import shutil

from . import paths
from .console import run

FOLDER = paths.BUILD / "coverage"
REPORT = paths.LOGS / "coverage.txt"
CONFIG = FOLDER / "coveragerc"

# What money and rights depend on: beginnings of paths below the add-ons' folder.
BILLING = (
    "support_contract_billing/",
    "support_upgrade/",
    "support_usage/",
    "support_price_change/",
    "support_billing_report/",
    "support_contract_oca_contract/",
)
RIGHTS = ("right", "verdict", "condition", "upgrade")

SETTINGS = """\
[run]
branch = true
parallel = true
sigterm = true
source = {addons}
omit =
    */tests/*
    */__manifest__.py
data_file = {folder}/data
"""
# Runs at the start of every Python that has the folder on its path.
START = "import coverage\n\ncoverage.process_startup()\n"


def begin():
    """Forget what was measured, and have every process from now on measure itself."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    path = FOLDER / "path"
    path.mkdir(parents=True)
    # Nothing but coverage itself: the other tools stay away from Odoo.
    site = next(paths.TOOLS.glob("lib/python3*/site-packages"))
    (path / "coverage").symlink_to(site / "coverage")
    (path / "sitecustomize.py").write_text(START)
    CONFIG.write_text(SETTINGS.format(addons=paths.ADDONS, folder=FOLDER))
    os.environ["COVERAGE_PROCESS_START"] = str(CONFIG)


def environment():
    """What processes need to measure themselves; nothing if nobody asked for it."""
    if "COVERAGE_PROCESS_START" not in os.environ:
        return {}
    return {"PYTHONPATH": str(FOLDER / "path")}


def report():
    """Write the branches that no test entered into a file; returns lines about it."""
    del os.environ["COVERAGE_PROCESS_START"]
    command = [paths.TOOLS / "bin/python", "-m", "coverage"]
    log = paths.LOGS / "coverage.log"
    log.write_bytes(b"")
    found = FOLDER / "coverage.json"
    config = ["--rcfile", CONFIG]
    for step in (
        ["combine", *config],
        ["json", *config, "--quiet", "-o", found],
    ):
        run([*command, *step], log=log, what="Reading what was measured failed")
    files = json.loads(found.read_text())["files"]
    measured = {
        os.path.relpath(os.path.join(paths.ROOT, name), paths.ADDONS): result
        for name, result in files.items()
    }
    REPORT.write_text("".join(f"{line}\n" for line in _lines(measured)))
    groups = {
        "all add-ons": measured,
        "billing": _chosen(measured, lambda name: name.startswith(BILLING)),
        "rights": _chosen(measured, lambda name: any(w in name for w in RIGHTS)),
    }
    told = [f"{name} {_share(results)}" for name, results in groups.items()]
    return [
        f"Branches that no test enters: {', '.join(told)}.",
        f"They are listed in {paths.relative(REPORT)}.",
    ]


def _chosen(measured, condition):
    return {name: result for name, result in measured.items() if condition(name)}


def _share(measured):
    missing = sum(r["summary"]["missing_branches"] for r in measured.values())
    number = sum(r["summary"]["num_branches"] for r in measured.values())
    return f"{missing} of {number}"


def _lines(measured):
    """Each file with its branches as `from->to`; to a negative line: the end."""
    for name, result in sorted(measured.items()):
        if result["missing_branches"]:
            branches = (f"{a}->{b}" for a, b in result["missing_branches"])
            yield f"addons/{name}: {' '.join(branches)}"
