# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What holds for every model of the suite, with all add-ons installed at once."""

import subprocess

from tooling import manifests, odoo, paths

CLASSES = ("TestSupportLinks", "TestSupportWindows")


def test_rules_for_all_models_hold_with_all_add_ons(pg, database):
    name = database(*manifests.own())
    tags = ",".join(f"/support_contract:{each}" for each in CLASSES)
    result = odoo.run_odoo(
        [
            *("--database", name, "--test-tags", tags, "--stop-after-init"),
            *("--http-port", odoo.free_port()),
        ],
        pg,
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not result.returncode, result.stdout
    odoo.refuse_complaints(result.stdout)
    for each in CLASSES:
        assert f"Starting {each}." in result.stdout, result.stdout
