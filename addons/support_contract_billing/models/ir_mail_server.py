# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..first_steps import send_test


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def action_support_save_and_test(self):
        """The form is saved by then: a letter to who asks tells whether it works."""
        self.ensure_one()
        self.check_access("write")
        action = send_test(self.env)
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
