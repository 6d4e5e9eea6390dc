# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tools import float_compare, format_date

from odoo.addons.support_contract.evidence_guard import (
    Owner,
    get_columns,
    guard_table,
)
from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract.windows import opens
from odoo.addons.support_contract_billing.models.support_charge import GUARD_MESSAGE

from ..price import UsagePrice
from ..recording import MAX_QUANTITY, UsageRows, check_decimals

# What a row says; none of it changes once it is charged.
CONTENT = ("contract_id", "type_id", "date", "quantity", "reference", "note")
# What another row with the same reference has to say as well.
IDENTICAL = ("contract_id", "type_id", "date", "quantity")
# Written by the system alone.
SYSTEM = ("partner_id", "company_id", "charge_id")
REFERENCE_INDEXES = (
    "support_usage_reference_uniq",
    "support_usage_contract_reference_uniq",
)


class SupportUsage(models.Model):
    """Metered transactions of one customer: scans, e-invoices, AI calls. Clause R6.

    Each is identified by the customer and a reference of whoever metered it, once in
    the database: the same message or file twice is one record. Quantities are numbers,
    and never less than nothing in sum.
    """

    _name = "support.usage"
    _description = "Metered Usage"
    _inherit = ["support.protected.mixin"]
    _order = "date desc, id desc"
    _rec_name = "reference"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        check_company=True,
        domain="[('state', 'in', ('active', 'notice', 'ended'))]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        check_company=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    type_id = fields.Many2one(
        "support.service.type",
        string="Kind",
        required=True,
        index=True,
        domain="[('basis', '=', 'usage')]",
        help="A type of service that is charged by usage. Its price for each unit is "
        "in the contract's terms.",
    )
    date = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._support_today(),
        help="The day of the transaction; it is charged with that month.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        default=1.0,
        help="How many. A negative number takes back what was recorded too much.",
    )
    reference = fields.Char(
        required=True,
        size=128,
        help="Names it once for each customer, such as the number of the message or of "
        "the meter's report.",
    )
    note = fields.Char(size=1000)
    charge_id = fields.Many2one(
        "support.charge",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    charge_state = fields.Selection(related="charge_id.state", string="Status")

    _reference_uniq = models.UniqueIndex(
        "(company_id, partner_id, reference)",
        "This customer already has usage with that reference.",
    )
    # Also when the contract has passed to another customer in between.
    _contract_reference_uniq = models.UniqueIndex(
        "(contract_id, reference)",
        "This contract already has usage with that reference.",
    )
    _quantity_not_zero = models.Constraint(
        "CHECK (quantity != 0)", "A quantity of zero is no usage."
    )

    def init(self):
        guard_table(
            self.env.cr,
            self._table,
            sorted(get_columns(self)),
            GUARD_MESSAGE,
            owner=Owner("support_charge", "invoiced", "charge_id"),
        )
        return super().init()

    @api.constrains("contract_id", "type_id", "date", "quantity")
    def _check_chargeable(self):
        """What could never be charged is refused when it comes, not when it is due."""
        for usage in self:
            contract, day = usage.contract_id, usage.date
            today = contract.company_id._support_today()
            if contract.state not in ("active", "notice", "ended"):
                usage._refuse(self.env._("the contract is not running"))
            if usage.type_id.basis != "usage":
                usage._refuse(
                    self.env._("%s is not charged by usage", usage.type_id.name)
                )
            if day > today:
                usage._refuse(self.env._("the day is still to come"))
            if contract.date_start and day < contract.date_start:
                usage._refuse(
                    self.env._(
                        "the contract begins on %s",
                        format_date(self.env, contract.date_start),
                    )
                )
            if contract.date_end and day > contract.date_end:
                usage._refuse(
                    self.env._(
                        "the contract ended on %s",
                        format_date(self.env, contract.date_end),
                    )
                )
            if contract.billed_through and day <= contract.billed_through:
                usage._refuse(
                    self.env._(
                        "everything up to %s was billed elsewhere",
                        format_date(self.env, contract.billed_through),
                    )
                )
            if UsagePrice(contract, usage.type_id).agreed("price", day).value is None:
                usage._refuse(
                    self.env._(
                        "there is no price for %s: add it to the terms, or agree on a "
                        "special condition",
                        usage.type_id.name,
                    )
                )
        taken_back = self.filtered(lambda usage: usage.quantity < 0)
        self._check_balance(taken_back._get_months())

    @api.model
    def _check_balance(self, months):
        """No more is taken back than was there, on days with the same price.

        :param months: as `_get_months` gives them
        :raise ValidationError: names what takes back too much
        """
        for contract, kind, first in months:
            month = calendar_month(first)
            usages = contract._get_usages(kind, month)
            if not any(usage.quantity < 0 for usage in usages):
                continue
            for piece in UsagePrice(contract, kind).pieces(month):
                own = usages._filter_in_period(piece)
                total = sum(own.mapped("quantity"))
                if float_compare(total, 0, precision_digits=6) >= 0:
                    continue
                last = own.filtered(lambda usage: usage.quantity < 0).sorted("id")[-1:]
                last._refuse(
                    self.env._(
                        "only %s is left of that month to take back",
                        f"{total - last.quantity:.12g}",
                    )
                    if piece == month
                    else self.env._(
                        "only %(left)s is left to take back from %(start)s to %(end)s, "
                        "while that price held",
                        left=f"{total - last.quantity:.12g}",
                        start=piece.start,
                        end=piece.end,
                    )
                )

    def _check_system_vals(self, *vals_list):
        """Nobody but Odoo itself writes these fields."""
        if not self.env.su and any(
            vals.get(name) for vals in vals_list for name in SYSTEM
        ):
            raise AccessError(
                self.env._("Customer, company and charge of usage are set by Odoo.")
            )

    def _check_not_charged(self):
        """Charged usage is evidence and stays as it is."""
        # sudo: whoever keeps the usage need not read charges.
        if charged := self.sudo().filtered("charge_id"):
            raise UserError(
                self.env._(
                    "%(reference)s is charged (“%(charge)s”) and stays as it is. "
                    "Record the difference, negative if need be, with a reference of "
                    "its own.",
                    reference=charged[0].reference,
                    charge=charged[0].charge_id.display_name,
                )
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalize_vals(vals)
        self._check_system_vals(*vals_list)
        contracts = self.env["support.contract"].browse(
            [vals.get("contract_id") for vals in vals_list]
        )
        for vals, contract in zip(vals_list, contracts, strict=True):
            # sudo: the rule of the company is checked on the new record.
            contract_sudo = contract.sudo()
            vals["company_id"] = contract_sudo.company_id.id
            vals["partner_id"] = contract_sudo.partner_id.commercial_partner_id.id
        return super().create(vals_list)

    @api.model
    def _get_checked_links(self):
        return super()._get_checked_links() - {*SYSTEM}

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "read"}

    def write(self, vals):
        vals = dict(vals)
        self._normalize_vals(vals)
        before = (
            self._get_months() if vals.keys() & {"quantity", "date", "type_id"} else ()
        )
        self._check_system_vals(vals)
        if vals.keys() & set(CONTENT):
            self._check_not_charged()
        if "contract_id" in vals:
            raise UserError(
                self.env._("Delete it and record it anew on the other contract.")
            )
        result = super().write(vals)
        self._check_balance(before)
        return result

    def unlink(self):
        before = self._get_months()
        result = super().unlink()
        self._check_balance(before)
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for vals in vals_list:
            for name in SYSTEM:
                vals.pop(name, None)
            vals.setdefault("reference", "")
            vals["reference"] = self.env._("%s (copy)", vals["reference"])
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self._check_not_charged()

    action_view_charge = opens("charge_id")

    def _filter_in_period(self, period):
        """Usage dated within the period."""
        return self.filtered(lambda usage: usage.date in period)

    def _refuse(self, why):
        """Say which usage cannot be recorded like this, and why."""
        self.ensure_one()
        raise ValidationError(
            self.env._(
                "Usage %(reference)s of %(contract)s on %(date)s: %(why)s.",
                reference=self.reference,
                contract=self.contract_id.display_name,
                date=format_date(self.env, self.date),
                why=why,
            )
        )

    @api.model
    def _normalize_vals(self, vals):
        """Refuse what is no quantity; one reference has one spelling.

        :param vals: of one record; changed in place
        """
        if isinstance(vals.get("reference"), str):
            vals["reference"] = vals["reference"].strip()
        if "quantity" not in vals:
            return
        try:
            number = float(vals["quantity"] or 0)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or abs(number) > MAX_QUANTITY:
            raise ValidationError(
                self.env._(
                    "The quantity has to be a number of at most %s.",
                    f"{MAX_QUANTITY:,.0f}",
                )
            )
        check_decimals(self.env, number)

    def _get_month(self):
        """What it is charged with: (contract, kind, first day of the month)."""
        self.ensure_one()
        return self.contract_id, self.type_id, self.date.replace(day=1)

    def _get_months(self):
        """The months with this usage: {(contract, kind, first day)}."""
        return {usage._get_month() for usage in self}

    # === RECORDING === #

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
        usage_rows = UsageRows(self.env)
        vals_list = usage_rows.parse(rows)
        usages, problems = self._find_recorded(vals_list)
        usage_rows.check(problems)
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
        """Create usage that another process may be recording at the same time.

        :raise ConcurrencyError: when it did, so that Odoo calls again
        """
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

    def _find_recorded(self, vals_list):
        """What of these values is recorded, and what contradicts it.

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
        moved = {(usage.contract_id.id, usage.reference): usage for usage in found}
        said, usages, problems = {}, [], []
        rows = zip(identities, map(self._get_content, vals_list), strict=True)
        for number, (identity, content) in enumerate(rows, start=1):
            reference = identity[2]
            usage = known.get(identity) or moved.get((content[0], reference))
            if usage and identity not in said:
                [vals] = usage.read(IDENTICAL, load=None)
                said[identity] = self._get_content(vals)
            before = said.setdefault(identity, content)
            if before != content:
                problem = self.env._(
                    "The reference %(reference)s was used before and said: %(before)s. "
                    "Now it says: %(now)s. Nothing was changed.",
                    reference=reference,
                    before=self._describe(*before),
                    now=self._describe(*content),
                )
                problems.append((number, reference, problem))
            usages.append(usage or self.browse())
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

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for metered usage (CSV)"),
                "template": "/support_usage/static/csv/support_usage.csv",
            }
        ]
