# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import re
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..eu_sales import EuSales, prepare_file

# How many months back can be chosen.
MONTHS = 36
MOST_NAME, MOST_PHONE = 35, 17


class L10nSeEuSales(models.TransientModel):
    """The EU sales list of a month (*periodisk sammanställning*): what each buyer in
    another EU country was sold without VAT, compared with box 39.
    """

    _name = "l10n_se.eu.sales"
    _description = "EU Sales List"
    _inherit = "support.window.mixin"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Selection(
        selection="_selection_month",
        required=True,
        default=lambda self: self._default_month(),
    )
    line_ids = fields.One2many("l10n_se.eu.sales.line", "sales_id", readonly=True)
    box_39 = fields.Monetary(readonly=True)
    services = fields.Monetary("Services to Buyers With a Number", readonly=True)
    difference = fields.Monetary(compute="_compute_difference")
    file = fields.Binary(readonly=True, attachment=False)

    @api.model
    def _default_month(self):
        """The month that is over."""
        today = self.env.company._support_today()
        return (today - relativedelta(months=1)).strftime("%Y-%m")

    @api.model
    def _selection_month(self):
        first = self.env.company._support_today().replace(day=1)
        months = [first - relativedelta(months=back) for back in range(MONTHS)]
        return [
            (
                month.strftime("%Y-%m"),
                format_date(self.env, month, date_format="LLLL y").capitalize(),
            )
            for month in months
        ]

    @api.depends("month")
    def _compute_display_name(self):
        for sales in self:
            sales.display_name = self.env._("EU Sales List")

    @api.depends("box_39", "services")
    def _compute_difference(self):
        for sales in self:
            sales.difference = sales.box_39 - sales.services

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for sales in records:
            sales._fill()
        return records

    @api.model
    def action_open(self):
        """The month that is over; the menu."""
        name = self.env._("EU Sales List")
        # What the menu's action has in its context is not for the page.
        return self.create({})._get_records_action(name=name, context={})

    def action_show(self):
        """Read the chosen month; a button."""
        self._fill()
        return True

    def _fill(self):
        self.ensure_one()
        sales = self._get_sales()
        buyers = sales.get_buyers()
        self.write(
            {
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "number": buyer.number,
                                "names": ", ".join(sorted(buyer.names)),
                                "goods": buyer.goods,
                                "triangular": buyer.triangular,
                                "services": buyer.services,
                                "is_wrong": buyer.is_wrong,
                            }
                        )
                        for buyer in buyers
                    ),
                ],
                "box_39": sales.get_box("se_39"),
                "services": sum(one.services for one in buyers if not one.is_wrong),
            }
        )

    def _get_sales(self):
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._("Choose that company before reading its EU sales.")
            )
        if not self.company_id._l10n_se_has_bas_chart():
            raise UserError(
                self.env._(
                    "%s has no Swedish chart of accounts, and no boxes.",
                    self.company_id.name,
                )
            )
        first = date.fromisoformat(f"{self.month}-01")
        return EuSales(self.company_id, first, first + relativedelta(day=31))

    def action_export(self):
        """Download the file for Skatteverket."""
        self.ensure_one()
        buyers = self._get_sales().get_buyers()
        if wrong := [buyer for buyer in buyers if buyer.is_wrong]:
            names = sorted(name for buyer in wrong for name in buyer.names)
            raise UserError(
                self.env._(
                    "These customers have no VAT number of another EU country: %s. "
                    "Enter it on the contact, or credit the invoice and send one with "
                    "Swedish VAT.",
                    ", ".join(names),
                )
            )
        year, month = self.month.split("-")
        content = prepare_file(
            buyers,
            re.sub(r"\D", "", self.company_id.vat or ""),
            f"{year[2:]}{month}",
            self._get_contact(),
        )
        self.file = base64.b64encode(content)
        name = f"periodisk_sammanstallning_{self.month}.csv"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "self",
        }

    def _get_contact(self):
        """Who answers for the list: name, telephone, e-mail."""
        user = self.env.user
        phone = re.sub(r"[^\d+-]", "", user.phone or "")
        if not phone:
            raise UserError(
                self.env._(
                    "Skatteverket asks for the telephone number of who answers for the "
                    "list: enter yours in your profile."
                )
            )
        name = user.name.replace(";", ",")
        return name[:MOST_NAME], phone[:MOST_PHONE], user.email or ""
