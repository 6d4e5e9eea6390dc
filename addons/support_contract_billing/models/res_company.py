# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What becomes of the invoices of a run.
POLICIES = [
    ("draft", "Make a draft to review"),
    ("post", "Post"),
    ("send", "Post and send"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    support_billing_since = fields.Datetime(
        string="Billing Since",
        readonly=True,
        copy=False,
        groups="support_contract.group_support_user",
        help="When somebody started billing. Before, the schedule makes no invoice.",
    )
    support_billing_policy = fields.Selection(
        POLICIES,
        string="Invoices of New Contracts",
        default="send",
        required=True,
        groups="support_contract.group_support_user",
        help="What the scheduled action does with their invoices. Each contract can "
        "say otherwise.",
    )

    support_sales_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Support Invoices",
        domain="[('type', '=', 'sale')]",
        ondelete="restrict",
        help="The sales journal that support contracts are invoiced in. Empty: the "
        "first one of the company.",
    )
    # Read for every invoice of a batch, so it is looked for once.
    support_journal_id = fields.Many2one(
        "account.journal", compute="_compute_support_journal_id"
    )

    support_rate_days = fields.Integer(
        string="Age of Exchange Rates (Days)",
        default=31,
        required=True,
        help="A contract in another currency is not invoiced while the latest exchange "
        "rate is older than that.",
    )
    support_email_instead = fields.Boolean(
        string="E-mail Instead of E-Invoices",
        help="An invoice that cannot reach its customer as an e-invoice goes by "
        "e-mail. Never to public customers.",
    )
    support_retention_years = fields.Integer(
        string="Years of Keeping Invoices",
        default=7,
        required=True,
        help="Invoices and what is behind them are kept so many years after the one "
        "in which the financial year ends.",
    )
    # For who is invoiced: read once, and not for every customer.
    support_fiscal_position_ids = fields.One2many(
        "account.fiscal.position", "company_id", domain=[("auto_apply", "=", True)]
    )

    _support_rate_days_positive = models.Constraint(
        "CHECK (support_rate_days > 0)",
        "Exchange rates are at least one day old when they are refused.",
    )

    # A setting that could be lowered would let an administrator delete at once.
    _support_retention_years_least = models.Constraint(
        "CHECK (support_retention_years BETWEEN 7 AND 99)",
        "Invoices and what is behind them are kept for at least seven years.",
    )

    @api.model
    def _get_history_fields(self):
        """Also what Odoo's own postings, and the years of keeping, depend on."""
        return super()._get_history_fields() | {
            "fiscalyear_last_day",
            "fiscalyear_last_month",
            "tax_calculation_rounding_method",
            "income_account_id",
        }

    @api.depends("support_sales_journal_id")
    def _compute_support_journal_id(self):
        Journal = self.env["account.journal"]
        for company in self:
            company.support_journal_id = (
                company.support_sales_journal_id
                or Journal.search(company._get_sales_journal_domain(), limit=1)
            )

    def _get_support_cash_rounding(self, currency):
        """How totals of invoices in this currency are rounded; extend.

        :return: `account.cash.rounding` that adds a line, or none
        """
        self.ensure_one()
        return self.env["account.cash.rounding"]

    def _filter_billing(self):
        """Those whose billing was started; the schedule leaves the others alone."""
        # sudo: the switch is no secret among staff, whatever rights they have.
        return self.filtered(lambda company: company.sudo().support_billing_since)

    def _start_support_billing(self):
        """Let the schedule bill these companies from now on."""
        waiting = self - self._filter_billing()
        # sudo: accountants decide it, without Settings rights.
        waiting.sudo().support_billing_since = fields.Datetime.now()

    def _get_sales_journal_domain(self):
        Journal = self.env["account.journal"]
        return [*Journal._check_company_domain(self), ("type", "=", "sale")]

    @api.constrains("support_sales_journal_id")
    def _check_support_sales_journal(self):
        for company in self:
            journal = company.support_sales_journal_id
            if journal and not journal.filtered_domain(
                company._get_sales_journal_domain()
            ):
                raise ValidationError(
                    self.env._(
                        "%(journal)s is not a sales journal of %(company)s.",
                        journal=journal.display_name,
                        company=company.name,
                    )
                )
