# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..work_specification import (
    note_included_time,
    prepare_charged_time,
    prepare_included_work,
)


class AccountMove(models.Model):
    """The page beside an invoice shows the time on it, and what the fee included."""

    _inherit = "account.move"

    def _get_support_specification(self):
        page = super()._get_support_specification()
        time = page["others"].filtered(lambda charge: charge.kind == "time")
        # sudo: whoever opens the page need not read the time of others.
        return page | {
            "others": page["others"] - time,
            "time": prepare_charged_time(time.sudo()),
        }

    def _get_support_included_work(self):
        included = super()._get_support_included_work()
        # sudo: see above.
        return included + prepare_included_work(self.sudo())

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        # sudo: see above.
        note_included_time(posted.sudo())
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        # sudo: see above. It stands on the next invoice instead.
        self.env["account.analytic.line"].sudo().search(
            [("support_shown_move_id", "in", self.ids)]
        ).support_shown_move_id = False
        return result
