# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.support_contract.windows import get_list_action, get_notification
from odoo.addons.support_contract.years import check_years

from ..previewing import preview_invoices

# What begins with the next month is due when that one is over.
MONTHS_AHEAD = 2


class SupportBillingPreview(models.TransientModel):
    """Invoices as they would be on a day, before anybody makes them."""

    _name = "support.billing.preview"
    _description = "Preview of Invoices"
    _inherit = "support.window.mixin"

    day = fields.Date(
        string="Invoiced On",
        required=True,
        default=lambda self: self.env.company._support_today(),
        help="The preview has what the scheduled action would invoice on this day.",
    )
    contract_id = fields.Many2one(
        "support.contract", help="Empty: all contracts that run.", readonly=True
    )
    invoice_ids = fields.One2many("support.billing.preview.invoice", "preview_id")
    line_ids = fields.One2many("support.billing.preview.line", "preview_id")
    ready_ids = fields.One2many(
        "support.billing.preview.invoice",
        "preview_id",
        domain=[("error", "=", False)],
    )
    failed_ids = fields.One2many(
        "support.billing.preview.invoice",
        "preview_id",
        string="Cannot Be Invoiced",
        domain=[("error", "!=", False)],
    )
    # Whom starting to bill would reach, and only after they were shown.
    company_ids = fields.Many2many("res.company", readonly=True)
    is_waiting = fields.Boolean(
        compute="_compute_is_waiting",
        help="Nothing is invoiced by the schedule before billing is started.",
    )
    incomplete_ids = fields.Many2many(
        "support.billing.preview.invoice",
        string="Customers to Complete",
        compute="_compute_incomplete_ids",
    )
    invoice_count = fields.Integer("Invoices", compute="_compute_counts")
    failed_count = fields.Integer("Failures", compute="_compute_counts")
    totals = fields.Char(compute="_compute_counts", help="With tax.")
    documents = fields.Text(
        compute="_compute_documents",
        help="Other documents than invoices of the contracts' own that carry charges.",
    )

    @api.depends("invoice_ids.amount_total", "invoice_ids.error")
    def _compute_counts(self):
        for preview in self:
            ready = preview.invoice_ids.filtered(lambda invoice: not invoice.error)
            preview.invoice_count = len(ready)
            preview.failed_count = len(preview.invoice_ids - ready)
            sums = [
                currency.format(sum(invoices.mapped("amount_total")))
                for currency, invoices in ready.grouped("currency_id").items()
            ]
            preview.totals = " + ".join(sums)

    @api.depends("company_ids")
    def _compute_is_waiting(self):
        for preview in self:
            companies = preview.company_ids
            preview.is_waiting = bool(companies - companies._filter_billing())

    @api.depends("invoice_ids.missing")
    def _compute_incomplete_ids(self):
        """One of each customer."""
        for preview in self:
            incomplete = preview.invoice_ids.filtered("missing")
            preview.incomplete_ids = incomplete.browse(
                {invoice.recipient_id: invoice.id for invoice in incomplete}.values()
            )

    @api.depends("invoice_ids.document")
    def _compute_documents(self):
        for preview in self:
            documents = filter(None, preview.invoice_ids.mapped("document"))
            preview.documents = "\n".join(dict.fromkeys(documents))

    @api.depends("day", "contract_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for preview in self:
            name = preview.contract_id.display_name or self.env._("All contracts")
            preview.display_name = self.env._(
                "%(what)s on %(day)s",
                what=name,
                day=format_date(self.env, preview.day),
            )

    @api.model
    def action_open_all(self):
        """Preview everything that is due; a menu."""
        return self._open()

    def action_refresh(self):
        """Show the preview for the day that was entered; a button."""
        self._fill()
        return self._get_action()

    def action_view_lines(self):
        """The lines in a list of their own, to search and group; a button."""
        self.ensure_one()
        self.check_access("read")
        return get_list_action(
            self.env._("Preview of Invoice Lines"),
            "support.billing.preview.line",
            [("preview_id", "=", self.id)],
            "list,pivot",
            context={"create": False},
        )

    def action_start(self):
        """Let the schedule bill the companies that the preview showed; a button."""
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("create")
        companies = self.company_ids & self.env.companies
        if not companies:
            raise UserError(self.env._("Press “Show” to see what would be sent."))
        # sudo: whoever bills need not see the runs of every company.
        if reason := self.env["support.billing.run"].sudo()._get_stop_reason():
            raise UserError(reason)
        companies._start_support_billing()
        self.env["support.billing.run"]._request(companies)
        return get_notification(
            self.env._(
                "What is due is invoiced now, and every night from now on what has "
                "become due."
            ),
            title=self.env._("Billing has started"),
            next=self.env["support.get.started"].action_open(),
        )

    @api.model
    def _get_days(self, contract=None):
        """Days to look at until something is due: today, then the coming months."""
        today = self.env.company._support_today()
        grace = contract.billing_grace_days if contract else 0
        first = today.replace(day=1)
        return [today] + [
            fields.Date.add(first, months=month, days=grace)
            for month in range(1, MONTHS_AHEAD + 1)
        ]

    @api.model
    def _open(self, contract=None):
        """Make a preview of one contract, or of all, and show it."""
        preview = self.create({"contract_id": contract and contract.id})
        for day in self._get_days(contract):
            preview.day = day
            preview._fill()
            if preview.invoice_ids:
                break
        return preview._get_action()

    def _get_action(self):
        return self._get_records_action(
            name=self.env._("Preview of Invoices"),
            target="new" if self.contract_id else "current",
            context={"dialog_size": "extra-large"},
        )

    def _fill(self):
        """Compute the invoices of the day anew."""
        # Who may not see charges may not see what they will be.
        self.env["support.charge"].check_access("read")
        check_years(self.env, self.day)
        self.invoice_ids.unlink()
        contracts = self.contract_id
        if not contracts:
            contracts = contracts.search(
                contracts._get_running_domain(), order="partner_id, id"
            )
        self.company_ids = self.contract_id.company_id or self.env.companies
        previews = preview_invoices(contracts, self.day)
        invoices = self.env["support.billing.preview.invoice"]._create_rows(
            [self._prepare_invoice_vals(preview) for preview in previews]
        )
        self.env["support.billing.preview.line"]._create_rows(
            [
                self._prepare_line_vals(charge, line)
                | {"invoice_id": invoice.id, "sequence": index}
                for invoice, preview in zip(invoices, previews, strict=True)
                for index, (charge, line) in enumerate(preview.lines)
            ]
        )
        # The domains of both lists look at what is in the database.
        self.flush_recordset()
        self.invalidate_recordset()

    def _prepare_invoice_vals(self, preview):
        untaxed, tax, total = preview.totals
        return {
            "preview_id": self.id,
            "contract_id": preview.contracts[0].id,
            "contracts": ", ".join(preview.contracts.mapped("name")),
            "recipient_id": preview.recipient.id,
            "currency_id": preview.contracts.currency_id.id,
            "error": preview.error or False,
            "document": preview.document or False,
            "amount_untaxed": untaxed,
            "amount_tax": tax,
            "amount_total": total,
        }

    def _prepare_line_vals(self, charge, line):
        contract = charge.contract_id
        return {
            "preview_id": self.id,
            "name": charge.display_name,
            "contract_id": contract.id,
            "partner_id": contract.partner_id.id,
            "currency_id": contract.currency_id.id,
            "service_id": charge.service_id.id,
            "product_id": charge.product_id.id,
            "period_start": charge.period_start,
            "period_end": charge.period_end,
            "quantity": line.quantity,
            "price_unit": line.price_unit,
            "calculation": charge._get_reader_calculation(),
            "wording": f"{charge.name}\n{charge.calculation}",
            "taxes": ", ".join(line.tax_ids.mapped("name")),
            "amount_untaxed": line.price_subtotal,
            "amount_tax": line.price_total - line.price_subtotal,
            "amount_total": line.price_total,
        }
