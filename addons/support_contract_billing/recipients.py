# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who gets an invoice, at which address, and what their contact lacks for it."""


def describe_address(partner, company):
    """Where an invoice to this contact goes by itself; empty where it cannot.

    :param partner: `res.partner`, the address of the invoice
    :param company: who invoices
    """
    env = partner.env
    customer = partner.commercial_partner_id.with_company(company)
    method = customer.invoice_sending_method or "email"
    if method == "email":
        return partner.email or ""
    if method == "manual":
        return env._("by hand")
    field = customer._fields["invoice_sending_method"]
    return dict(field._description_selection(env)).get(method, method)


def lacks_email(partner, company):
    """Whether the invoice would go by e-mail, and there is no address."""
    return not describe_address(partner, company)


def lacks_payment_term(partner, company):
    """Whether an invoice to them is due on its own day."""
    customer = partner.commercial_partner_id.with_company(company)
    return not customer.property_payment_term_id


def find_language_packs(env):
    """{code of a country: its language} of languages that this database does not have.

    Only where Odoo has one for the country: of several, none is certain.
    """
    languages = env["res.lang"].with_context(active_test=False).search([])
    by_country = languages.grouped(lambda one: one.code.partition("_")[2])
    return {
        country: own
        for country, own in by_country.items()
        if len(own) == 1 and not own.active
    }


def get_language_pack(partner, packs):
    """The language to install, so that the contact can be written to in their own.

    :param packs: of :func:`find_language_packs`
    :return: `res.lang` or none
    """
    country = partner.country_id.code
    if not country or (partner.lang or "").endswith(f"_{country}"):
        return partner.env["res.lang"]
    return packs.get(country, partner.env["res.lang"])
