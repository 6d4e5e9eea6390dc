# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rows of metered usage as a program or a person sends them, read strictly."""

import math
from datetime import date

from odoo.exceptions import UserError
from odoo.tools import float_compare, float_round

# Of one row; a sum of many can still be priced.
MAX_QUANTITY = 1e9
MAX_ROWS = 5_000
MAX_TEXT = 128
# Names of a row, as they arrive.
NAMES = ("contract", "customer", "kind", "date", "quantity", "reference", "note")


class UsageRefused(UserError):
    """Rows that cannot be recorded: nothing of the call was.

    :param problems: list of (number of the row from 1, reference, message)
    """

    def __init__(self, message, problems):
        super().__init__(message)
        self.problems = problems


def check_decimals(env, number):
    """Refuse a quantity that would be rounded when it is stored.

    :raise UserError: with the number, and how many decimals there can be
    """
    digits = env["decimal.precision"].precision_get("Product Unit")
    rounded = float_round(number, precision_digits=digits)
    if float_compare(number, rounded, precision_digits=digits + 4):
        raise UserError(
            env._(
                "The quantity %(number)s has too many decimals: there can be %(most)s "
                "at most.",
                number=f"{number:.12g}",
                most=digits,
            )
        )


class UsageRows:
    """Makes values of `support.usage` of the rows of one call.

    Contracts and kinds that were looked up are remembered for the next row.

    :param env: of whoever sends them
    """

    def __init__(self, env):
        self.env = env
        self.contracts = {}
        self.kinds = {}

    def parse(self, rows):
        """Values of all rows.

        :param rows: as `support.usage.record_usage` takes them
        :return: list of values of `support.usage`, in the same order
        :raise UsageRefused: names every row that is wrong
        """
        if not isinstance(rows, list) or not rows:
            raise UserError(self.env._("Send a list of usage with at least one row."))
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._("Send at most %s rows at a time.", f"{MAX_ROWS:,}")
            )
        vals_list, problems = [], []
        for number, row in enumerate(rows, start=1):
            try:
                vals_list.append(self._parse_row(row))
            except UserError as error:
                reference = row.get("reference") if isinstance(row, dict) else ""
                problems.append((number, str(reference or "")[:MAX_TEXT], str(error)))
        self.check(problems)
        return vals_list

    def check(self, problems):
        """Refuse all rows when one of them is wrong.

        :param problems: as in :class:`UsageRefused`
        """
        if problems:
            message = "\n".join(
                self.env._("Row %(row)s: %(problem)s", row=number, problem=text)
                for number, _reference, text in problems[:20]
            )
            raise UsageRefused(message, problems)

    def _parse_row(self, row):
        """Values of one row."""
        if not isinstance(row, dict):
            raise UserError(self.env._("It is no object with names and values."))
        if unknown := set(row) - set(NAMES):
            raise UserError(
                self.env._(
                    "Unknown: %(unknown)s. Use %(names)s.",
                    unknown=", ".join(sorted(map(str, unknown)))[:MAX_TEXT],
                    names=", ".join(NAMES),
                )
            )
        by = "contract" if row.get("contract") else "customer"
        who = self._parse_text(row, by, required=True)
        if (by, who) not in self.contracts:
            self.contracts[by, who] = self._find_contract(by, who)
        code = self._parse_text(row, "kind", required=True)
        if code not in self.kinds:
            self.kinds[code] = self._find_kind(code)
        return {
            "contract_id": self.contracts[by, who].id,
            "type_id": self.kinds[code].id,
            "date": self._parse_date(row),
            "quantity": self._parse_quantity(row),
            "reference": self._parse_text(row, "reference", required=True),
            "note": self._parse_text(row, "note", most=1000) or False,
        }

    def _parse_text(self, row, name, required=False, most=MAX_TEXT):
        text = row.get(name)
        if isinstance(text, int) and not isinstance(text, bool):
            text = str(text)
        if text is None or text is False:
            text = ""
        if not isinstance(text, str):
            raise UserError(self.env._("%s has to be a text.", name))
        text = text.strip()
        if required and not text:
            raise UserError(self.env._("%s is missing.", name))
        if len(text) > most or not text.isprintable():
            raise UserError(
                self.env._(
                    "%(name)s has to be one line of at most %(most)s characters.",
                    name=name,
                    most=most,
                )
            )
        return text

    def _parse_date(self, row):
        text = self._parse_text(row, "date", required=True)
        try:
            day = date.fromisoformat(text)
            if len(text) != len("2026-09-30"):
                raise ValueError(text)
        except ValueError as error:
            raise UserError(
                self.env._("date has to be a day such as 2026-09-30.")
            ) from error
        return day

    def _parse_quantity(self, row):
        value = row.get("quantity")
        try:
            if isinstance(value, bool):
                raise TypeError(value)
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise UserError(self.env._("quantity has to be a number.")) from error
        if not math.isfinite(number) or abs(number) > MAX_QUANTITY or not number:
            raise UserError(self.env._("quantity has to be a number, and not zero."))
        check_decimals(self.env, number)
        return number

    def _find_contract(self, by, who):
        """The one contract that is meant."""
        Contract = self.env["support.contract"]
        running = [("state", "in", ("active", "notice", "ended"))]
        if by == "contract":
            contracts = Contract.search([("name", "=", who), *running])
        else:
            partners = self.env["res.partner"].search(
                [
                    ("parent_id", "=", False),
                    "|",
                    "|",
                    ("ref", "=", who),
                    ("vat", "=ilike", who.replace("%", r"\%").replace("_", r"\_")),
                    ("company_registry", "=", who),
                ]
            )
            contracts = Contract.search(
                [("partner_id.commercial_partner_id", "in", partners.ids), *running]
            )
        if not contracts:
            raise UserError(self.env._("There is no running contract for “%s”.", who))
        if len(contracts) > 1:
            raise UserError(
                self.env._(
                    "“%(who)s” has several contracts: send the number of one of them "
                    "as contract (%(numbers)s).",
                    who=who,
                    numbers=", ".join(contracts.mapped("name")),
                )
            )
        return contracts

    def _find_kind(self, code):
        kind = self.env["support.service.type"].search(
            [("code", "=", code), ("basis", "=", "usage")]
        )
        if not kind:
            kinds = self.env["support.service.type"].search([("basis", "=", "usage")])
            raise UserError(
                self.env._(
                    "There is no kind of usage “%(code)s”. Use %(codes)s.",
                    code=code,
                    codes=", ".join(kinds.mapped("code")),
                )
            )
        return kind
