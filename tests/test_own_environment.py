# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/setup without root, with an Odoo and a PostgreSQL that are already there.

Real ones: the Odoo that setup unpacked here, and a server of this test run.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tooling import linting, odoo_home, paths, postgres

ASK = """
import odoo.release
env.cr.execute("SHOW data_directory")
print("odoo", odoo.release.__file__)
print("server", env.cr.fetchone()[0])
"""


def unprivileged(*command):
    """The command as a user who may read everything and write nothing of ours."""
    return postgres.as_server_user(command, "dac_read_search")


@pytest.fixture(scope="module")
def checkout():
    """A copy of the project's files that belongs to an unprivileged user."""
    folder = Path(tempfile.mkdtemp(prefix="support-contract-"))
    folder.chmod(0o755)
    project = folder / "project"
    for name in linting.files():
        target = project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.ROOT / name, target)
    # Downloads are shared, but nothing of ours is written to.
    for name in ("wheels", "wheels-of-tools"):
        shutil.copytree(paths.CACHE / name, folder / "cache" / name)
    if user := postgres.server_user():
        subprocess.run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", folder])
    yield project
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment(checkout, pg):
    """Where the Odoo and the server are, as a person would say it."""
    hidden = ("ODOO_RC", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    folders = os.environ["PATH"].split(os.pathsep)
    outside = [folder for folder in folders if folder != str(paths.VENV_BIN)]
    return {
        **env,
        **pg,
        "PATH": os.pathsep.join(outside),
        "SUPPORT_CACHE": str(checkout.parent / "cache"),
        "ODOO_HOME": str(odoo_home.folder()),
    }


def run(environment, checkout, *command, **options):
    return subprocess.run(
        unprivileged(*command),
        env=environment,
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=900,
        **options,
    )


def test_setup_takes_what_is_there(checkout, environment, database):
    done = run(environment, checkout, "bin/setup")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (checkout / ".build/odoo").exists()
    assert not (checkout / ".build/pg/cluster").exists()

    name = database()
    answer = run(environment, checkout, "bin/odoo", "shell", "-d", name, input=ASK)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    told = dict(line.split(" ", 1) for line in answer.stdout.splitlines()[-2:])
    assert Path(told["odoo"]).is_relative_to(odoo_home.folder())
    assert Path(told["server"]) == paths.POSTGRES / "cluster"


def test_without_root_setup_says_what_it_leaves_out(checkout, environment):
    """On a machine where none of the Debian packages is installed."""
    empty = checkout.parent / "no-packages"
    empty.mkdir()
    query = empty / "dpkg-query"
    query.write_text("#!/bin/sh\nexit 1\n")
    query.chmod(0o755)
    folders = [str(empty), environment["PATH"]]
    bare = {**environment, "PATH": os.pathsep.join(folders)}
    done = run(bare, checkout, "bin/setup")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Left out, because only root can install it:" in done.stdout
    assert "fonts-dejavu-core" in done.stdout
