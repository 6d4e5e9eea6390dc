# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from stdnum import luhn

from odoo import api, fields, models

from odoo.addons.account_edi_ubl_cii.models.account_edi_common import EAS_MAPPING

from ..organisation import find

# Swedish receivers are registered under the organisation number. 9955, the VAT number,
# left Peppol's list of codes in 2023.
ORGANISATION, GONE = "0007", "9955"
# GLN, DUNS and LEI: of no country, though some countries take the first by default.
INTERNATIONAL = ("0088", "0060", "0199")
# First digits of organisation numbers of companies, authorities and associations; those
# of VAT groups begin with 6, and a person's number has a month in digits 3 and 4.
LEGAL_FORMS = "25789"


class ResPartner(models.Model):
    """A Swedish customer's address in Peppol: 0007 and ten digits."""

    _inherit = "res.partner"

    l10n_se_long_terms_approved = fields.Boolean(
        string="More Than 30 Days Approved",
        tracking=True,
        help="You have approved expressly that this customer pays later than 30 days "
        "after the invoice (2 a § räntelagen). Never for public customers.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "l10n_se_long_terms_approved"]

    @api.depends(lambda self: self._peppol_eas_endpoint_depends())
    def _compute_peppol_eas(self):
        swedish = self.filtered(lambda one: one._deduce_country_code() == "SE")
        for partner in swedish:
            chosen = partner.peppol_eas
            kept = chosen and not _is_replaced(chosen)
            partner.peppol_eas = chosen if kept else ORGANISATION
        return super(ResPartner, self - swedish)._compute_peppol_eas()

    @api.depends(lambda self: self._peppol_eas_endpoint_depends() + ["peppol_eas"])
    def _compute_peppol_endpoint(self):
        swedish = self.filtered(
            lambda one: (
                one._deduce_country_code() == "SE" and one.peppol_eas == ORGANISATION
            )
        )
        for partner in swedish:
            digits = re.sub(r"\D", "", partner.peppol_endpoint or "")
            # What somebody typed stays.
            kept = len(digits) == 10 and luhn.is_valid(digits) and digits
            partner.peppol_endpoint = kept or partner._l10n_se_get_org_number()
        return super(ResPartner, self - swedish)._compute_peppol_endpoint()

    def _l10n_se_get_org_number(self):
        """The ten digits of the organisation number, or nothing.

        Out of a VAT number only where it is an organisation's: not a sole trader's,
        which is a personal number, nor a VAT group's, which is nobody's.
        """
        self.ensure_one()
        if digits := find(re.sub(r"\D", "", self.company_registry or "")):
            return digits
        vat = re.fullmatch(r"SE(\d{10})\d{2}", re.sub(r"\W", "", self.vat or ""))
        digits = vat and vat[1] or ""
        if digits and digits[0] in LEGAL_FORMS and digits[2] >= "2":
            return digits if luhn.is_valid(digits) else False
        return False


def _is_replaced(code):
    """Whether a code belongs to another country, or to none any more."""
    if code in INTERNATIONAL:
        return False
    others = {
        one
        for country, codes in EAS_MAPPING.items()
        if country != "SE"
        for one in codes
    }
    return code == GONE or (code in others and code not in EAS_MAPPING["SE"])
