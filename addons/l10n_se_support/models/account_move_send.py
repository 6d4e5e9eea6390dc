# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from copy import deepcopy

from lxml import etree

from odoo import api, models

ACCEPTED = ("processing", "done")


class AccountMoveSend(models.AbstractModel):
    """What Odoo's scheduled action does not ask before it sends by Peppol."""

    _inherit = "account.move.send"

    @api.model
    def _get_support_sending_methods(self, move):
        customer = move.commercial_partner_id.with_company(move.company_id)
        # Odoo looks up again only who was never looked up, and takes a look-up that
        # failed for an answer.
        if (
            customer.invoice_sending_method == "peppol"
            and customer.peppol_verification_state != "valid"
        ):
            customer.button_account_peppol_check_partner_endpoint(
                company=move.company_id
            )
        return super()._get_support_sending_methods(move)

    @api.model
    def _postprocess_invoice_ubl_xml(self, invoice, invoice_data):
        """The page that says how the amounts came about goes along with the PDF."""
        result = super()._postprocess_invoice_ubl_xml(invoice, invoice_data)
        if invoice.has_support_specification:
            invoice._make_support_specification()
            values = invoice_data["ubl_cii_xml_attachment_values"]
            values["raw"] = _attach(values["raw"], invoice.support_specification_id)
        return result

    @api.model
    def _is_applicable_to_move(self, method, move, **move_data):
        """What left is not sent twice: Odoo commits that before it goes on, and what
        comes then may fail.
        """
        if (
            method == "peppol"
            and move.support_charge_count
            and move.peppol_move_state in ACCEPTED
        ):
            return False
        return super()._is_applicable_to_move(method, move, **move_data)

    @api.model
    def _get_no_way(self, method, move):
        if method != "peppol":
            return super()._get_no_way(method, move)
        if move.peppol_move_state in ACCEPTED:
            return ""
        customer = move.commercial_partner_id.with_company(move.company_id)
        name = customer.display_name
        if not move.company_id.peppol_can_send:
            return self.env._(
                "%(company)s is not registered for Peppol. Register it under Settings "
                "> Accounting, or choose another way of sending on %(customer)s, and "
                "send it again.",
                company=move.company_id.name,
                customer=name,
            )
        if not customer.peppol_eas or not customer.peppol_endpoint:
            return self.env._(
                "%(customer)s has no address on Peppol. Enter it on the contact and "
                "send it again.",
                customer=name,
            )
        if customer.peppol_verification_state == "not_valid_format":
            return self.env._(
                "%(customer)s takes no invoices in the format that is chosen on the "
                "contact. Choose one that they take and send it again.",
                customer=name,
            )
        if customer.peppol_verification_state != "valid":
            return self.env._(
                "%(customer)s is not found on Peppol as %(address)s. Ask them for "
                "their address, enter it on the contact and send it again.",
                customer=name,
                address=f"{customer.peppol_eas}:{customer.peppol_endpoint}",
            )
        return super()._get_no_way(method, move)

    @api.model
    def _get_unreached(self, move, move_data):
        problem = super()._get_unreached(move, move_data)
        if (
            problem
            or "peppol" not in move_data["sending_methods"]
            or "email" in move_data["sending_methods"]
            or move.peppol_move_state in ACCEPTED
        ):
            return problem
        return self.env._("It did not leave for Peppol. Send it again.")


def _attach(xml, attachment):
    """An e-invoice with one more document, after the last that it has."""
    root = etree.fromstring(xml)
    if not (found := root.findall("{*}AdditionalDocumentReference")):
        return xml
    node = deepcopy(found[-1])
    # What Odoo says of its own PDF.
    for code in node.findall("{*}DocumentTypeCode"):
        node.remove(code)
    node.find("{*}ID").text = attachment.name
    content = node.find("{*}Attachment/{*}EmbeddedDocumentBinaryObject")
    content.text = base64.b64encode(attachment.raw).decode()
    content.set("mimeCode", attachment.mimetype)
    content.set("filename", attachment.name)
    found[-1].addnext(node)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
