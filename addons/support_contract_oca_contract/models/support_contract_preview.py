# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date

from ..carrying import KEY, Carrying


class SupportContract(models.Model):
    """A preview says which document will carry the charges."""

    _inherit = "support.contract"

    def _get_previewed(self, day):
        """The recurring contract takes all that is due or waits, without grace days."""
        carried = self.filtered("is_carried")
        previewed = super(SupportContract, self - carried)._get_previewed(day)
        carried = carried.with_context(**{KEY: Carrying()})
        waiting = carried._get_pending_charges(day).contract_id
        waiting |= carried._get_open_usages(day).contract_id
        carried = carried.filtered(
            lambda contract: contract in waiting or contract._has_due_services(day)
        )
        return [*previewed, carried]

    def _preview_grouping_key(self):
        """All support contracts of a recurring contract share its invoice."""
        if self.is_carried:
            # sudo: the preview is shown to consultants, who need not see it.
            return ("carrier", self.sudo().carrier_contract_id.id)
        return super()._preview_grouping_key()

    def _split_preview_charges(self, charges):
        """What the recurring contract asks for makes room for what is given back."""
        if self[:1].is_carried:
            return [charges]
        return super()._split_preview_charges(charges)

    def _get_carrying_document(self):
        if not self[:1].is_carried:
            return super()._get_carrying_document()
        # sudo: see _preview_grouping_key.
        carrier_sudo = self.sudo().carrier_contract_id
        names = {
            "carrier": carrier_sudo.name,
            "days": max(self.mapped("carrier_grace_days")),
        }
        day = carrier_sudo.recurring_next_date
        if not (day and carrier_sudo.active):
            return self.env._(
                "The recurring contract %(carrier)s makes no invoice any more: an "
                "invoice of their own, %(days)s days after they are due.",
                **names,
            )
        return self.env._(
            "The invoice of the recurring contract %(carrier)s on %(day)s; an invoice "
            "of their own if there is none %(days)s days after they are due.",
            day=format_date(self.env, day),
            **names,
        )
