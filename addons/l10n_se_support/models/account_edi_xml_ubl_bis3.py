# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..giro import BANKGIRO, PLUSGIRO
from ..service_period import get_span

OUTSIDE_SCOPE = "O"
# SE-R-008, SE-R-009: where the giro's number goes.
BRANCHES = {BANKGIRO: "SE:BANKGIRO", PLUSGIRO: "SE:PLUSGIRO"}


class AccountEdiXmlUblBis3(models.AbstractModel):
    """What a Swedish seller's e-invoice says besides, or instead of what Odoo writes.

    Rules of Peppol BIS Billing 3.0: PEPPOL-EN16931-R003, R110 and R111, SE-R-003 to
    SE-R-013.
    """

    _inherit = "account.edi.xml.ubl_bis3"

    def _is_of_swedish_seller(self, vals):
        swedish = vals["supplier"].commercial_partner_id.country_code == "SE"
        return swedish and vals["invoice"].is_sale_document()

    def _add_invoice_header_nodes(self, document_node, vals):
        """References are what the customer gave; of ours there is the contract."""
        result = super()._add_invoice_header_nodes(document_node, vals)
        if not self._is_of_swedish_seller(vals):
            return result
        move = vals["invoice"]
        order = move._l10n_se_get_order_number()
        contracts = move.sudo().support_contract_ids
        document_node |= {
            "cbc:BuyerReference": {"_text": move._l10n_se_get_buyer_reference()},
            "cac:OrderReference": {"cbc:ID": {"_text": order}},
            "cac:BillingReference": [
                {
                    "cac:InvoiceDocumentReference": {
                        "cbc:ID": {"_text": corrected.name},
                        "cbc:IssueDate": {"_text": corrected.invoice_date},
                    }
                }
                for corrected in move._l10n_se_get_corrected_moves()
            ],
            "cac:ContractDocumentReference": {
                "cbc:ID": {"_text": ", ".join(contracts.mapped("name"))}
            }
            if contracts
            else None,
            "cac:InvoicePeriod": _prepare_period(
                *get_span(move.invoice_line_ids),
            ),
        }
        return result

    def _add_invoice_delivery_nodes(self, document_node, vals):
        """The day of the service, not that of the invoice."""
        result = super()._add_invoice_delivery_nodes(document_node, vals)
        if self._is_of_swedish_seller(vals):
            _start, end = get_span(vals["invoice"].invoice_line_ids)
            if end:
                document_node["cac:Delivery"]["cbc:ActualDeliveryDate"] = {"_text": end}
        return result

    def _add_invoice_line_period_nodes(self, line_node, vals):
        result = super()._add_invoice_line_period_nodes(line_node, vals)
        line = vals["base_line"]["record"]
        if line and self._is_of_swedish_seller(vals):
            if period := _prepare_period(line.start_date, line.end_date):
                line_node["cac:InvoicePeriod"] = period
        return result

    def _get_financial_account_node(self, vals):
        account = vals["partner_bank"]
        if branch := BRANCHES.get(account.acc_type):
            return {
                "cbc:ID": {"_text": "".join(filter(str.isdigit, account.acc_number))},
                "cac:FinancialInstitutionBranch": {"cbc:ID": {"_text": branch}},
            }
        return super()._get_financial_account_node(vals)

    def _get_party_node(self, vals):
        node = super()._get_party_node(vals)
        partner = vals["partner"].commercial_partner_id
        if self._is_of_swedish_seller(vals):
            # BR-O-02 to BR-O-04: no VAT number of either; UBL-SR-53: no empty one.
            outside = OUTSIDE_SCOPE in vals["invoice"]._l10n_se_get_tax_categories()
            node["cac:PartyTaxScheme"] = [
                scheme
                for scheme in node["cac:PartyTaxScheme"]
                if scheme["cbc:CompanyID"]["_text"] and not outside
            ]
        if partner.country_code != "SE":
            return node
        if number := partner._l10n_se_get_org_number():
            node["cac:PartyLegalEntity"]["cbc:CompanyID"] = {
                "_text": number,
                "schemeID": "0007",
            }
        if vals["role"] == "supplier" and vals["company"].l10n_se_f_tax:
            # SE-R-005: these very words.
            node["cac:PartyTaxScheme"].append(
                {
                    "cbc:CompanyID": {"_text": "Godkänd för F-skatt"},
                    "cac:TaxScheme": {"cbc:ID": {"_text": "TAX"}},
                }
            )
        return node

    def _ubl_get_line_item_node_classified_tax_category_node(self, vals, tax_category):
        node = super()._ubl_get_line_item_node_classified_tax_category_node(
            vals, tax_category
        )
        return _without_percent(node)

    def _ubl_get_tax_category_node(self, vals, tax_category):
        return _without_percent(super()._ubl_get_tax_category_node(vals, tax_category))

    def _export_invoice_constraints(self, invoice, vals):
        constraints = super()._export_invoice_constraints(invoice, vals)
        # PEPPOL-EN16931-R003; Odoo's sentence does not say where it comes from.
        name = "peppol_en16931_ubl_buyer_ref_po_ref"
        if constraints.get(name) and self._is_of_swedish_seller(vals):
            constraints[name] = self.env._(
                "%(customer)s receives e-invoices only with a reference: enter “Your "
                "Reference” or the customer's order number on the agreement, and on "
                "%(invoice)s.",
                customer=invoice.partner_id.display_name,
                invoice=invoice.name,
            )
        categories = invoice._l10n_se_get_tax_categories()
        if OUTSIDE_SCOPE in categories and len(categories) > 1:
            # BR-O-11 to BR-O-14.
            constraints["l10n_se_outside_scope"] = self.env._(
                "%(invoice)s has lines outside the scope of VAT (O) beside others, "
                "which no e-invoice may have. Put them on an invoice of their own, or "
                "choose another category on their tax.",
                invoice=invoice.name,
            )
        return constraints


def _without_percent(node):
    """BR-O-05: what is outside the scope of VAT has no rate."""
    if node["cbc:ID"]["_text"] == OUTSIDE_SCOPE:
        node["cbc:Percent"] = None
    return node


def _prepare_period(start, end):
    if not (start and end):
        return None
    return {"cbc:StartDate": {"_text": start}, "cbc:EndDate": {"_text": end}}
