# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Sales to businesses in other EU countries: box 39, by the buyer's VAT number.

Skatteverket compares the boxes of the VAT return with the EU sales list, *periodisk
sammanställning* (35 kap. skatteförfarandelagen), which has a line a buyer.
"""

import re
from dataclasses import dataclass, field

from stdnum.eu import vat as vat_number

# Boxes of the VAT return and the columns of the list.
COLUMNS = {"se_35": "goods", "se_38": "triangular", "se_39": "services"}
# The first line of the file, which says what it is.
FILE_KIND = "SKV574008"
# Northern Ireland belongs to the EU for goods alone.
NOT_HERE = ("SE", "XI")


def clean(number):
    """A VAT number without what people write between its parts; "" for "/"."""
    return re.sub(r"[\W_]", "", number or "").upper()


def is_of_other_member_state(number):
    """Whether it is a VAT number of another EU country, check digits included.

    :param number: as :func:`clean` makes it
    """
    return number[:2] not in NOT_HERE and vat_number.is_valid(number)


@dataclass
class Buyer:
    """What one VAT number bought, in the company's currency.

    :param number: "" where an invoice has none
    """

    number: str
    names: set = field(default_factory=set)
    goods: float = 0.0
    triangular: float = 0.0
    services: float = 0.0

    @property
    def is_wrong(self):
        """Not a number that may be on the list."""
        return not is_of_other_member_state(self.number)


class EuSales:
    """The posted sales of a company without VAT to other EU countries.

    :param company: `res.company`
    :param first: first day of the period
    :param last: last day of the period
    """

    def __init__(self, company, first, last):
        self.company, self.env = company, company.env
        self.first, self.last = first, last

    def get_buyers(self):
        """List of :class:`Buyer`, by number; those that are wrong first."""
        buyers = {}
        for move, tag, balance in self._read(COLUMNS, "move_id"):
            number = move._l10n_se_get_buyer_number()
            buyer = buyers.setdefault(number, Buyer(number))
            buyer.names.add(move.commercial_partner_id.name or "")
            column = COLUMNS[tag]
            # A sale is a credit.
            setattr(buyer, column, getattr(buyer, column) - balance)
        found = [
            buyer
            for buyer in buyers.values()
            if any(map(self._round, (buyer.goods, buyer.triangular, buyer.services)))
        ]
        return sorted(found, key=lambda buyer: (not buyer.is_wrong, buyer.number))

    def get_box(self, code):
        """What a box of Odoo's VAT report comes to, by its own formula.

        :param code: of the report's line, such as "se_39"
        """
        # sudo: an accountant reads the report, not how it is defined.
        expression = self.env.ref(f"l10n_se.tax_report_line_{code[3:]}_tag").sudo()
        sign = -1 if expression.formula.startswith("-") else 1
        name = expression.formula.removeprefix("-")
        return sign * sum(one[-1] for one in self._read([name], "company_id"))

    def _read(self, names, group):
        """Yield (record of ``group``, name of the tag, balance)."""
        # sudo: the VAT report is the whole company's, whoever may read one invoice.
        lines = self.env["account.move.line"].sudo()
        country = self.env.ref("base.se").id
        tags = {
            self.env["account.account.tag"]._get_tax_tags(name, country): name
            for name in names
        }
        for record, tag, balance in lines._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("date", ">=", self.first),
                ("date", "<=", self.last),
                ("tax_tag_ids", "in", [tag.id for tag in tags]),
            ],
            [group, "tax_tag_ids"],
            ["balance:sum"],
        ):
            if name := tags.get(tag.sudo(False)):
                yield record, name, balance

    def _round(self, amount):
        return self.company.currency_id.round(amount)


def prepare_file(buyers, company_number, period, contact):
    """The file for Skatteverket's *Filöverföring*: text, parts divided by semicolons.

    :param buyers: list of :class:`Buyer`
    :param company_number: twelve digits of the company's VAT number
    :param period: such as "2611"
    :param contact: (name, telephone, e-mail) of who answers for it
    :return: bytes

    Whole kronor; öre are left out, as in the VAT return.
    """
    rows = [[FILE_KIND, ""], [company_number, period, *contact]]
    for buyer in buyers:
        amounts = (buyer.goods, buyer.triangular, buyer.services)
        rows.append([buyer.number, *(_in_kronor(one) for one in amounts), ""])
    text = "".join(";".join(row) + "\r\n" for row in rows)
    return text.encode("iso-8859-1", errors="replace")


def _in_kronor(amount):
    """Whole kronor, or nothing for nothing."""
    return str(int(round(amount, 2))) if round(amount, 2) else ""


def is_reported_by_buyer(move):
    """Whether the EU sales list has something of a document."""
    return bool(_get_tag_names(move.invoice_line_ids.tax_tag_ids) & COLUMNS.keys())


def are_of_eu_businesses(taxes, company):
    """Whether these taxes report services to businesses in other EU countries.

    Before the set-up corrects it, Odoo's tax of services outside the EU leads to box 39
    as well.
    """
    found = taxes.filtered(
        lambda tax: "se_39" in _get_tag_names(tax.repartition_line_ids.tag_ids)
    )
    # Looked for only where there is something to leave out: most customers are at home.
    return bool(found) and bool(
        found - (company._l10n_se_find("sale_tax_services_NEC") or found.browse())
    )


def _get_tag_names(tags):
    return set(tags.with_context(lang="en_US").mapped("name"))
