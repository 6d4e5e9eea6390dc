# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Taxes, accounts and boxes of the VAT return."""

from odoo.fields import Command
from odoo.tools import format_date, format_list

from ..models.product_template import (
    GOODS_TO_SERVICES_ACCOUNTS,
    GOODS_TO_SERVICES_TAXES,
)
from .check import Check, CompanySetting, Finding

# What each fiscal position of the BAS charts is found by, and what it makes of 25 % on
# services and of their account (template xmlids); None: it leaves it.
POSITIONS = {
    "fp_sweden": ({}, None, None),
    "fp_euro_b2b": ({"vat_required": True}, "sale_tax_services_EC", "a3308"),
    "fp_euro_b2c": ({}, None, None),
    "fp_outside_euro": ({}, "sale_tax_services_NEC", "a3305"),
}


class Goods(Check):
    """Products that are sold as goods."""

    code = "goods"
    is_automatic = True

    def get_name(self):
        return self.env._("Accounts and taxes of services")

    def find(self):
        changes = self._get_changes()
        if not changes:
            return None
        return Finding(
            self.env._(
                "These products have the account or the tax of goods: %s.",
                format_list(self.env, [product.name for product, __ in changes]),
            ),
            self.env._(
                "Right are the account and the tax of services. Sold to another "
                "country they are otherwise reported as exported goods."
            ),
        )

    def correct(self):
        for product_sudo, vals in self._get_changes():
            product_sudo.write(vals)

    def _get_changes(self):
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
            self.ref(goods): self.ref(services)
            for goods, services in xmlids.items()
            if self.ref(goods) and self.ref(services)
        }


class Positions(Check):
    """Customers abroad get their tax by Odoo's fiscal positions."""

    code = "positions"
    is_automatic = True

    def get_name(self):
        return self.env._("Fiscal positions")

    def find(self):
        gone = [xmlid for xmlid in self._get_needed() if not self.ref(xmlid)]
        if gone:
            return Finding(
                self.env._("Deleted: %s.", format_list(self.env, gone)),
                self.env._(
                    "Those of Odoo's chart. Reload it in the settings of Accounting, "
                    "under Fiscal Localization."
                ),
            )
        changes = self._get_changes()
        if not changes:
            return None
        return Finding(
            self.env._(
                "Customers abroad would get another tax: %s.",
                format_list(self.env, [record.display_name for record, __ in changes]),
            ),
            self.env._(
                "Right is: found by country and VAT number, with the taxes and "
                "accounts of services, as in Odoo's chart."
            ),
        )

    def correct(self):
        for record, vals in self._get_changes():
            record.write(vals)

    def _get_needed(self):
        """Template xmlids of what has to be there."""
        needed = ["sale_tax_25_services"]
        for xmlid, (__, tax, account) in POSITIONS.items():
            needed += filter(None, [xmlid, tax, account])
        return needed

    def _get_changes(self):
        """List of (position or tax, values); nothing where one of them is gone."""
        if not all(map(self.ref, self._get_needed())):
            return []
        changes = []
        domestic, account = self.ref("sale_tax_25_services"), self.ref("a30012")
        for xmlid, (found_by, tax_xmlid, account_xmlid) in POSITIONS.items():
            position = self.ref(xmlid)
            right = {"active": True, "auto_apply": True, **found_by}
            vals = {
                name: value for name, value in right.items() if position[name] != value
            }
            # Any account of the accountant's own will do.
            if account_xmlid and account and position.map_account(account) == account:
                vals["account_ids"] = [
                    Command.create(
                        {
                            "account_src_id": account.id,
                            "account_dest_id": self.ref(account_xmlid).id,
                        }
                    )
                ]
            if vals:
                changes.append((position, vals))
            tax = tax_xmlid and self.ref(tax_xmlid)
            if tax and not (
                tax.active
                and domestic in tax.original_tax_ids
                and position in tax.fiscal_position_ids
            ):
                changes.append(
                    (
                        tax,
                        {
                            "active": True,
                            "original_tax_ids": [Command.link(domestic.id)],
                            "fiscal_position_ids": [Command.link(position.id)],
                        },
                    )
                )
        return changes


