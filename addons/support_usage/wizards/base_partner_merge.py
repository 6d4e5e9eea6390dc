# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two customers that become one keep their metered usage, or stay two."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _check_support_merge(self, merge):
        # First: no manager can merge these.
        self._check_support_usage(merge.partners_sudo.ids)
        return super()._check_support_merge(merge)

    @api.model
    def _check_support_usage(self, partner_ids):
        """Refuse customers who have usage with the same reference.

        It would be there once too often, and PostgreSQL says so without names.

        :raise UserError: with both customers, the reference and what to do
        """
        # sudo: whoever merges contacts need not read usage.
        Usage = self.env["support.usage"].sudo()
        same = Usage._read_group(
            [("partner_id", "in", partner_ids)],
            ["company_id", "reference"],
            ["id:recordset"],
            having=[("__count", ">", 1)],
            limit=1,
        )
        for _company, reference, usages in same:
            customers = usages.sorted("id").partner_id
            raise UserError(
                self.env._(
                    "%(one)s and %(other)s both have metered usage with the reference "
                    "%(reference)s. Change the reference of one that is not charged "
                    "yet and merge them then, or leave them apart.",
                    one=customers[0].display_name,
                    other=customers[1].display_name,
                    reference=reference,
                )
            )
