# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The virtual environments: Odoo by a .pth file, everything else by pip."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import debian, odoo_home, paths
from .console import Failure, run
from .locks import exclusive
from .steps import Step, write_atomically

ADVICE = (
    "Check that pip reaches its package index (its own configuration and proxy settings"
    " are used) and run bin/setup again."
)


class Environment(Step):
    """A virtual environment with the packages of one file of requirements."""

    folder = None
    requirements = None

    @property
    def python(self):
        return self.folder / "bin/python"

    def inputs(self):
        return [
            self.requirements.read_text(),
            sys.version,
            sys.executable,
            str(self.folder),
        ]

    def products(self):
        return [self.python]

    def make(self, log):
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self._create(log)
        self._install(log)

    def make_over(self, log):
        # Only changed requirements: other commands may be using the environment,
        # so bring it up to date in place. Everything else: from nothing.
        if self.again or not self._same_python():
            return self.make(log)
        self._install(log)
        self._uninstall_others(log)

    def _same_python(self):
        asked = "import sys; print(sys.version, sys.prefix, sep='\\n')"
        answer = subprocess.run(
            [self.python, "-c", asked], capture_output=True, text=True
        ).stdout
        return answer == f"{sys.version}\n{self.folder}\n"

    def _create(self, log):
        what = "Making the virtual environment failed"
        command = [sys.executable, "-m", "venv"]
        if importlib.util.find_spec("ensurepip"):
            run([*command, self.folder], log=log, what=what)
            return
        # Debian keeps ensurepip in the package python3-venv; pip's wheel runs as is.
        run([*command, "--without-pip", self.folder], log=log, what=what)
        # Unpacked beside Debian's Odoo; a clone of Odoo has none.
        wheels = [
            wheel
            for root in (Path("/"), paths.ODOO_TREE)
            for wheel in sorted((root / debian.WHEELS).glob("pip-*.whl"))
        ]
        if not wheels:
            raise Failure(
                "This Python has no pip",
                "Install Debian's package python3-venv and run bin/setup again.",
            )
        run(
            [
                self.python,
                wheels[-1] / "pip",
                "install",
                "--no-index",
                "--no-deps",
                wheels[-1],
            ],
            log=log,
            what="Installing pip failed",
        )

    def _install(self, log):
        wheels = self._download(log)
        run(
            [
                *self._pip(),
                "install",
                "--no-index",
                "--find-links",
                wheels,
                "--no-deps",
                # Python compiles what is used, where odoo.environment() says.
                "--no-compile",
                "--requirement",
                self.requirements,
            ],
            log=log,
            what="Installing the Python packages failed",
            advice=f"Remove {paths.relative(wheels)} and run bin/setup again.",
            env=_pip_environment(),
        )

    def _download(self, log):
        """A folder with all packages ready to install, kept for the next time."""
        asked = f"{self.requirements.read_text()} {sys.version}"
        key = hashlib.sha256(asked.encode()).hexdigest()[:12]
        wheels = self.downloads / key
        with exclusive(self.downloads.with_name(f"{self.downloads.name}.lock")):
            if wheels.is_dir():
                return wheels
            new = wheels.with_name("new")
            if new.exists():
                shutil.rmtree(new)
            new.mkdir(parents=True)
            run(
                # --no-deps: every package is listed, and openupgradelib's psycopg2
                # would need a compiler where psycopg2-binary does not.
                [*self._pip(), "wheel", "--no-deps", "--wheel-dir", new]
                + ["--requirement", self.requirements],
                log=log,
                what="Downloading the Python packages failed",
                advice=ADVICE,
                env=_pip_environment(),
            )
            os.rename(new, wheels)
            self._forget_old(wheels)
        return wheels

    def _forget_old(self, wheels):
        others = [path for path in wheels.parent.iterdir() if path != wheels]
        for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-1]:
            shutil.rmtree(path)

    def _uninstall_others(self, log):
        wanted = {"odoo", "pip", "setuptools"} | set(pinned(self.requirements))
        listed = subprocess.run(
            [*self._pip(), "list", "--local", "--format", "json"],
            capture_output=True,
            text=True,
            env=_pip_environment(),
        ).stdout
        others = [
            package["name"]
            for package in json.loads(listed or "[]")
            if normalized(package["name"]) not in wanted
        ]
        if others:
            run(
                [*self._pip(), "uninstall", "--yes", *others],
                log=log,
                what="Removing Python packages that are no longer required failed",
                env=_pip_environment(),
            )

    def _pip(self):
        return [self.python, "-m", "pip", "--disable-pip-version-check", "--no-input"]


class PythonEnvironment(Environment):
    """What runs Odoo."""

    name = "python"
    title = "Python packages and OCA add-ons"
    folder = paths.VENV
    requirements = paths.REQUIREMENTS
    downloads = paths.CACHE / "wheels"

    def inputs(self):
        return [*super().inputs(), str(odoo_home.folder())]

    def products(self):
        return [*super().products(), paths.VENV_BIN / "wkhtmltopdf"]

    def _install(self, log):
        site = next(paths.VENV.glob("lib/python3*/site-packages"))
        write_atomically(site / "odoo.pth", f"{odoo_home.folder()}\n")
        _write_metadata(site)
        super()._install(log)
        # Odoo looks for this name on the PATH.
        link = paths.VENV_BIN / "wkhtmltopdf"
        link.unlink(missing_ok=True)
        link.symlink_to("wkhtmltopdf-pack")


class ToolsEnvironment(Environment):
    """What checks, measures and packs the add-ons, apart from what runs them."""

    name = "tools"
    title = "Linters and other tools"
    folder = paths.TOOLS
    requirements = paths.REQUIREMENTS_OF_TOOLS
    downloads = paths.CACHE / "wheels-of-tools"


def _write_metadata(site):
    """Tell pip that Odoo is installed, where its own folder does not.

    Packages of add-ons ask for it by that name. Debian's package brings it, a clone of
    Odoo's repository does not.
    """
    series = odoo_home.SERIES
    ours = site / f"odoo-{series}.dist-info"
    folder = odoo_home.folder()
    if any(path for path in folder.glob("odoo-*-info") if path.is_dir()):
        shutil.rmtree(ours, ignore_errors=True)
        return
    write_atomically(
        ours / "METADATA", f"Metadata-Version: 2.1\nName: odoo\nVersion: {series}\n"
    )
    write_atomically(ours / "INSTALLER", "bin/setup\n")
    names = ("METADATA", "INSTALLER", "RECORD")
    write_atomically(
        ours / "RECORD", "".join(f"{ours.name}/{name},,\n" for name in names)
    )


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(requirements=paths.REQUIREMENTS):
    """The packages of such a file, as {normalized name: version}."""
    lines = requirements.read_text().splitlines()
    pins = (line.partition("==") for line in lines if "==" in line and line[0] != "#")
    return {normalized(name.strip()): version.strip() for name, _eq, version in pins}


def _pip_environment():
    return {**os.environ, "PIP_CACHE_DIR": str(paths.CACHE / "pip")}
