# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

# What an invoice has to say of its customer (17 kap. 24 § mervärdesskattelagen).
KEPT_FIELDS = {
    "name",
    "street",
    "street2",
    "city",
    "state_id",
    "zip",
    "country_id",
    "vat",
}


class ResPartner(models.Model):
    """Who is forgotten is so outside of bookkeeping (article 17.3 b of the GDPR)."""

    _inherit = "res.partner"

    def _is_support_named(self):
        """Whether bookkeeping material that has to be kept names this contact."""
        self.ensure_one()
        return self.env["support.former.name"]._is_named(self)

    def _prepare_company_anonymized_vals(self, anonymized_name):
        vals = super()._prepare_company_anonymized_vals(anonymized_name)
        return self._without_support_kept(vals)

    def _prepare_partner_anonymized_vals(self, anonymized_name, anonymized_email):
        vals = super()._prepare_partner_anonymized_vals(
            anonymized_name, anonymized_email
        )
        return self._without_support_kept(vals)

    def _without_support_kept(self, vals):
        if not self._is_support_named():
            return vals
        return {name: value for name, value in vals.items() if name not in KEPT_FIELDS}

    def _get_messages_domain(self):
        """Without what was written on bookkeeping material."""
        domain = Domain(super()._get_messages_domain())
        # sudo: which messages there are does not depend on who erases.
        found = self.env["mail.message"].sudo().search(domain)
        kept = found._filter_support_kept()
        return list(domain & Domain("id", "not in", kept.ids))
