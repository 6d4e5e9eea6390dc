# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.support_instance.cloc import CountError


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def _count_or_note_failure(self):
        """Count one instance; what goes wrong is written down, not raised."""
        self.ensure_one()
        try:
            self._record_count(self._read_sources())
        except CountError as error:
            self.count_error = str(error)
