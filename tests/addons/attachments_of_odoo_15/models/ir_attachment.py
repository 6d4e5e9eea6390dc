# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class IrAttachment(models.Model):
    """A search shows files of no record to the superuser only; all may be read."""

    _inherit = "ir.attachment"

    @api.model
    def search_fetch(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain) & (
                Domain("public", "=", True)
                | Domain("res_model", "=", False)
                | Domain("res_id", "!=", False)
            )
        return super().search_fetch(domain, *args, **kwargs)
