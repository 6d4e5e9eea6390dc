# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import format_date, format_list

from ..models.product_template import (
    GOODS_TO_SERVICES_ACCOUNTS,
    GOODS_TO_SERVICES_TAXES,
)

# Enough for every number that PostgreSQL gives to an entry.
OCR_LENGTH = 11


class L10nSeSupportSetup(models.TransientModel):
    """What in a company's books would make a wrong Swedish invoice or VAT return.

    Every check is a pair of methods, named in ``_get_checks``: ``_find_<code>()``
    returns the values of a finding or nothing, ``_correct_<code>()`` repairs it.
    Nothing is corrected unless a person has read the finding and presses the button.
    """

    _name = "l10n_se.support.setup"
    _description = "Swedish Set-up"
    _inherit = "support.window.mixin"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many(
        "l10n_se.support.setup.line", "setup_id", string="Findings"
    )

    @api.model
    def _get_checks(self):
        """Codes of the checks, in the order of the page; extend to add one."""
        return ["box_40_tag", "box_40_sign", "goods", "ocr", "ocr_length"]

    @api.model_create_multi
    def create(self, vals_list):
        setups = super().create(vals_list)
        setups._find()
        return setups

    @api.depends("company_id")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._(
                "Swedish set-up of %s", setup.company_id.name
            )

    @api.model
    def action_open(self):
        """Check the current company and show what was found."""
        return self.create({})._get_form_action()

    def action_correct(self):
        """Correct the chosen findings, then check again."""
        self.ensure_one()
        for line in self.line_ids.filtered("correct"):
            getattr(self, f"_correct_{line.code}")()
        self._find()
        return self._get_form_action()

    def _get_form_action(self):
        return self._get_records_action(name=self.env._("Swedish Set-up"), target="new")

    def _find(self):
        """Make the findings anew; none in a company without a BAS chart."""
        self.line_ids.unlink()
        for setup in self:
            if setup.company_id not in self.env.companies:
                raise AccessError(
                    self.env._("Choose that company before checking its set-up.")
                )
            if not setup.company_id._l10n_se_has_bas_chart():
                continue
            company_setup = setup.with_company(setup.company_id)
            setup.line_ids = [
                Command.create({"code": code, **finding})
                for code in self._get_checks()
                if (finding := getattr(company_setup, f"_find_{code}")())
            ]

    def _ref(self, xmlid):
        """Record of the company's chart by template xmlid, or None."""
        return self.env["account.chart.template"].ref(xmlid, raise_if_not_found=False)

    # Box 40, part one: the tag on the tax

    def _get_box_40_lines(self):
        """Repartition lines that send services outside the EU to another box.

        Until 2026 `l10n_se` reported them in box 39, which is for businesses in the EU
        alone. A chart that was loaded then still does.
        """
        tax = self._ref("sale_tax_services_NEC") or self.env["account.tax"]
        box_39, box_40 = self._get_tag("se_39"), self._get_tag("se_40")
        return tax.repartition_line_ids.filtered(
            lambda line: (
                line.repartition_type == "base"
                and (box_39 in line.tag_ids or box_40 not in line.tag_ids)
            )
        )

    def _get_tag(self, name):
        return self.env["account.account.tag"]._get_tax_tags(
            name, self.env.ref("base.se").id
        )

    def _find_box_40_tag(self):
        lines = self._get_box_40_lines()
        if not lines:
            return None
        return {
            "name": self.env._("Services outside the EU are in the wrong box"),
            "found": self.env._(
                "The tax %(tax)s is reported as: %(tags)s.",
                tax=lines.tax_id.name,
                tags=", ".join(lines.tag_ids.mapped("name")) or self.env._("nothing"),
            ),
            "expected": self.env._(
                "Box 40 of the VAT return. Box 39 is for businesses in other EU "
                "countries alone, and is compared with the EU sales list."
            ),
            "note": self._get_posted_note(lines.tax_id),
        }

    def _get_posted_note(self, tax):
        """What is posted keeps its box: its return may have been filed."""
        [(count, first)] = self.env["account.move.line"]._read_group(
            [
                ("tax_ids", "in", tax.ids),
                ("tax_tag_ids", "in", self._get_tag("se_39").ids),
                ("parent_state", "=", "posted"),
            ],
            aggregates=["__count", "date:min"],
        )
        if not count:
            return False
        return self.env._(
            "Posted invoice lines in box 39: %(count)s, the first of %(date)s. They "
            "stay there; correct the VAT returns of their periods.",
            count=count,
            date=format_date(self.env, first),
        )

    def _correct_box_40_tag(self):
        box_39, box_40 = self._get_tag("se_39"), self._get_tag("se_40")
        for tax, lines in self._get_box_40_lines().grouped("tax_id").items():
            # Through the tax: it writes the change into its own history.
            tax.repartition_line_ids = [
                Command.update(
                    line.id,
                    {
                        "tag_ids": [
                            Command.unlink(box_39.id),
                            Command.link(box_40.id),
                        ]
                    },
                )
                for line in lines
            ]

    # Box 40, part two: the sign in the report

    def _get_box_40_expression(self):
        """The formula of box 40 while it lacks the minus that sales need.

        Odoo corrected it in 2026; a database may have that or not.
        """
        expression = self.env.ref("l10n_se.tax_report_line_40_tag")
        return expression.filtered(lambda expr: expr.formula == "se_40")

    def _find_box_40_sign(self):
        expression = self._get_box_40_expression()
        if not expression:
            return None
        return {
            "name": self.env._("Box 40 of the VAT report has the wrong sign"),
            "found": self.env._(
                "%(line)s: formula %(formula)s, so sales come out negative.",
                line=expression.report_line_name,
                formula=expression.formula,
            ),
            "expected": self.env._(
                "-se_40, as in the other boxes for sales. This concerns every Swedish "
                "company of the database. An update of Odoo's Swedish accounting "
                "restores the wrong formula; look here again after one."
            ),
        }

    def _correct_box_40_sign(self):
        self._get_box_40_expression().formula = "-se_40"

    # Products that are sold as goods

    def _get_goods_products(self):
        """Support products with an account or a tax for goods, and what to change.

        :return: list of (product as superuser, values)
        """
        accounts = self._get_mapping(GOODS_TO_SERVICES_ACCOUNTS)
        taxes = self._get_mapping(GOODS_TO_SERVICES_TAXES)
        changes = []
        products_sudo = self.env["product.template"]._l10n_se_get_support_products()
        for product_sudo in products_sudo:
            vals = {}
            account = product_sudo._get_product_accounts()["income"]
            if services_account := accounts.get(account):
                vals["property_account_income_id"] = services_account.id
            goods = product_sudo.taxes_id.filtered(lambda tax: tax in taxes)
            if goods:
                vals["taxes_id"] = [
                    *(Command.unlink(tax.id) for tax in goods),
                    *(Command.link(taxes[tax].id) for tax in goods),
                ]
            if vals:
                changes.append((product_sudo, vals))
        # The cache now holds taxes of companies that the user may not read.
        products_sudo.invalidate_recordset(["taxes_id"])
        return changes

    def _get_mapping(self, xmlids):
        return {
            self._ref(goods): self._ref(services)
            for goods, services in xmlids.items()
            if self._ref(goods) and self._ref(services)
        }

    def _find_goods(self):
        changes = self._get_goods_products()
        if not changes:
            return None
        return {
            "name": self.env._("Support is sold as goods"),
            "found": self.env._(
                "These products have the account or the tax of goods: %s.",
                format_list(self.env, [product.name for product, __ in changes]),
            ),
            "expected": self.env._(
                "The account and the tax of services. Sold to another country they "
                "are otherwise reported as exported goods."
            ),
        }

    def _correct_goods(self):
        for product_sudo, vals in self._get_goods_products():
            product_sudo.write(vals)

    # Payment references

    def _get_journals_without_ocr(self):
        return self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
                (
                    "invoice_reference_model",
                    "not in",
                    ("se_ocr2", "se_ocr3", "se_ocr4"),
                ),
            ]
        )

    def _find_ocr(self):
        journals = self._get_journals_without_ocr()
        if not journals:
            return None
        return {
            "name": self.env._("Invoices without an OCR reference"),
            "found": self.env._(
                "These journals use another payment reference: %s.",
                format_list(self.env, journals.mapped("display_name")),
            ),
            "expected": self.env._(
                "A number with length digit and check digit (12658), which Bankgiro "
                "and Plusgiro can check. It can also be on purpose; then leave it."
            ),
            # Not an error: somebody may have chosen it.
            "correct": False,
        }

    def _correct_ocr(self):
        self._get_journals_without_ocr().invoice_reference_model = "se_ocr3"

    def _get_short_ocr_warnings(self):
        """{journal: sentence} of those whose references are nearly used up."""
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
            ]
        )
        return {
            journal: warning
            for journal in journals
            if (warning := journal._l10n_se_warn_ocr_limit())
        }

    def _find_ocr_length(self):
        warnings = self._get_short_ocr_warnings()
        if not warnings:
            return None
        return {
            "name": self.env._("Payment references are nearly used up"),
            "found": "\n".join(warnings.values()),
            "expected": self.env._("A length of %s digits.", OCR_LENGTH),
            # The bank has to know it first.
            "correct": False,
        }

    def _correct_ocr_length(self):
        for journal in self._get_short_ocr_warnings():
            journal.l10n_se_invoice_ocr_length = OCR_LENGTH
