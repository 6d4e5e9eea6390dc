# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportCount(models.Model):
    """Code that the customer has accepted with a version upgrade."""

    _inherit = "support.count"

    def _get_accepted_digests(self):
        return [
            *super()._get_accepted_digests(),
            *self._get_upgraded_digests(self._get_done_upgrades()),
        ]

    def _get_accepted_with(self):
        """What a go-live changes was counted and approved on the upgrade's instances,
        and the customer accepted its lines and fee.
        """
        self.ensure_one()
        upgrade = self._get_done_upgrades().filtered(
            lambda upgrade: self.content_digest in self._get_upgraded_digests(upgrade)
        )[:1]
        return upgrade or super()._get_accepted_with()

    def _get_done_upgrades(self):
        return self.instance_id.upgraded_by_ids.filtered(
            lambda upgrade: upgrade.state == "done"
        )

    def _get_upgraded_digests(self, upgrades):
        counts = upgrades.upgrade_instance_ids.last_count_id
        return counts.mapped("content_digest")
