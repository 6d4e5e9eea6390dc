# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whether an invoice line that was made from a charge asks for what the charge says."""

from odoo.exceptions import UserError


def check_line(charge, line):
    """Check the line of an invoice that was made just now.

    :raise UserError: when it has another amount than its charge, or lost its tax
    """
    amount = charge.amount * line._support_sign()
    if line.currency_id.compare_amounts(line.price_subtotal, amount):
        _refuse_amount(charge, line, amount)
    _check_mapped_tax(charge, line)


def _refuse_amount(charge, line, amount):
    """Explain why the line has another amount: mostly, its tax is in the price."""
    env, currency = charge.env, charge.currency_id
    values = {
        "charge": charge.name,
        "line": currency.format(line.price_subtotal),
        "amount": currency.format(amount),
        "product": charge.product_id.display_name,
    }
    included = line.tax_ids.filtered("price_include")
    if not included:
        raise UserError(
            env._(
                "The invoice line of “%(charge)s” would be %(line)s and not "
                "%(amount)s. Look at the taxes of the product %(product)s.",
                **values,
            )
        )
    raise UserError(
        env._(
            "The invoice line of “%(charge)s” would be %(line)s and not "
            "%(amount)s, because prices include the tax %(tax)s. Choose a tax "
            "that is not included in the price on the product %(product)s, or set "
            "“Included in Price” of this one to “Tax Excluded”.",
            tax=included[0].name,
            **values,
        )
    )


def _check_mapped_tax(charge, line):
    """Refuse a line whose customer's fiscal position names an archived tax.

    Odoo leaves it out in silence: the line has the seller's own VAT or none.
    """
    position = line.move_id.fiscal_position_id
    if not position:
        return
    own = charge.product_id.taxes_id
    for tax in position.with_context(active_test=False).tax_ids:
        replaced = tax.original_tax_ids & own
        if tax.active or not replaced or line.tax_ids & position.tax_ids:
            continue
        raise UserError(
            charge.env._(
                "The tax %(tax)s, which the fiscal position %(position)s has for "
                "%(customer)s, is archived. Restore it, or choose another one "
                "there.",
                tax=tax.name,
                position=position.name,
                customer=line.move_id.partner_id.display_name,
            )
        )
