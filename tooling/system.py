# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Debian packages that only root can install: a browser, fonts, libraries."""

import os
import shutil
import subprocess

from .console import Failure, run
from .steps import Step

# What each group is for, so that a person without root knows what is left out.
GROUPS = {
    "the browser (tours, JS tests and screenshots)": ["chromium"],
    "the libraries of wkhtmltopdf (PDF documents)": [
        "libfontconfig1",
        "libfreetype6",
        "libx11-6",
        "libxext6",
        "libxrender1",
        "zlib1g",
    ],
    "fonts (PDF documents and screenshots)": [
        "fonts-dejavu-core",
        "fonts-liberation",
    ],
    "the file type database (python-magic)": ["libmagic1"],
    "git (sources of customers' code)": ["git"],
}


def missing():
    """{purpose: packages} of what is not on this machine."""
    names = [name for packages in GROUPS.values() for name in packages]
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${Status}\\n", *names],
        capture_output=True,
        text=True,
    ).stdout
    present = {
        line.split()[0]
        for line in answer.splitlines()
        if line.endswith(" ok installed")
    }
    # These may have come without a Debian package.
    if browser():
        present.add("chromium")
    if shutil.which("git"):
        present.add("git")
    return {
        purpose: absent
        for purpose, packages in GROUPS.items()
        if (absent := [name for name in packages if name not in present])
    }


def browser():
    """The browser's path as Odoo would find it, or None."""
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def needed_browser():
    """The same for what cannot go on without one."""
    if path := browser():
        return path
    raise Failure("There is no browser", "As root: apt-get install chromium")


class SystemPackages(Step):
    name = "system"
    title = "Debian packages: browser, fonts, libraries"

    def inputs(self):
        # What was left out is tried again when something has changed: another user,
        # another list, or a package that came or went meanwhile.
        return [GROUPS, os.geteuid() == 0, missing()]

    def make(self, log):
        absent = missing()
        if not absent:
            return
        if os.geteuid() != 0:
            # bin/setup tells at its end, each time, what is left out.
            return
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "--quiet", "--yes", "--no-install-recommends", "install"]
        names = sorted(name for packages in absent.values() for name in packages)
        advice = "Run `apt-get update`, check that it works, and run bin/setup again."
        run(
            ["apt-get", "--quiet", "update"],
            log=log,
            what="`apt-get update` failed",
            advice=advice,
            env=environment,
        )
        run(
            [*command, *names],
            log=log,
            what="Installing Debian packages failed",
            advice=advice,
            env=environment,
        )
