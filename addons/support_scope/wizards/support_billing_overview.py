# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..time_waiting import WaitingTime


class SupportBillingOverview(models.TransientModel):
    """Time that waits stands apart: by whom it waits for, and how old it is."""

    _inherit = "support.billing.overview"

    def _get_waiting_work(self):
        # sudo: whoever reviews a month need not read the time of others; what they
        # open is what they may read.
        return [*super()._get_waiting_work(), *WaitingTime(self.sudo().env).find()]
