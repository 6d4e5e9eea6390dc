# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/setup takes Odoo from a Git repository where Debian has none.

The repository is a local one in the layout of Odoo's own: add-ons beside the package
`odoo`, an `odoo-bin`, files where Debian has links, and no metadata. It is made from
the tree that is unpacked here; add-ons that ours do not need come without translations,
which are most of it.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tooling import databases, linting, manifests, odoo_home, paths
from tooling.demo_repositories import git

pytestmark = pytest.mark.long

ASK = """
import odoo.release
print("RESULT", odoo.release.__file__)
print("RESULT", env.ref("account.model_account_move").model)
"""


# Debian keeps Odoo's core add-ons among the others: upstream's are these.
def is_core(name):
    return name == "base" or name.startswith("test_")


def needed():
    """The add-ons that ours need, and what Odoo would install besides."""
    found = manifests.closure([*manifests.outside(*manifests.own()), "l10n_se"])
    everything = {
        path.parent.name: manifests.read(path.parent)
        for path in (odoo_home.folder() / "odoo/addons").glob("*/__manifest__.py")
    }
    while more := {
        name
        for name, manifest in everything.items()
        if name not in found and _is_added(manifest, found)
    }:
        found |= manifests.closure(more)
    return found & set(everything)


def _is_added(manifest, installed):
    """`auto_install` is true, or lists those of the dependencies that decide."""
    wanted = manifest.get("auto_install")
    if isinstance(wanted, bool):
        wanted = manifest.get("depends", []) if wanted else None
    return wanted is not None and set(wanted) <= installed


@pytest.fixture(scope="module")
def repository():
    folder = Path(tempfile.mkdtemp(prefix="support-contract-odoo-"))
    folder.chmod(0o755)
    work = folder / "odoo.git"
    source = odoo_home.folder()
    shutil.copytree(source / "odoo", work / "odoo", ignore=without_addons)
    # Git keeps no empty folders, upstream has a file there.
    (work / "odoo/upgrade/.gitkeep").touch()
    whole = needed()
    for manifest in (source / "odoo/addons").glob("*/__manifest__.py"):
        name = manifest.parent.name
        target = work / ("odoo/addons" if is_core(name) else "addons") / name
        ignored = shutil.ignore_patterns(
            "__pycache__", *([] if name in whole else ["i18n"])
        )
        # Links are followed: upstream has the files themselves.
        shutil.copytree(manifest.parent, target, ignore=ignored)
    start = work / "odoo-bin"
    start.write_text("#!/usr/bin/env python3\nimport odoo.cli\nodoo.cli.main()\n")
    start.chmod(0o755)
    git("init", "--quiet", "--initial-branch=19.0", work)
    git("config", "core.compression", "0", cwd=work)
    commit(work, "Odoo")
    yield work
    shutil.rmtree(folder)


def without_addons(path, names):
    return names if Path(path) == odoo_home.folder() / "odoo/addons" else []


def commit(work, message):
    git("add", "--all", "--force", cwd=work)
    git("commit", "--quiet", "--message", message, cwd=work)


