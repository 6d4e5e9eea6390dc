# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..retention import get_until


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    support_detached = fields.Boolean(
        string="Was Sent with an Invoice",
        readonly=True,
        help="The invoice became a draft again, which lets go of its documents.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        """The database refuses as well, with words that fewer people understand."""
        for until in get_until(self._filter_invoice_documents()).values():
            if until > date.today():
                raise UserError(
                    self.env._(
                        "Documents of invoices are bookkeeping material. They can be "
                        "deleted from %s on.",
                        until,
                    )
                )

    def _filter_invoice_documents(self):
        return self.filtered(lambda one: one.res_model == "account.move" and one.res_id)
