# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Where setup takes Odoo from: Debian's package, or else Odoo's Git repository.

Debian has Odoo 19 in its unstable suite only, so one day it will not. The way that was
asked for by `bin/setup --odoo` is remembered, and later commands keep to it.
"""

import json
import os
import shutil

from . import debian, odoo_home, paths
from .console import Failure, run, say
from .steps import Step, write_atomically

REPOSITORY = "https://github.com/odoo/odoo.git"
CHOICE = paths.STAMPS / "odoo-choice"
AUTO, DEBIAN, GIT = "auto", "debian", "git"
WAYS = (AUTO, DEBIAN, GIT)

OTHER_WAYS = {
    DEBIAN: "`bin/setup --odoo git` clones Odoo's Git repository instead.",
    GIT: "ODOO_REPOSITORY=ADDRESS names another repository with the branch"
    f" {odoo_home.SERIES}; `bin/setup --odoo debian` takes Debian's package.",
}
OWN = "ODOO_HOME=FOLDER uses an Odoo 19 that you have."


def choose(way):
    """Remember which way was asked for, and the address that goes with it."""
    if way == AUTO:
        CHOICE.unlink(missing_ok=True)
        return
    choice = {"way": way, **({"repository": _repository()} if way == GIT else {})}
    write_atomically(CHOICE, json.dumps(choice))


def _chosen():
    try:
        return json.loads(CHOICE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"way": AUTO}


def _repository():
    return os.environ.get("ODOO_REPOSITORY") or REPOSITORY


class OdooTree(Step):
    name = "odoo"

    @property
    def title(self):
        if _chosen()["way"] == GIT:
            return f"Odoo {odoo_home.SERIES} from its Git repository"
        return "Odoo 19 from Debian (122 MB, 1.2 GB unpacked)"

    def inputs(self):
        choice = _chosen()
        if choice["way"] == GIT:
            return [choice, odoo_home.SERIES]
        # Without a choice a clone will do as well, if Debian had nothing.
        return debian.PACKAGES

    def products(self):
        return [paths.ODOO_TREE]

    def make(self, log):
        new = paths.ODOO_TREE.with_name("odoo.new")
        way = _chosen()["way"]
        if way == GIT:
            self._clone(new, log)
        elif way == DEBIAN:
            self._unpack(new, log)
        else:
            try:
                self._unpack(new, log)
            except Failure as failure:
                say(f"      {failure.what}.")
                say(f"      Next: cloning {_repository()} ...")
                self._clone(new, log)
        _remove(paths.ODOO_TREE)
        os.rename(new, paths.ODOO_TREE)

    def _unpack(self, new, log):
        _remove(new)
        try:
            debian.unpack(new, log, self.again)
        except Failure as failure:
            advice = f"{failure.advice}\n{OTHER_WAYS[DEBIAN]} {OWN}"
            raise Failure(failure.what, advice.strip(), failure.log) from failure

    def _clone(self, new, log):
        _remove(new)
        if not shutil.which("git"):
            raise Failure(
                "git is missing: Odoo's repository cannot be cloned",
                f"Install git and run bin/setup again. {OTHER_WAYS[GIT]} {OWN}",
            )
        address = _chosen().get("repository") or _repository()
        options = ["--depth", "1", "--single-branch", "--branch", odoo_home.SERIES]
        run(
            ["git", "clone", "--quiet", *options, "--", address, new],
            log=log,
            what=f"Cloning {address} failed",
            advice=f"Check that this machine reaches it and run bin/setup again.\n"
            f"{OTHER_WAYS[GIT]} {OWN}",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
        if not (new / "odoo/release.py").is_file():
            raise Failure(
                f"{address} does not contain Odoo", f"{OTHER_WAYS[GIT]} {OWN}"
            )
        if (found := odoo_home.series(new)) != odoo_home.SERIES:
            raise Failure(
                f"The branch {odoo_home.SERIES} of {address} has Odoo {found}",
                f"{OTHER_WAYS[GIT]} {OWN}",
            )


def _remove(folder):
    if folder.exists():
        shutil.rmtree(folder)