@pytest.fixture(scope="module")
def checkout():
    """A copy of the project's files, with nothing made yet."""
    folder = Path(tempfile.mkdtemp(prefix="support-contract-"))
    for name in linting.files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.ROOT / name, target)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment(pg):
    hidden = ("ODOO_HOME", "ODOO_RC", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    folders = os.environ["PATH"].split(os.pathsep)
    outside = [folder for folder in folders if folder != str(paths.VENV_BIN)]
    return {
        **env,
        **pg,
        "PATH": os.pathsep.join(outside),
        "SUPPORT_CACHE": str(paths.CACHE),
    }


def run(checkout, environment, *command, **options):
    return subprocess.run(
        command,
        env=environment,
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=1800,
        **options,
    )


def without_debian(environment, folder):
    """An apt-get that has lost its network."""
    folder.mkdir(exist_ok=True)
    broken = folder / "apt-get"
    broken.write_text("#!/bin/sh\necho no network >&2\nexit 100\n")
    broken.chmod(0o755)
    path = os.pathsep.join([str(folder), environment["PATH"]])
    cache = {"SUPPORT_CACHE": str(folder / "cache")}
    return {**environment, "PATH": path, **cache}


def test_a_failure_says_what_comes_next(checkout, environment, tmp_path):
    env = without_debian(environment, tmp_path / "bin")
    nowhere = (tmp_path / "nowhere").as_uri()

    both = run(checkout, {**env, "ODOO_REPOSITORY": nowhere}, "bin/setup")
    assert both.returncode
    assert f"Next: cloning {nowhere}" in both.stdout
    assert f"Cloning {nowhere} failed" in both.stdout
    assert "ODOO_HOME=FOLDER" in both.stdout

    debian = run(checkout, env, "bin/setup", "--odoo", "debian")
    assert debian.returncode
    assert "`bin/setup --odoo git`" in debian.stdout

    empty = tmp_path / "empty"
    git("init", "--quiet", "--initial-branch=19.0", empty)
    (empty / "README").write_text("Not Odoo")
    commit(empty, "Nothing")
    env = {**env, "ODOO_REPOSITORY": empty.as_uri()}
    other = run(checkout, env, "bin/setup", "--odoo", "git")
    assert other.returncode
    assert "does not contain Odoo" in other.stdout
    assert "ODOO_REPOSITORY=ADDRESS" in other.stdout

    assert run(checkout, env, "bin/setup", "--odoo", "auto").returncode


def test_odoo_comes_from_the_repository(checkout, environment, repository, pg):
    asked = {**environment, "ODOO_REPOSITORY": repository.as_uri()}
    done = run(checkout, asked, "bin/setup", "--odoo", "git")
    assert done.returncode == 0, done.stdout + done.stderr
    tree = checkout / ".build/odoo"
    assert (tree / "odoo-bin").exists()
    assert (tree / "addons/account").is_dir()
    assert not (tree / "odoo/addons/account").exists()

    # The address is remembered: later commands need not be told.
    again = run(checkout, environment, "bin/setup")
    assert "Everything was in place" in again.stdout, again.stdout

    pip = checkout / ".build/venv/bin/pip"
    listed = run(checkout, environment, pip, "list", "--format=freeze").stdout
    assert "odoo==19.0\n" in listed
    checked = run(checkout, environment, pip, "show", "odoo-addon-contract").stdout
    assert "odoo" in checked.partition("Requires:")[2].splitlines()[0]


def test_add_ons_are_installed_there_and_anew_after_a_pull(
    checkout, environment, repository, pg
):
    script = (
        "import sys\n"
        "from tooling import console, databases, postgres\n"
        "def install(arguments):\n"
        "    with postgres.running() as pg:\n"
        "        addons = ['support_contract_billing']\n"
        "        print(databases.installed_database(pg, addons))\n"
        "sys.exit(console.main(install))\n"
    )

    def installed():
        done = run(checkout, environment, "python3", "-c", script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()[-1]

    made = [installed()]
    try:
        asked = ("bin/odoo", "shell", "-d", made[0], "--no-http")
        told = run(checkout, environment, *asked, input=ASK).stdout
        results = [line for line in told.splitlines() if line.startswith("RESULT ")]
        place = checkout / ".build/odoo/odoo/release.py"
        assert results == [f"RESULT {place}", "RESULT account.move"]

        assert installed() == made[0]
        tree = checkout / ".build/odoo"
        (repository / "odoo/NEWS").write_text("Nothing that matters here")
        commit(repository, "News")
        git("pull", "--quiet", cwd=tree)
        version = "from tooling import databases; print(databases.world())"
        world = run(checkout, environment, "python3", "-c", version).stdout.strip()
        descriptions = databases.sql(
            pg,
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            f" WHERE datname = '{made[0]}'",
        )
        assert world
        assert world not in descriptions[0][0]
    finally:
        prepared = databases.sql(
            pg,
            "SELECT datname FROM pg_database WHERE"
            f" shobj_description(oid, 'pg_database') LIKE '%{checkout}%'",
        )
        for (name,) in prepared:
            databases.drop_database(pg, name)
