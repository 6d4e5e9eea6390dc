# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SupportContract(models.Model):
    """How one contract is invoiced, and what has to be right before it is."""

    _inherit = "support.contract"

    billing_policy = fields.Selection(
        [
            ("draft", "Make a draft to review"),
            ("post", "Post"),
            ("send", "Post and send"),
        ],
        string="Its Invoices",
        default="post",
        required=True,
        tracking=True,
        help="What the scheduled action does with the invoice. Sending is Odoo's own "
        "work and happens some minutes later.",
    )
    billing_grace_days = fields.Integer(
        string="Grace Period (Days)",
        tracking=True,
        help="A month is invoiced this many days after it is due.",
    )
    billing_grouping = fields.Selection(
        [
            ("contract", "An invoice of its own"),
            ("customer", "With the customer's other contracts"),
        ],
        string="Invoiced On",
        default="contract",
        required=True,
        tracking=True,
        help="Contracts of a customer that are due on the same day can share an "
        "invoice.",
    )
    billing_order_number = fields.Char(
        string="Customer's Order Number",
        tracking=True,
        help="Is printed on every invoice and goes into electronic ones.",
    )
    billing_order_required = fields.Boolean(
        string="Order Number Required",
        tracking=True,
        help="The customer refuses invoices without their order number: none is made "
        "while it is missing.",
    )
    billing_reference = fields.Char(
        string="Customer's Reference",
        tracking=True,
        help="The person or cost centre that the customer wants to see on invoices.",
    )
    billing_reference_required = fields.Boolean(
        string="Reference Required",
        tracking=True,
        help="The customer refuses invoices without their reference: none is made "
        "while it is missing.",
    )
    billing_wait = fields.Text(
        string="Waits For",
        readonly=True,
        copy=False,
        help="What a person has to decide before this contract is invoiced.",
    )
    backlog_approved = fields.Boolean(
        readonly=True,
        copy=False,
        help="Somebody has agreed to charging more than one missed month.",
    )

    _billing_grace_positive = models.Constraint(
        "CHECK (billing_grace_days BETWEEN 0 AND 90)",
        "The grace period is between 0 and 90 days.",
    )

    def _check_invoiceable(self, products, known):
        """Refuse what no invoice should be made of, before anything is written.

        :param products: what is going to be on the invoice
        :param known: {what was checked: its error or None}, shared by the contracts of
            one company, so that each product is looked at once for all of them
        :raise UserError: with what to do
        """

        def once(what, check, *arguments):
            if what not in known:
                try:
                    known[what] = check(*arguments)
                except UserError as error:
                    known[what] = error
            if known[what]:
                raise known[what]

        self.ensure_one()
        if not self.filtered_domain(self._get_running_domain()):
            raise UserError(
                self.env._("%s is not running and is not billed.", self.display_name)
            )
        self._check_customer()
        journal = self._get_invoice_journal()
        once(self.currency_id, self._check_currency_rate)
        once(journal, self._check_books_open, journal)
        for product in products:
            once(product, self._check_product, product, journal)
            try:
                once((product, "tax"), self._check_product_tax, product, journal)
            except UserError:
                if not self._is_customer_untaxed():
                    raise

    def _check_customer(self):
        """What the customer demands, and whether they may be invoiced at all."""
        customer = self.partner_id
        if not customer.active:
            raise UserError(
                self.env._(
                    "The customer %s is archived. Restore it, or end the contract.",
                    customer.name,
                )
            )
        if self.billing_order_required and not self.billing_order_number:
            raise UserError(
                self.env._(
                    "%s wants their order number on every invoice. Ask them for it and "
                    "enter it on the contract.",
                    customer.name,
                )
            )
        if self.billing_reference_required and not self.billing_reference:
            raise UserError(
                self.env._(
                    "%s wants their reference on every invoice. Ask them for it and "
                    "enter it on the contract.",
                    customer.name,
                )
            )

    def _check_currency_rate(self):
        """Odoo would take one for one where no rate was ever entered."""
        company = self.company_id
        if self.currency_id == company.currency_id:
            return
        today = company._support_today()
        known = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", self.currency_id.id),
                ("company_id", "in", [company.root_id.id, False]),
                ("name", "<=", today),
            ],
            limit=1,
        )
        if not known:
            raise UserError(
                self.env._(
                    "There is no exchange rate for %s. Enter one under Currencies.",
                    self.currency_id.name,
                )
            )

    def _check_books_open(self, journal):
        """An invoice is dated today, and never moved to another period in silence."""
        today = self.company_id._support_today()
        locks = self.company_id._get_violated_lock_dates(today, True, journal)
        if locks:
            raise UserError(
                self.env._(
                    "The books of %(company)s are locked through %(day)s, so nothing "
                    "can be invoiced today. Change the lock date in Accounting.",
                    company=self.company_id.name,
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
            lambda tax: tax.company_id in self.company_id.parent_ids
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
        companies = self.company_id.parent_ids
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
                    company=self.company_id.name,
                )
            )

    def _is_customer_untaxed(self):
        """Whether the fiscal position of the customer removes all taxes, as Odoo's
        empty ones do.
        """
        addresses = self.partner_id.address_get(["invoice", "delivery"])
        Partner = self.env["res.partner"]
        # sudo: who may bill need not be able to read fiscal positions.
        position = (
            self.env["account.fiscal.position"]
            .sudo()
            .with_company(self.company_id)
            ._get_fiscal_position(
                Partner.browse(addresses["invoice"]),
                delivery=Partner.browse(addresses["delivery"]),
            )
        )
        return bool(position) and not position.tax_ids
