# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.support_contract.windows import opens

from ..recipients import (
    describe_address,
    find_language_packs,
    get_language_pack,
    lacks_email,
    lacks_payment_term,
)


class SupportBillingPreviewInvoice(models.TransientModel):
    """One invoice as it would be."""

    _name = "support.billing.preview.invoice"
    _description = "Invoice as It Would Be"
    _inherit = "support.window.mixin"
    _order = "id"

    preview_id = fields.Many2one(
        "support.billing.preview", required=True, ondelete="cascade", index=True
    )
    contract_id = fields.Many2one("support.contract", required=True)
    contracts = fields.Char(help="Those that share the invoice.")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    policy = fields.Selection(
        related="contract_id.billing_policy", string="What Becomes of It"
    )
    recipient_id = fields.Many2one("res.partner", ondelete="cascade")
    address = fields.Char(
        string="Sent To",
        compute="_compute_recipient",
        help="Where it goes by itself, if it is sent.",
    )
    missing = fields.Char(
        compute="_compute_recipient",
        help="What the contact lacks, as it is now.",
    )
    lacks_email = fields.Boolean(compute="_compute_recipient")
    lacks_payment_term = fields.Boolean(compute="_compute_recipient")
    language_id = fields.Many2one(
        "res.lang", string="Language to Install", compute="_compute_recipient"
    )
    currency_id = fields.Many2one("res.currency", required=True)
    error = fields.Text(string="Problem")
    document = fields.Char(
        string="Goes On",
        help="What carries these lines. Empty: an invoice of their own.",
    )
    line_ids = fields.One2many("support.billing.preview.line", "invoice_id")
    amount_untaxed = fields.Monetary(string="Without Tax")
    amount_tax = fields.Monetary(string="Tax")
    amount_total = fields.Monetary(string="Total")

    @api.depends(
        "recipient_id.email",
        "recipient_id.lang",
        "recipient_id.commercial_partner_id.property_payment_term_id",
    )
    @api.depends_context("lang")
    def _compute_recipient(self):
        packs = find_language_packs(self.env)
        for invoice in self:
            # sudo: who sees the invoice sees where it goes.
            partner_sudo = invoice.recipient_id.sudo()
            company_sudo = invoice.contract_id.sudo().company_id
            invoice.address = describe_address(partner_sudo, company_sudo)
            invoice.lacks_email = lacks_email(partner_sudo, company_sudo)
            invoice.lacks_payment_term = lacks_payment_term(partner_sudo, company_sudo)
            invoice.language_id = get_language_pack(partner_sudo, packs)
            invoice.missing = invoice._describe_missing()

    def _describe_missing(self):
        found = []
        if self.lacks_email:
            found.append(self.env._("e-mail address"))
        if self.lacks_payment_term:
            found.append(self.env._("payment terms, so it is due at once"))
        if self.language_id:
            found.append(self.language_id.name)
        return format_list(self.env, found) if found else False

    action_open_contract = opens("contract_id")

    def action_enter_email(self):
        """Ask for the address; a button."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("support_contract_billing.res_partner_view_form_email")
        return self.recipient_id._get_records_action(
            name=self.env._("E-mail"), target="new", views=[(view.id, "form")]
        )

    def action_set_payment_term(self):
        """Give the customer 30 days to pay; a button."""
        self.ensure_one()
        self.check_access("read")
        term = self.env.ref(
            "account.account_payment_term_30days", raise_if_not_found=False
        )
        if not term:
            raise UserError(self.env._("Choose payment terms on the contact."))
        customer = self.recipient_id.commercial_partner_id
        customer.with_company(
            self.contract_id.company_id
        ).property_payment_term_id = term
        return True

    def action_install_language(self):
        """Install the language of the contact's country, and write to them in it."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.is_system():
            raise UserError(
                self.env._(
                    "%(language)s is not installed. An administrator adds it under "
                    "Settings > Translations > Languages.",
                    language=self.language_id.name,
                )
            )
        language = self.language_id
        wizard = self.env["base.language.install"]
        wizard.create({"lang_ids": language.ids, "overwrite": False}).lang_install()
        self.recipient_id.lang = language.code
        return True
