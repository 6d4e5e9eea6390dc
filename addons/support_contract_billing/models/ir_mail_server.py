# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..first_steps import send_test


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    # In a new database nobody has one, and no letter leaves without.
    support_own_email = fields.Char(
        string="Your E-mail",
        compute="_compute_support_own_email",
        inverse="_inverse_support_own_email",
        help="From there your letters come, and the test goes there.",
    )

    @api.depends_context("uid")
    def _compute_support_own_email(self):
        self.support_own_email = self.env.user.email

    def _inverse_support_own_email(self):
        self.env.user.email = self[:1].support_own_email

    @api.onchange("smtp_host")
    def _onchange_support_host(self):
        """An address with its port, as providers write it."""
        host, colon, port = (self.smtp_host or "").rpartition(":")
        if colon and port.isdigit():
            self.smtp_host, self.smtp_port = host, int(port)

    def action_support_save_and_test(self):
        """The form is saved by then: a letter to who asks tells whether it works."""
        self.ensure_one()
        self.check_access("write")
        action = send_test(self.env)
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
