# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportEvent(models.Model):
    """Granting and revoking access to adaptations is part of the history."""

    _inherit = "support.event"

    @api.model
    def _selection_kind(self):
        return [
            *super()._selection_kind(),
            ("adaptation", self.env._("Access to Adaptations")),
        ]
