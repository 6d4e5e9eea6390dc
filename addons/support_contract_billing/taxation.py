# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Account, taxes and fiscal position of charges: asked here, whoever needs them.

The customer is where they are established, wherever goods would be delivered
(directive 2006/112/EC, art. 44). A correction has what the invoice has that it
corrects, whatever is right today (mervärdesskattelagen 2023:200, 17 kap. 22 §).
"""

from dataclasses import dataclass

from odoo import models

from odoo.addons.support_contract.read_once import remember


@dataclass(frozen=True)
class Taxation:
    """What decides on the VAT of one line.

    :param position: `account.fiscal.position` of its invoice, or none
    :param account: `account.account`, or none
    :param taxes: `account.tax`
    """

    position: models.BaseModel
    account: models.BaseModel
    taxes: models.BaseModel


def get_fiscal_position(customer, company):
    """The fiscal position of a customer of this company, as superuser; or none.

    :param customer: `res.partner` who is invoiced, or an address of theirs
    """
    # sudo: who may bill need not be able to read fiscal positions.
    customer_sudo = customer.sudo().with_company(company)
    established = customer_sudo.commercial_partner_id
    for partner in (customer_sudo, established):
        if partner.property_account_position_id:
            return partner.property_account_position_id
    positions = customer_sudo.env["account.fiscal.position"]
    if not established.country_id:
        return positions
    for one in company.sudo().parent_ids:
        positions |= one.support_fiscal_position_ids
    if not any(map(str.isalnum, established.vat or "")):
        # Odoo takes "/", which stands for none, for a number.
        positions = positions.filtered(lambda position: not position.vat_required)
    return positions.with_company(company)._get_first_matching_fpos(established)


def get_product_taxation(product, company, position):
    """The :class:`Taxation` of a new line of an invoice, as Odoo computes it."""
    return remember(
        company.env,
        ("taxation", product, company, position),
        lambda: _find_product_taxation(product, company, position),
    )


def _find_product_taxation(product, company, position):
    # sudo: see get_fiscal_position.
    product_sudo = product.sudo().with_company(company)
    accounts = product_sudo.product_tmpl_id.get_product_accounts(fiscal_pos=position)
    account = accounts["income"] or company.sudo().support_journal_id.default_account_id
    taxes = product_sudo.taxes_id._filter_taxes_by_company(company)
    if not taxes:
        taxes = account.tax_ids.filtered(lambda tax: tax.type_tax_use == "sale")
        taxes = taxes._filter_taxes_by_company(company)
    return Taxation(position, account, position.map_tax(taxes))


def get_corrected_line(charge):
    """The line of an invoice whose VAT this charge has as it corrects it, or none."""
    # sudo: whoever prepares an invoice need not read the others.
    for earlier in charge.sudo()._get_corrected_charges():
        if earlier.state != "waived":
            # Not on an invoice: it gets the VAT of today as well.
            return earlier.move_line_id
    return charge.env["account.move.line"]


def get_corrected_taxation(charge):
    """The :class:`Taxation` of what this charge corrects, or None."""
    line_sudo = get_corrected_line(charge)
    if not line_sudo:
        return None
    position, account = line_sudo.move_id.fiscal_position_id, line_sudo.account_id
    if not account.active:
        # Odoo posts nothing on it; the VAT stays.
        account = get_product_taxation(
            charge.product_id, charge.company_id, position
        ).account
    return Taxation(position, account, line_sudo.tax_ids)


def get_taxation(charge):
    """The :class:`Taxation` of the line that asks for this charge, or would today."""
    if corrected := get_corrected_taxation(charge):
        return corrected
    position = get_customer_position(charge.partner_id, charge.company_id)
    return get_product_taxation(charge.product_id, charge.company_id, position)


def get_invoice_address(customer):
    """Who invoices to this customer are addressed to."""
    address = customer.browse(customer.address_get(["invoice"])["invoice"])
    # What is read of it is read for those of other customers as well.
    return address.with_prefetch(customer._prefetch_ids)


def get_customer_position(customer, company):
    """The fiscal position of what this customer is invoiced by this company, or none.

    See :func:`get_fiscal_position` and :func:`get_invoice_address`.
    """
    return get_fiscal_position(get_invoice_address(customer), company)


def prefetch_customers(customers, company):
    """Read at once what the functions above ask of many customers, one by one."""
    customers.fetch(["child_ids"])
    addresses = customers.union(*map(get_invoice_address, customers))
    # sudo: see get_fiscal_position.
    addresses_sudo = addresses.sudo().with_company(company)
    addresses_sudo.fetch(["property_account_position_id"])


def fits(charge, position):
    """Whether a charge has the VAT that its line would get on a document today.

    :param position: the fiscal position of the document
    """
    right = get_taxation(charge)
    today = get_product_taxation(charge.product_id, charge.company_id, position)
    return right.position == position and set(right.taxes) == set(today.taxes)


def get_invoice_apart(charge):
    """The invoice that this charge corrects, if it needs a document of its own: it has
    another VAT than its line would get today.
    """
    line_sudo = get_corrected_line(charge)
    if line_sudo:
        position = get_customer_position(charge.partner_id, charge.company_id)
        if not fits(charge, position):
            return line_sudo.move_id
    return line_sudo.move_id.browse()


def get_document_position(charges, customer):
    """The fiscal position of the document that carries these charges.

    :param charges: as :func:`.crediting.split_by_document` puts them together
    :param customer: whom the document is addressed to
    """
    if apart := get_invoice_apart(charges[:1]):
        return apart.fiscal_position_id
    return get_fiscal_position(customer, charges.company_id)


def get_total(charges):
    """What these charges of one company come to with VAT, as Odoo rounds it."""
    lines = [prepare_base_line(charge) for charge in charges]
    return get_total_of_lines(lines, charges.company_id, charges.currency_id)


def prepare_base_line(charge):
    """What :func:`get_total_of_lines` wants to know of the line of a charge."""
    return {
        "product_id": charge.product_id,
        "tax_ids": get_taxation(charge).taxes,
        "quantity": charge.quantity,
        "price_unit": charge.price_unit,
    }


def get_total_of_lines(vals_list, company, currency):
    """What the lines of a document come to with VAT, as Odoo rounds it.

    :param vals_list: dicts with the names of the lines' fields; records as values
    """
    return compute_totals(_prepare_lines(vals_list, company, currency), company)[-1]


def compute_lines(vals_list, company, currency, rounding=None):
    """What each line of a document comes to, as Odoo computes it on the invoice.

    :param vals_list: as for :func:`get_total_of_lines`
    :param rounding: `account.cash.rounding` of the total, or none
    :return: (list of (without tax, with tax), :func:`compute_totals` of them)
    """
    found = [
        remember(
            company.env,
            ("line", company, currency, *vals.items()),
            lambda vals=vals: _compute_line(vals, company, currency),
        )
        for vals in vals_list
    ]
    totals = _add_up([_copy_line(line) for line, _amounts in found], company, rounding)
    return [amounts for _line, amounts in found], totals


def _compute_line(vals, company, currency):
    """The base line, not rounded, and (without tax, with tax) of it on its own: what
    is left over of the document is not on the line.
    """
    [line] = _prepare_lines([vals], company, currency)
    AccountTax = _get_tax_model(company)
    AccountTax._add_tax_details_in_base_line(line, company)
    alone = _copy_line(line)
    AccountTax._round_base_lines_tax_details([alone], company)
    details = alone["tax_details"]
    amounts = details["total_excluded_currency"], details["total_included_currency"]
    return line, amounts


def _copy_line(line):
    """A base line that can be rounded without changing this one."""
    details = line["tax_details"]
    taxes_data = [dict(one) for one in details["taxes_data"]]
    return {**line, "tax_details": {**details, "taxes_data": taxes_data}}


def compute_totals(lines, company):
    """(untaxed, tax, total) of the base lines of a document."""
    _get_tax_model(company)._add_tax_details_in_base_lines(lines, company)
    return _add_up(lines, company)


def _add_up(lines, company, rounding=None):
    """The same of lines whose tax was computed, but not rounded."""
    AccountTax = _get_tax_model(company)
    AccountTax._round_base_lines_tax_details(lines, company)
    currency = lines[0]["currency_id"]
    if not rounding:
        # The summary by groups of taxes, which takes longer, has the same sums.
        details = [line["tax_details"] for line in lines]
        base = sum(
            one["total_excluded_currency"] + one["delta_total_excluded_currency"]
            for one in details
        )
        tax = sum(
            data["tax_amount_currency"] for one in details for data in one["taxes_data"]
        )
        return tuple(map(currency.round, (base, tax, base + tax)))
    summary = AccountTax._get_tax_totals_summary(
        lines, currency, company, cash_rounding=rounding
    )
    return tuple(
        summary[f"{name}_amount_currency"] for name in ("base", "tax", "total")
    )


def _prepare_lines(vals_list, company, currency):
    AccountTax = _get_tax_model(company)
    return [
        AccountTax._prepare_base_line_for_taxes_computation(
            None, currency_id=currency, **vals
        )
        for vals in vals_list
    ]


def _get_tax_model(company):
    # sudo: see get_fiscal_position.
    return company.sudo().env["account.tax"].with_company(company)
