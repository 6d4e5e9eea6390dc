# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The virtual environment: Odoo by a .pth file, everything else by pip."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

from . import debian, odoo_home, paths
from .console import Failure, run
from .locks import exclusive
from .steps import Step, write_atomically

ADVICE = (
    "Check that pip reaches its package index (its own configuration and proxy settings"
    " are used) and run bin/setup again."
)


class PythonEnvironment(Step):
    name = "python"
    title = "Python packages and OCA add-ons"

    def inputs(self):
        return [
            paths.REQUIREMENTS.read_text(),
            sys.version,
            sys.executable,
            str(paths.VENV),
            str(odoo_home.folder()),
        ]

    def products(self):
        return [paths.PYTHON, paths.VENV_BIN / "wkhtmltopdf"]

    def make(self, log):
        if paths.VENV.exists():
            shutil.rmtree(paths.VENV)
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
            [paths.PYTHON, "-c", asked], capture_output=True, text=True
        ).stdout
        return answer == f"{sys.version}\n{paths.VENV}\n"

    def _create(self, log):
        what = "Making the virtual environment failed"
        command = [sys.executable, "-m", "venv"]
        if importlib.util.find_spec("ensurepip"):
            run([*command, paths.VENV], log=log, what=what)
            return
        # Debian keeps ensurepip in the package python3-venv; pip's wheel runs as is.
        run([*command, "--without-pip", paths.VENV], log=log, what=what)
        wheels = sorted(debian.PIP_WHEELS.glob("pip-*.whl"))
        if not wheels:
            raise Failure(
                "This Python has no pip", "Install Debian's package python3-venv."
            )
        run(
            [
                paths.PYTHON,
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
        site = next(paths.VENV.glob("lib/python3*/site-packages"))
        write_atomically(site / "odoo.pth", f"{odoo_home.folder()}\n")
        wheels = self._download(log)
        run(
            [
                *_pip(),
                "install",
                "--no-index",
                "--find-links",
                wheels,
                "--no-deps",
                # Python compiles what is used, where odoo.environment() says.
                "--no-compile",
                "--requirement",
                paths.REQUIREMENTS,
            ],
            log=log,
            what="Installing the Python packages failed",
            advice=f"Remove {paths.relative(wheels)} and run bin/setup again.",
            env=_pip_environment(),
        )
        # Odoo looks for this name on the PATH.
        link = paths.VENV_BIN / "wkhtmltopdf"
        link.unlink(missing_ok=True)
        link.symlink_to("wkhtmltopdf-pack")

    def _download(self, log):
        """A folder with all packages ready to install, kept for the next time."""
        asked = f"{paths.REQUIREMENTS.read_text()} {sys.version}"
        key = hashlib.sha256(asked.encode()).hexdigest()[:12]
        wheels = paths.CACHE / "wheels" / key
        with exclusive(paths.CACHE / "wheels.lock"):
            if wheels.is_dir():
                return wheels
            new = wheels.with_name("new")
            if new.exists():
                shutil.rmtree(new)
            new.mkdir(parents=True)
            run(
                # --no-deps: every package is listed, and openupgradelib's psycopg2
                # would need a compiler where psycopg2-binary does not.
                [*_pip(), "wheel", "--no-deps", "--wheel-dir", new]
                + ["--requirement", paths.REQUIREMENTS],
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
        wanted = {"odoo", "pip", "setuptools"} | set(pinned())
        listed = subprocess.run(
            [*_pip(), "list", "--local", "--format", "json"],
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
                [*_pip(), "uninstall", "--yes", *others],
                log=log,
                what="Removing Python packages that are no longer required failed",
                env=_pip_environment(),
            )


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned():
    """The packages of requirements.txt, as {normalized name: version}."""
    lines = paths.REQUIREMENTS.read_text().splitlines()
    pins = (line.partition("==") for line in lines if "==" in line and line[0] != "#")
    return {normalized(name.strip()): version.strip() for name, _eq, version in pins}


def _pip():
    return [paths.PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def _pip_environment():
    return {**os.environ, "PIP_CACHE_DIR": str(paths.CACHE / "pip")}
