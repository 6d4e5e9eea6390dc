# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
from datetime import date

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import float_compare, float_round

from .support_usage_balance import MAX_QUANTITY

# Names of a row, as they arrive.
NAMES = ("contract", "customer", "kind", "date", "quantity", "reference", "note")
MAX_ROWS = 5_000
MAX_TEXT = 128
REFERENCE_INDEXES = (
    "support_usage_reference_uniq",
    "support_usage_contract_reference_uniq",
)


class UsageRefused(UserError):
    """Rows that cannot be recorded: nothing of the call was.

    :param problems: list of (number of the row from 1, reference, message)
    """

    def __init__(self, message, problems):
        super().__init__(message)
        self.problems = problems


class SupportUsage(models.Model):
    """Recording usage by call: as often as the caller likes, once in the database."""

    _inherit = "support.usage"

    @api.model
    def record_usage(self, rows):
        """Record metered transactions; callable by integrations of the staff.

        All or nothing: with one wrong row nothing is recorded, and the message names
        every wrong row, so the caller corrects them and sends all of it again. What is
        recorded already, and says the same, counts as known.

        :param rows: list of dicts with ``kind`` (code of the service type), ``date``
            (``2026-09-30``), ``quantity``, ``reference``, ``contract`` (its number) or
            ``customer`` (internal reference, VAT or company number), and ``note``
        :return: list of ``{"reference", "status": "recorded" | "known", "id"}``, in
            the order of the rows
        :raise UsageRefused: a UserError; says which rows and why
        """
        self.check_access("create")
        vals_list = self._parse_rows(rows)
        usages, problems = self._find_recorded(vals_list)
        self._raise_problems(problems)
        new = {
            self._get_identity(vals): vals
            for vals, usage in zip(vals_list, usages, strict=True)
            if not usage
        }
        created = dict(zip(new, self._create_once(list(new.values())), strict=True))
        return [
            {
                "reference": vals["reference"],
                "status": "known" if usage else "recorded",
                "id": (usage or created[self._get_identity(vals)]).id,
            }
            for vals, usage in zip(vals_list, usages, strict=True)
        ]

    def _load_records_create(self, vals_list):
        """An imported file may hold rows that were imported before."""
        try:
            usages = self.browse()
            for vals in vals_list:
                usages += self._load_one(vals)  # the same row twice is there twice
            return usages
        except UserError as error:
            if len(vals_list) == 1:
                raise
            # Odoo would show it as a fault of the first row. Without a message for the
            # user it goes through the rows one by one and finds the right ones.
            raise ValueError(str(error)) from error

    def _load_one(self, vals):
        """One row of a file: the same as before, or new."""
        vals = self.default_get(["date", "quantity"]) | vals
        self._normalize_vals(vals)
        if not all(vals.get(name) for name in ("contract_id", "type_id", "reference")):
            return self.create([vals])  # refused: it names what is missing
        [usage], problems = self._find_recorded([vals])
        if problems:
            raise UserError(problems[0][2])
        return usage or self.create([vals])

    def _create_once(self, vals_list):
        try:
            return self.create(vals_list)
        except errors.UniqueViolation as error:
            if error.diag.constraint_name not in REFERENCE_INDEXES:
                raise
            # Another process recorded it after this one began to look: Odoo calls
            # again with a fresh view of the database, and then it is known.
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _get_identity(self, vals):
        """(company, customer, reference): what the database holds once."""
        # sudo: only to compare; creating checks the rights.
        contract_sudo = self.env["support.contract"].sudo().browse(vals["contract_id"])
        return (
            contract_sudo.company_id.id,
            contract_sudo.partner_id.commercial_partner_id.id,
            str(vals["reference"]).strip(),
        )

    @api.model
    def _get_content(self, vals):
        """What the same reference has to say again: contract, kind, day, quantity."""
        return (
            vals["contract_id"],
            vals["type_id"],
            fields.Date.to_date(vals["date"]),
            round(float(vals["quantity"]), 6),
        )

    def _get_content_of(self, usage):
        """The same of a record."""
        return (
            usage.contract_id.id,
            usage.type_id.id,
            usage.date,
            round(usage.quantity, 6),
        )

    def _find_recorded(self, vals_list):
        """What of it is recorded, and what contradicts it.

        :return: (list with the usage that says the same, or none, for each of the
            values; list of problems as in :class:`UsageRefused`)
        """
        identities = [self._get_identity(vals) for vals in vals_list]
        # The contract finds what was recorded before it passed to another customer.
        found = self.search(
            [
                ("reference", "in", list({one[2] for one in identities})),
                "|",
                ("partner_id", "in", list({one[1] for one in identities})),
                ("contract_id", "in", [vals["contract_id"] for vals in vals_list]),
            ]
        )
        known = {
            (usage.company_id.id, usage.partner_id.id, usage.reference): usage
            for usage in found
        }
        said = {
            identity: self._get_content_of(usage) for identity, usage in known.items()
        }
        moved = {(usage.contract_id.id, usage.reference): usage for usage in found}
        usages, problems = [], []
        rows = zip(identities, map(self._get_content, vals_list), strict=True)
        for number, (identity, content) in enumerate(rows, start=1):
            if identity not in known and (
                usage := moved.get((content[0], identity[2]))
            ):
                known[identity] = usage
                said[identity] = self._get_content_of(usage)
            before = said.setdefault(identity, content)
            if before != content:
                problem = self.env._(
                    "The reference %(reference)s was used before and said: %(before)s. "
                    "Now it says: %(now)s. Nothing was changed.",
                    reference=identity[2],
                    before=self._describe(*before),
                    now=self._describe(*content),
                )
                problems.append((number, identity[2], problem))
            usages.append(known.get(identity, self.browse()))
        return usages, problems

    @api.model
    def _describe(self, contract_id, type_id, day, quantity):
        """Usage in words, to hold two versions side by side."""
        return self.env._(
            "%(quantity)s × %(kind)s on %(date)s (%(contract)s)",
            quantity=f"{quantity:.12g}",
            kind=self.env["support.service.type"].browse(type_id).name,
            date=fields.Date.to_string(day),
            contract=self.env["support.contract"].browse(contract_id).name,
        )

    # -- rows -------------------------------------------------------------------

    def _parse_rows(self, rows):
        if not isinstance(rows, list) or not rows:
            raise UserError(self.env._("Send a list of usage with at least one row."))
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._("Send at most %s rows at a time.", f"{MAX_ROWS:,}")
            )
        vals_list, problems = [], []
        contracts, kinds = {}, {}
        for number, row in enumerate(rows, start=1):
            try:
                vals_list.append(self._parse_row(row, contracts, kinds))
            except UserError as error:
                reference = row.get("reference") if isinstance(row, dict) else ""
                problems.append((number, str(reference or "")[:MAX_TEXT], str(error)))
        self._raise_problems(problems)
        return vals_list

    def _raise_problems(self, problems):
        if problems:
            message = "\n".join(
                self.env._("Row %(row)s: %(problem)s", row=number, problem=text)
                for number, _reference, text in problems[:20]
            )
            raise UsageRefused(message, problems)

    def _parse_row(self, row, contracts, kinds):
        """Values of one row.

        :param contracts: what was looked up before, to be filled
        :param kinds: the same for the kinds
        """
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
        if (by, who) not in contracts:
            contracts[by, who] = self._find_contract(by, who)
        code = self._parse_text(row, "kind", required=True)
        if code not in kinds:
            kinds[code] = self._find_kind(code)
        return {
            "contract_id": contracts[by, who].id,
            "type_id": kinds[code].id,
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
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if not math.isfinite(number) or abs(number) > MAX_QUANTITY or not number:
            raise UserError(self.env._("quantity has to be a number, and not zero."))
        if float_compare(
            number,
            float_round(number, precision_digits=digits),
            precision_digits=digits + 4,
        ):
            raise UserError(
                self.env._("quantity can have %s decimals at most.", digits)
            )
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

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for metered usage (CSV)"),
                "template": "/support_contract_billing/static/csv/support_usage.csv",
            }
        ]
