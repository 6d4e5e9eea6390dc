# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/translate: the texts of our add-ons, ready to be translated."""

import argparse
import os
import re
import subprocess

from . import databases, manifests, odoo, paths, postgres, setup
from .console import run, say

HELP = """\
Write the texts of our add-ons anew into i18n/ADDON.pot, as they are in the code now,
and bring every translation beside it (sv.po) up to date: what is translated stays,
what the same words are called in another add-on of ours is taken over, what is no more
goes. What is left without a translation is printed; write it into the .po file. The
exit status is 1 as long as something is.
"""

DATES = re.compile(r'^"(POT-Creation|PO-Revision)-Date: .*\n', re.MULTILINE)


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/translate",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    setup.ensure()
    addons = sorted(manifests.own())
    before = {path: path.read_text() for path in paths.ADDONS.glob("*/i18n/*.po*")}
    # An add-on that changes others when it is installed comes alone, after them.
    apart = [name for name in addons if "post_init_hook" in manifests.own()[name]]
    with postgres.running() as pg:
        export(pg, addons, apart)
        export(pg, sorted(set(addons) - set(apart)))
    # With the packages of the environment: the file format is polib's business.
    command = [paths.PYTHON, "-m", "tooling.translation_files", *addons]
    status = subprocess.run(list(map(str, command)), cwd=paths.ROOT).returncode
    for path, text in before.items():
        # An export without a change is none: its date alone is kept out of the history.
        if DATES.sub("", path.read_text()) == DATES.sub("", text):
            path.write_text(text)
    return status


def export(pg, addons, written=None):
    """Odoo's own export, from a database that has nothing but these add-ons.

    :param written: those of them whose templates are written; by default all
    """
    database = f"translate_{os.getpid()}"
    template = databases.installed_database(pg, addons)
    databases.copy_database(pg, template, database)
    try:
        say("Writing the templates ...")
        run(
            odoo.command(
                "i18n", "export", "--database", database, *(written or addons)
            ),
            log=paths.LOGS / "translate.log",
            what="Odoo could not export the texts",
            env=odoo.environment(pg),
            cwd=paths.ROOT,
        )
    finally:
        databases.drop_database(pg, database)