class Box40Tag(Check):
    """Box 40, part one: the tag on the tax.

    Until 2026 `l10n_se` reported services outside the EU in box 39, which is for
    businesses in the EU alone. A chart that was loaded then still does.
    """

    code = "box_40_tag"
    is_automatic = True

    def get_name(self):
        return self.env._("Box 40: services outside the EU")

    def find(self):
        lines = self._get_lines()
        if not lines:
            return None
        return Finding(
            self.env._(
                "The tax %(tax)s is reported as: %(tags)s.",
                tax=lines.tax_id.name,
                tags=", ".join(lines.tag_ids.mapped("name")) or self.env._("nothing"),
            ),
            self.env._(
                "Right is box 40 of the VAT return. Box 39 is for businesses in other "
                "EU countries alone, and is compared with the EU sales list."
            ),
            self._get_posted_note(lines.tax_id),
        )

    def correct(self):
        box_39, box_40 = self._get_tag("se_39"), self._get_tag("se_40")
        for tax, lines in self._get_lines().grouped("tax_id").items():
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

    def _get_lines(self):
        """Repartition lines that send services outside the EU to another box."""
        tax = self.ref("sale_tax_services_NEC") or self.env["account.tax"]
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
            return ""
        return self.env._(
            "Posted invoice lines in box 39: %(count)s, the first of %(date)s. They "
            "stay there; correct the VAT returns of their periods.",
            count=count,
            date=format_date(self.env, first),
        )


class Box40Sign(Check):
    """Box 40, part two: the sign in the report.

    Odoo corrected it in 2026; a database may have that or not.
    """

    code = "box_40_sign"
    is_automatic = True

    def get_name(self):
        return self.env._("Box 40: sign in the VAT report")

    def find(self):
        expression = self._get_expression()
        if not expression:
            return None
        return Finding(
            self.env._(
                "%(line)s: formula %(formula)s, so sales come out negative.",
                line=expression.report_line_name,
                formula=expression.formula,
            ),
            self.env._(
                "Right is -se_40, as in the other boxes for sales, for every Swedish "
                "company of the database. An update of Odoo's Swedish accounting "
                "restores the wrong formula; look here again after one."
            ),
        )

    def correct(self):
        self._get_expression().formula = "-se_40"

    def _get_expression(self):
        """The formula of box 40 while it lacks the minus that sales need."""
        expression = self.env.ref("l10n_se.tax_report_line_40_tag")
        return expression.filtered(lambda expr: expr.formula == "se_40")


class Categories(Check):
    """What e-invoices call the taxes of services."""

    code = "categories"
    is_automatic = True

    def get_name(self):
        return self.env._("VAT categories of e-invoices")

    def find(self):
        taxes = self.company._l10n_se_get_taxes_without_category()
        if not taxes:
            return None
        return Finding(
            self.env._(
                "These taxes have none: %s.",
                format_list(self.env, taxes.mapped("name")),
            ),
            self.env._(
                "Right is S in Sweden, AE (reverse charge) in the EU, G outside. Odoo "
                "calls services abroad goods otherwise, and receivers refuse them."
            ),
        )

    def correct(self):
        self.company._l10n_se_set_tax_categories()


class VatRounding(CompanySetting):
    code = "vat_rounding"
    field, value = "tax_calculation_rounding_method", "round_globally"

    def get_name(self):
        return self.env._("Rounding of VAT")

    def find(self):
        if self.is_right():
            return None
        return Finding(
            self.env._(
                "On each line: four lines of 10.10 come to 10.12 in VAT, not 10.10."
            ),
            self.env._(
                "Right is once for each tax of the invoice, as receivers of e-invoices "
                "check it."
            ),
        )


class TotalRounding(CompanySetting):
    code = "total_rounding"
    field = "l10n_se_round_totals"

    def get_name(self):
        return self.env._("Rounding of totals")

    def find(self):
        if self.is_right():
            return None
        return Finding(
            self.env._("Totals have öre."),
            self.env._(
                "Whole kronor on account 3740, without VAT, is what many customers "
                "expect. It can also be on purpose; then leave it."
            ),
            is_choice=True,
        )

    def describe(self):
        return self.env._("Whole kronor, on account 3740.")
