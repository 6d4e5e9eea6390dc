# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.support_contract.cloc import CountError


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def _count_or_note_failure(self):
        """Count one instance; what goes wrong is written down, not raised."""
        self.ensure_one()
        try:
            self._record_count(self._read_sources())
        except CountError as error:
            self.count_error = str(error)

    def _count_for_billing(self):
        """Count one instance unattended: a failure is written down, not raised.

        Ends the transaction before the sources are read, so that nothing is locked
        while the network answers, and commits what came out of it.
        """
        self.ensure_one()
        self._count_unattended()
