# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import format_list

from ..readiness import company, invoices, vat
from ..readiness.check import Look

# How many lines the head of the page names.
MOST = 5


class L10nSeSupportSetup(models.TransientModel):
    """The page "Ready to Invoice?": what a Swedish company lacks to send correct
    invoices and VAT returns.

    Each line is a class of `readiness`, named in ``_get_checks``. What the page shows
    is found anew whenever it is read, and nothing is changed before somebody presses a
    button.
    """

    _name = "l10n_se.support.setup"
    _description = "Ready to Invoice?"
    _inherit = "support.window.mixin"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many("l10n_se.support.setup.line", "setup_id")
    headline = fields.Char(compute="_compute_headline")
    automatic_count = fields.Integer(
        "Corrected Without a Question", compute="_compute_headline"
    )

    @api.model
    def _get_checks(self):
        """Classes of the lines, in the order of the page; extend to add one."""
        return [
            company.Chart,
            company.Identity,
            company.Seat,
            company.FTax,
            company.Giro,
            company.Iban,
            invoices.Ocr,
            invoices.OcrLength,
            vat.Goods,
            vat.Positions,
            vat.Box40Tag,
            vat.Box40Sign,
            vat.Categories,
            vat.VatRounding,
            vat.TotalRounding,
            invoices.LateInterest,
            invoices.PaymentTerms,
            invoices.Rates,
            company.AuditTrail,
            company.Peppol,
        ]

    @api.model_create_multi
    def create(self, vals_list):
        setups = super().create(vals_list)
        for setup in setups:
            setup._check_own_company()
            setup.line_ids = [
                Command.create({"code": check.code, "sequence": place})
                for place, check in enumerate(self._get_checks())
            ]
        return setups

    def _check_own_company(self):
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("Choose that company before checking its set-up.")
            )

    def _find_checks(self):
        """{code: check} for one look at the page."""
        self.ensure_one()
        self._check_own_company()
        look = Look(self.company_id.with_company(self.company_id))
        return {check.code: check(look) for check in self._get_checks()}

    @api.depends("company_id")
    def _compute_display_name(self):
        self.display_name = self.env._("Ready to Invoice?")

    @api.depends("line_ids.state")
    def _compute_headline(self):
        for setup in self:
            lines = setup.line_ids
            missing = lines.filtered(lambda line: line.state in ("missing", "waiting"))
            setup.automatic_count = len(missing.filtered("is_automatic"))
            setup.headline = setup._describe(missing)

    def _describe(self, missing):
        """One sentence for the head of the page, and for whoever leads to it."""
        names = missing.filtered(lambda line: line.state == "missing").mapped("name")
        return self._describe_missing(names, len(self.line_ids), len(missing))

    def _describe_missing(self, names, total, number=None):
        """That so many of the lines are missing, and which.

        :param names: of those that a person can correct
        :param number: of all that are missing, where some wait for others
        """
        if not (number or names):
            return self.env._("%s is ready to invoice.", self.company_id.name)
        values = {"missing": number or len(names), "all": total}
        if len(names) > MOST:
            return self.env._("%(missing)s of %(all)s missing.", **values)
        return self.env._(
            "%(missing)s of %(all)s missing: %(names)s.",
            names=format_list(self.env, names),
            **values,
        )

    # === BUTTONS === #

    @api.model
    def action_open(self):
        """Look at the current company; the menu."""
        return self.create({})._get_records_action(
            name=self.env._("Ready to Invoice?"), context={}
        )

    def action_correct(self):
        """Put right what is missing and asks nothing."""
        self.ensure_one()
        for line in self.line_ids:
            if line.state == "missing" and line.is_automatic:
                line.action_correct()
        return True
