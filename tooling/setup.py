# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/setup: make everything that the other commands need."""

import argparse
import sys
import time

from . import (
    node_env,
    odoo,
    odoo_home,
    odoo_tree,
    paths,
    postgres,
    python_env,
    system,
)
from .console import Failure, run, say
from .locks import exclusive
from .steps import Step, run_steps

HELP = """\
Make everything the other commands need, in the folder .build: Odoo 19 (from Debian, or
else a clone of Odoo's Git repository), Python packages and OCA add-ons (PyPI),
PostgreSQL (PyPI), the linters (PyPI, npm).

Interrupt it whenever you like: run again, it goes on where it was. With everything in
place it needs no network. As root it also installs a browser, fonts and libraries
by apt-get; without root it says what it leaves out.

  ODOO_HOME=FOLDER      use the Odoo 19 in this folder
  ODOO_REPOSITORY=ADDRESS
                        clone this repository, branch 19.0, instead of Odoo's own
  PGHOST, PGPORT, PGUSER, PGPASSWORD
                        use your PostgreSQL instead of an embedded one
  SUPPORT_CACHE=FOLDER  keep downloads here, shared between checkouts
"""

MINIMUM_PYTHON = (3, 11)


class Check(Step):
    """The parts work together; the reason is easier to see here than later."""

    name = "check"
    title = "Check that Odoo and its add-ons load"

    CODE = (
        "import odoo.addons, odoo.release, psycopg2\n"
        "from odoo.tools import config\n"
        # Where a clone has most add-ons; its server looks there by itself.
        "odoo.addons.__path__.append(config.addons_community_dir)\n"
        "import odoo.addons.base, odoo.addons.account, odoo.addons.contract\n"
        "print('Odoo', odoo.release.version)"
    )

    def __init__(self, steps):
        self.steps = steps

    def inputs(self):
        return [self.CODE, [step.key() for step in self.steps]]

    def make(self, log):
        run(
            [paths.PYTHON, "-c", self.CODE],
            log=log,
            what="Odoo cannot be imported in the new environment",
            advice="Run `bin/setup --again python`; if that does not help, remove"
            " .build and run bin/setup.",
            env=odoo.environment(),
            cwd=paths.BUILD,
        )


def steps():
    result = [system.SystemPackages()]
    if not odoo_home.is_own():
        result.append(odoo_tree.OdooTree())
    result += [python_env.PythonEnvironment(), node_env.NodePackages()]
    if not odoo_home.is_own():
        result.append(node_env.MissingFile())
    if not postgres.is_own():
        result.append(postgres.Cluster())
    result.append(Check(result[1:]))
    result.append(python_env.ToolsEnvironment())
    return result


def ensure(again=()):
    """Make what is missing; quiet and quick if nothing is. Returns what was done."""
    if sys.version_info < MINIMUM_PYTHON:
        raise Failure("The add-ons need Python 3.11 or newer", "Debian 12 has it.")
    if odoo_home.is_own():
        odoo_home.check_series()
    pending = steps()
    if not again and all(step.is_done() for step in pending):
        return 0

    def waiting():
        say("Another setup is running in this folder; waiting for it ...")

    with exclusive(paths.STAMPS.with_name("setup.lock"), waiting, inherited=True):
        return run_steps(steps(), again)


def main(arguments):
    names = [step.name for step in steps()]
    parser = argparse.ArgumentParser(
        prog="bin/setup",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--again",
        action="append",
        choices=names,
        default=[],
        metavar="STEP",
        help=f"make this anew although it is there ({', '.join(names)});"
        " `odoo` takes the newest 19.0",
    )
    parser.add_argument(
        "--odoo",
        choices=odoo_tree.WAYS,
        help="where Odoo comes from, now and later: `debian`, `git` (a clone), or"
        " `auto`, which is Debian and else a clone",
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()
    if options.odoo:
        odoo_tree.choose(options.odoo)
    done = ensure(options.again)
    if absent := system.missing():
        say("Left out, because only root can install it:")
        for purpose, packages in absent.items():
            say(f"  {purpose}: {' '.join(packages)}")
    what = f"{done} steps" if done else "Everything was in place"
    say(f"{what}, {time.monotonic() - started:.1f} s. Try: bin/odoo --help")
    return 0
