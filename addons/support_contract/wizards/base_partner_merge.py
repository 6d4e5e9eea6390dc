# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..contact_merge import ContactMerge, join_roles

_logger = logging.getLogger(__name__)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two contacts that become one keep what was agreed with each, or stay two."""

    _inherit = "base.partner.merge.automatic.wizard"

    def action_start_automatic_process(self):
        skipping = self.with_context(support_merge_skips=True)
        return super(
            BasePartnerMergeAutomaticWizard, skipping
        ).action_start_automatic_process()

    def parent_migration_process_cb(self):
        skipping = self.with_context(support_merge_skips=True)
        return super(
            BasePartnerMergeAutomaticWizard, skipping
        ).parent_migration_process_cb()

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        merge = ContactMerge(partners)
        try:
            self._check_support_merge(merge)
        except UserError as error:
            # A context from outside skips more, and allows nothing.
            if not self.env.context.get("support_merge_skips"):
                raise
            _logger.info("The contacts %s stay apart: %s", partners.ids, error)
            return None
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        merge.note()
        return result

    @api.model
    def _check_support_merge(self, merge):
        """Refuse to make one of contacts that have to stay apart; extend.

        An automatic merge passes over them.

        :param merge: :class:`..contact_merge.ContactMerge`
        :raise UserError: with what to do
        """
        merge.check(by_itself=self.env.context.get("support_merge_skips"))

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        join_roles(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
