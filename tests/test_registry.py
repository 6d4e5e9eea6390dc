# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What holds for every model of the suite, with all add-ons installed at once."""

from tooling import manifests, odoo

CLASSES = ("TestSupportLinks", "TestSupportMenus", "TestSupportWindows")


def test_rules_for_all_models_hold_with_all_add_ons(run_odoo, database):
    name = database(*manifests.own())
    tags = ",".join(f"/support_contract:{each}" for each in CLASSES)
    printed = run_odoo(
        *("--database", name, "--test-tags", tags, "--stop-after-init"),
        *("--http-port", odoo.free_port()),
    )
    for each in CLASSES:
        assert f"Starting {each}." in printed, printed
