# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, models


class SupportThreadMixin(models.AbstractModel):
    """A chatter of what the system or a customer makes, and the staff reads.

    Odoo writes down that a record was created in the language of who made it, once
    and for all readers.
    """

    _name = "support.thread.mixin"
    _description = "Chatter of a Contract's Records"
    _inherit = ["mail.thread"]

    def _creation_message(self):
        user = self.env.user
        if user.id == SUPERUSER_ID or not user._is_internal():
            self = self.with_context(lang=self._get_chatter_lang())
        return super()._creation_message()

    def _get_chatter_lang(self):
        """The language of who looks after the contract, else the company's."""
        self.ensure_one()
        reader = self.env["res.users"]
        if contract := self.contract_id:
            # Where nobody does, it is who asks: the system itself, or the customer.
            reader = contract._get_responsible_user() - self.env.user
        return reader.lang or self.company_id.partner_id.lang or self.env.lang
