# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What has to be right before a contract is invoiced, and in each line made of it."""

from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.support_contract.read_once import remember

from .taxation import (
    get_corrected_line,
    get_customer_position,
)


class InvoiceChecks:
    """Refuse what no invoice should be made of, before anything is written.

    :param contract: the `support.contract` to be invoiced
    :param known: {what was checked: its error or None}, shared by the contracts of
        one company, so that each product is looked at once for all of them
    """

    def __init__(self, contract, known):
        self.contract, self.env, self.known = contract, contract.env, known
        self.company = contract.company_id

    def run(self, products):
        """Check all of it.

        :param products: what is going to be on the invoice
        :raise UserError: with what to do
        """
        contract = self.contract
        running = remember(
            self.env,
            ("running domain",),
            lambda: contract._get_running_domain().optimize_full(contract),
        )
        if not contract.filtered_domain(running):
            raise UserError(
                self.env._(
                    "%s is not running and is not billed.", contract.display_name
                )
            )
        journal = get_invoice_journal(contract)
        currency = contract.currency_id
        self._once(currency, check_currency_rate, self.company, currency)
        self._once(journal, self._check_books_open, journal)
        for product in products:
            self._once(product, self._check_product, product, journal)
            try:
                self._once((product, "tax"), self._check_product_tax, product, journal)
            except UserError:
                if not self._is_customer_untaxed():
                    raise

    def _once(self, what, check, *arguments):
        """Check something that another contract may have had checked already."""
        if what not in self.known:
            try:
                self.known[what] = check(*arguments)
            except UserError as error:
                self.known[what] = error
        if self.known[what]:
            raise self.known[what]

    def _check_books_open(self, journal):
        """An invoice is dated today, and never moved to another period in silence."""
        today = self.company._support_today()
        locks = self.company._get_violated_lock_dates(today, True, journal)
        if locks:
            raise UserError(
                self.env._(
                    "The books of %(company)s are locked through %(day)s, so nothing "
                    "can be invoiced today. Change the lock date in Accounting.",
                    company=self.company.name,
                    day=format_date(self.env, max(lock[0] for lock in locks)),
                )
            )

    def _check_product(self, product, journal):
        """Refuse to invoice what the books have no account or no valid tax for."""
        accounts = product.product_tmpl_id.get_product_accounts()
        if not (accounts["income"] or journal.default_account_id):
            raise UserError(
                self.env._(
                    "The product %(product)s has no income account. Choose one on "
                    "the product, its category or the journal %(journal)s.",
                    product=product.display_name,
                    journal=journal.display_name,
                )
            )
        # An archived tax is left out in silence, and with it the VAT.
        taxes = product.with_context(active_test=False).taxes_id.filtered(
            lambda tax: tax.company_id in self.company.parent_ids
        )
        if taxes and not any(taxes.mapped("active")):
            raise UserError(
                self.env._(
                    "The tax %(tax)s of the product %(product)s is archived. Choose "
                    "another one on the product.",
                    tax=taxes[0].name,
                    product=product.display_name,
                )
            )

    def _check_product_tax(self, product, journal):
        """Refuse a product whose taxes were emptied: VAT would be left out in silence.

        What is exempt has a tax of 0 %, as Odoo's charts of accounts do it, and a
        company without any sales tax has nothing to choose.
        """
        companies = self.company.parent_ids
        accounts = product.product_tmpl_id.get_product_accounts()
        # Odoo takes those of the account where the product has none.
        account = accounts["income"] or journal.default_account_id
        taxes = product.taxes_id | account.tax_ids.filtered(
            lambda tax: tax.type_tax_use == "sale"
        )
        if taxes.filtered(lambda tax: tax.company_id in companies):
            return
        known = self.env["account.tax"].search_count(
            [("type_tax_use", "=", "sale"), ("company_id", "in", companies.ids)],
            limit=1,
        )
        if known:
            raise UserError(
                self.env._(
                    "The product %(product)s has no tax in %(company)s and would be "
                    "invoiced without VAT. Choose its tax on the product; one of "
                    "zero percent if it is exempt.",
                    product=product.display_name,
                    company=self.company.name,
                )
            )

    def _is_customer_untaxed(self):
        """Whether the fiscal position of the customer removes all taxes, as Odoo's
        empty ones do.
        """
        position = get_customer_position(self.contract.partner_id, self.company)
        return bool(position) and not position.tax_ids


def check_currency_rate(company, currency):
    """Odoo would take one for one where no rate was ever entered, and any old one where
    nobody enters them any more.

    :raise UserError: with what to do
    """
    if currency == company.currency_id:
        return
    env, days = company.env, company.support_rate_days
    oldest = find_oldest_rate(company, currency)
    if not oldest:
        raise UserError(
            env._(
                "There is no exchange rate for %s. Enter one under Currencies.",
                currency.name,
            )
        )
    if (company._support_today() - oldest.name).days > days:
        raise UserError(
            env._(
                "The latest exchange rate for %(currency)s is of %(day)s, more "
                "than %(days)s days ago. Enter one under Currencies.",
                currency=oldest.currency_id.name,
                day=format_date(env, oldest.name),
                days=days,
            )
        )


def find_oldest_rate(company, currency):
    """The older of the two rates that Odoo would convert with today, or none."""
    rate = _find_rate(company, currency)
    # The one that the others are counted in is 1 for ever.
    rates = rate and rate | _find_rate(company, company.currency_id)
    rates = rates.filtered(lambda one: one.rate != 1) or rate
    return rates.sorted("name")[:1]


def _find_rate(company, currency):
    """The rate that Odoo would take today, or none."""
    return company.env["res.currency.rate"].search(
        [
            ("currency_id", "=", currency.id),
            ("company_id", "in", [company.root_id.id, False]),
            ("name", "<=", company._support_today()),
        ],
        order="company_id.id, name DESC",
        limit=1,
    )


def get_invoice_journal(contract):
    """The sales journal that this contract is invoiced in."""
    journal = contract.company_id.support_journal_id
    if not journal:
        raise UserError(
            contract.env._(
                "%(company)s has no sales journal. Create one in Accounting.",
                company=contract.company_id.name,
            )
        )
    if not journal.active:
        raise UserError(
            contract.env._(
                "The journal %(journal)s is archived. Choose another for support "
                "invoices in the settings of %(company)s.",
                journal=journal.display_name,
                company=contract.company_id.name,
            )
        )
    return journal


def check_charged_currency(contract):
    """Charges stay in their currency, and would be on no invoice in another.

    :raise ValidationError: when the contract has charges in another currency
    """
    charge = contract.env["support.charge"].search(
        [
            ("contract_id", "=", contract._origin.id),
            ("currency_id", "!=", contract.currency_id.id),
        ],
        limit=1,
    )
    if charge:
        raise ValidationError(
            contract.env._(
                "“%(charge)s” of %(contract)s was charged in %(charged)s, so "
                "the contract cannot change to %(currency)s. End it, and write "
                "a new contract in that currency.",
                charge=charge.display_name,
                contract=contract.display_name,
                charged=charge.currency_id.name,
                currency=contract.currency_id.name,
            )
        )


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
        "charge": charge.display_name,
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
    if not position or get_corrected_line(charge):
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
