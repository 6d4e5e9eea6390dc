# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

# What a row says; none of it changes once it is charged.
CONTENT = ("contract_id", "type_id", "date", "quantity", "reference", "note")
# Written by the system alone.
SYSTEM = ("partner_id", "company_id", "charge_id")


class SupportUsage(models.Model):
    """Metered transactions of one customer: scans, e-invoices, AI calls. Clause R6.

    Each is identified by the customer and a reference of whoever metered it, once in
    the database: the same message or file twice is one record.
    """

    _name = "support.usage"
    _description = "Metered Usage"
    _order = "date desc, id desc"
    _rec_name = "reference"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('state', 'in', ('active', 'notice', 'ended'))]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    type_id = fields.Many2one(
        "support.service.type",
        string="Kind",
        required=True,
        ondelete="restrict",
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
            if contract._get_usage_term("price", usage.type_id, day).value is None:
                usage._refuse(
                    self.env._(
                        "there is no price for %s: add it to the terms, or agree on a "
                        "special condition",
                        usage.type_id.name,
                    )
                )
        taken_back = self.filtered(lambda usage: usage.quantity < 0)
        self._check_balance(taken_back._get_months())

    def _filter_in_period(self, period):
        """Those of these days."""
        return self.filtered(lambda usage: usage.date in period)

    def _refuse(self, why):
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

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        contracts = self.env["support.contract"].browse(
            [vals.get("contract_id") for vals in vals_list]
        )
        for vals, contract in zip(vals_list, contracts, strict=True):
            # sudo: the rule of the company is checked on the new record.
            contract_sudo = contract.sudo()
            vals["company_id"] = contract_sudo.company_id.id
            vals["partner_id"] = contract_sudo.partner_id.commercial_partner_id.id
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        if vals.keys() & set(CONTENT):
            self._check_not_charged()
        if "contract_id" in vals:
            raise UserError(
                self.env._("Delete it and record it anew on the other contract.")
            )
        return super().write(vals)

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

    def _check_system_fields(self, *vals_list):
        if not self.env.su and any(
            vals.get(name) for vals in vals_list for name in SYSTEM
        ):
            raise AccessError(
                self.env._("Customer, company and charge of usage are set by Odoo.")
            )

    def _check_not_charged(self):
        # sudo: whoever keeps the usage need not read charges.
        if charged := self.sudo().filtered("charge_id"):
            raise UserError(
                self.env._(
                    "%(reference)s is charged (“%(charge)s”) and stays as it is. "
                    "Record the difference, negative if need be, with a reference of "
                    "its own.",
                    reference=charged[0].reference,
                    charge=charged[0].charge_id.name,
                )
            )

    def action_view_charge(self):
        self.ensure_one()
        return self.charge_id._get_records_action(name=self.env._("Charge"))
