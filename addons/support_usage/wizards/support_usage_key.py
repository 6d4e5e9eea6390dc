# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_users import check_identity

from ..controllers.usage import SCOPE

LONGEST_DAYS = 366


class SupportUsageKey(models.TransientModel):
    """Make a key for a program that reports metered usage.

    It is one of Odoo's API keys, good for `/support/usage` and for nothing else: kept
    as a hash, listed and revoked in the user's own preferences.
    """

    _name = "support.usage.key"
    _description = "Key for Reporting Usage"
    _inherit = "support.window.mixin"

    name = fields.Char(
        string="Used By", required=True, help="The program that reports usage."
    )
    date_end = fields.Date(
        string="Valid Until",
        required=True,
        default=lambda self: fields.Date.today() + relativedelta(days=LONGEST_DAYS - 1),
        help="A year at most; make a new key before that day.",
    )

    @check_identity
    def action_create_key(self):
        self.ensure_one()
        if not self.env["support.usage"].has_access("create"):
            raise AccessError(self.env._("Only an accountant can report usage."))
        longest = fields.Date.today() + relativedelta(days=LONGEST_DAYS)
        end = min(self.date_end, longest)
        # sudo: a year is longer than what users may choose for keys to everything.
        key = (
            self.env["res.users.apikeys"]
            .sudo()
            ._generate(SCOPE, self.name, fields.Datetime.to_datetime(end))
        )
        self.unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("Key Ready"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }
