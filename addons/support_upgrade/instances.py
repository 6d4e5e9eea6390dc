# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command

# How long they stay after the upgrade is live, unless somebody says so.
INSTANCE_DAYS = timedelta(days=30)


class UpgradeInstances:
    """The test and the development instance of the new version. Clauses R5, R12."""

    def __init__(self, upgrade):
        upgrade.ensure_one()
        self.upgrade = upgrade
        self.env = upgrade.env

    def create_missing(self):
        missing = {"test", "development"} - set(
            self.upgrade.upgrade_instance_ids.mapped("role")
        )
        # sudo: a consultant may start an upgrade, but not add instances as they like.
        instances_sudo = self.env["support.instance"].sudo()._with_permission()
        instances_sudo.create(
            [
                self.upgrade._prepare_instance_vals(role)
                for role in sorted(missing, reverse=True)
            ]
        )

    def prepare_vals(self, role):
        """Values of an instance that the upgrade needs.

        Its code comes from the same repositories, from the branches of the new version
        where they are named so, and the same modules are covered.
        """
        upgrade = self.upgrade
        instances = self.env["support.instance"]
        label = instances._fields["role"].convert_to_export(role, instances)
        return {
            "name": f"{label} {upgrade.to_series} ({upgrade.name})",
            "contract_id": upgrade.contract_id.id,
            "role": role,
            "billed": False,
            "series": upgrade.to_series,
            "edition": upgrade.instance_id.edition,
            "upgrade_id": upgrade.id,
            "source_ids": [
                Command.create(vals) for vals in upgrade._prepare_sources_vals()
            ],
            "module_ids": [
                Command.create(
                    {
                        "name": module.name,
                        "author": module.author,
                        "origin": module.origin,
                        "covered": module.covered,
                    }
                )
                for module in upgrade.instance_id.module_ids
            ],
        }

    def prepare_sources_vals(self):
        """Values of the sources of the new version, as far as they can be guessed."""
        upgrade = self.upgrade
        # sudo: addresses of repositories are read here, not shown.
        return [
            {
                "sequence": source.sequence,
                "kind": source.kind,
                "url": source.url,
                "branch": (source.branch or "").replace(
                    upgrade.from_series, upgrade.to_series
                ),
                "subdirectory": source.subdirectory,
                **source._prepare_next_version_vals(),
            }
            for source in upgrade.instance_id.sudo().source_ids
        ]

    def close_after_go_live(self):
        """They stay until the day that the upgrade says, else some days more."""
        upgrade = self.upgrade
        if not upgrade.date_instances_end:
            upgrade._with_permission().date_instances_end = (
                upgrade.date_done + INSTANCE_DAYS
            )
        self.close(upgrade.date_instances_end)

    def close(self, day):
        """Give them their last day. Clause R5."""
        # sudo: the day follows from the upgrade, whoever moves it on.
        # One that was agreed to be billed closes on the day that is agreed.
        open_sudo = self.upgrade.sudo().upgrade_instance_ids.filtered(
            lambda instance: instance.active and not instance.is_agreed
        )
        open_sudo.write({"date_end": day})
