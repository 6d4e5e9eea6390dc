# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportWorkSetup(models.TransientModel):
    """Topics that customers choose are mapped to categories of work."""

    _inherit = "support.work.setup"

    def _prepare_steps(self):
        # sudo: how many there are is told; what is opened takes rights.
        topics_sudo = (
            self.env["helpdesk.ticket.category"]
            .sudo()
            .search([("company_id", "in", (False, self.company_id.id))])
        )
        return [
            *super()._prepare_steps(),
            self._prepare_step(
                self.env._("Topics"),
                topics_sudo.filtered(lambda topic: not topic._propose_scope()),
                self.env._("Each topic of tickets proposes a category of work."),
                self.env._(
                    "Topics that propose no category of work: their tickets begin as "
                    "all others do."
                ),
            ),
        ]
