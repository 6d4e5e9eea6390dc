# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The wheels of the add-ons do, where the checkout is not."""

import email
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tooling import databases, manifests, odoo_home, paths, python_env, tracing, wheels

pytestmark = pytest.mark.long

CODE = (paths.ROOT / "tooling/traced_billing.py").read_text(encoding="utf-8")
BILL = """
import json
import odoo.addons.support_contract
contract = prepare({url!r})
env.company._start_support_billing()
env["support.contract"]._cron_count_and_bill()
line = env["account.move.line"].search([
    ("move_id.partner_id", "=", contract.partner_id.id),
    ("parent_state", "=", "posted"), ("display_type", "=", "product"),
])
print("RESULT", json.dumps([
    list(odoo.addons.support_contract.__path__), line.price_subtotal > 0,
    contract.billing_error,
]))
"""


@pytest.fixture(scope="module")
def folder():
    """Outside the checkout, so that nothing of it is found by chance."""
    path = Path(tempfile.mkdtemp(prefix="support-contract-wheels-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def built(folder):
    return wheels.build(folder / "wheels")


def test_they_ask_for_what_is_there(built):
    """Each other, Odoo, and packages at versions that are tested here."""
    versions = {"odoo": odoo_home.SERIES, **python_env.pinned()}
    for wheel in built:
        name, version, *_tags = wheel.stem.split("-")
        versions[python_env.normalized(name)] = version
    for wheel in built:
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (n for n in archive.namelist() if n.endswith("/METADATA"))
            metadata = email.message_from_bytes(archive.read(name))
        assert metadata["License"] == "AGPL-3"
        assert metadata.get_payload().strip(), f"{wheel.name} has no README"
        asked = map(Requirement, metadata.get_all("Requires-Dist"))
        for requirement in asked:
            found = versions.get(python_env.normalized(requirement.name))
            assert found, f"{wheel.name} needs {requirement}"
            assert requirement.specifier.contains(found, prereleases=True)


def test_a_contract_is_billed_with_them(built, folder, pg):
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin/python"
    site = next(environment.glob("lib/python3*/site-packages"))
    # Odoo as it is here, then what requirements.txt lists, then the wheels.
    shutil.copy(next(paths.VENV.glob("lib/python3*/site-packages/odoo.pth")), site)
    downloaded = python_env.PythonEnvironment()._download(paths.LOGS / "wheels.log")
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    found = ["--find-links", downloaded, "--requirement", paths.REQUIREMENTS]
    subprocess.run([*install, *found], check=True, cwd=folder)
    subprocess.run([*install, *built], check=True, cwd=folder)

    hidden = ("ODOO_RC", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env = {**env, **pg, "PATH": f"{environment / 'bin'}{os.pathsep}{env['PATH']}"}
    name = f"test_{os.getpid()}_wheels"
    template = databases.prepared_database(pg, manifests.outside(*manifests.own()))
    databases.copy_database(pg, template, name)
    options = ["--database", name, "--data-dir", folder / "data", "--no-http"]
    addons = ",".join(manifests.own())
    try:
        shutil.copytree(databases.filestore(name), folder / "data/filestore" / name)
        _odoo(python, folder, env, "--init", addons, "--stop-after-init", *options)
        repository = tracing.make_repository(folder / "customer")
        script = CODE + BILL.format(url=repository.as_uri())
        told = _odoo(python, folder, env, "shell", *options, input=script)
    finally:
        databases.drop_database(pg, name)
    (result,) = (line for line in told.splitlines() if line.startswith("RESULT "))
    (place,), billed, error = json.loads(result.removeprefix("RESULT "))
    assert Path(place).is_relative_to(environment)
    assert billed, error


def _odoo(python, folder, env, *arguments, **options):
    done = subprocess.run(
        [python, "-m", "odoo", *map(str, arguments)],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1200,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
