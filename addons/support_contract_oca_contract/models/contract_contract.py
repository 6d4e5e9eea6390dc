# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.windows import opens
from odoo.addons.support_contract_billing.due import get_instances_to_count
from odoo.addons.support_contract_billing.taxation import get_product_taxation

from ..carrying import KEY, Carrying, carrying

_logger = logging.getLogger(__name__)


class ContractContract(models.Model):
    """A recurring contract whose invoices carry the charges of support contracts."""

    _inherit = "contract.contract"

    support_contract_ids = fields.One2many(
        "support.contract",
        "carrier_contract_id",
        string="Support Contracts",
        readonly=True,
        groups="support_contract.group_support_user",
        help="Their charges become lines of this contract's invoices.",
    )
    support_contract_count = fields.Integer(
        compute="_compute_support_contract_count",
        groups="support_contract.group_support_user",
    )

    @api.depends("support_contract_ids")
    def _compute_support_contract_count(self):
        for contract in self:
            contract.support_contract_count = len(contract.support_contract_ids)

    @api.constrains(
        "partner_id",
        "invoice_partner_id",
        "company_id",
        "contract_type",
        "generation_type",
        "journal_id",
        "pricelist_id",
        "manual_currency_id",
    )
    def _check_support_contracts(self):
        # sudo: whoever changes the recurring contract need not see support contracts.
        self.sudo().support_contract_ids._check_carrier()

    action_view_support_contracts = opens("support_contract_ids")

    def recurring_create_invoice(self):
        self._count_for_support()
        return super().recurring_create_invoice()

    @api.model
    def _cron_recurring_create(self, date_ref=False, create_type="invoice"):
        if create_type == "invoice":
            day = date_ref or fields.Date.context_today(self)
            domain = self._get_contracts_to_invoice_domain(day)
            self.search(domain)._count_for_support()
        return super()._cron_recurring_create(date_ref, create_type=create_type)

    def _count_for_support(self):
        """Count lines that the fees on these invoices are computed from.

        Before any row is locked; at night our own scheduled action has mostly done it.
        """
        # sudo: whoever makes the invoice need not see support contracts.
        for contract_sudo in self.sudo().support_contract_ids:
            for instance_sudo in get_instances_to_count(contract_sudo):
                instance_sudo._count_or_note_failure()

    def _recurring_create_invoice(self, date_ref=False):
        on_its_way = Carrying()
        contracts = self.with_context(**{KEY: on_its_way})
        moves = super(ContractContract, contracts)._recurring_create_invoice(date_ref)
        moves = moves.with_env(self.env)
        self._tie_support_charges(moves, on_its_way)
        return moves

    def _prepare_recurring_invoices_values(self, date_ref=False):
        on_its_way = carrying(self)
        if not on_its_way:
            return super()._prepare_recurring_invoices_values(date_ref)
        values = []
        for contract in self:
            made = super(ContractContract, contract)._prepare_recurring_invoices_values(
                date_ref
            )
            values += made
            for vals in made[:1]:
                if vals.get("move_type") == "out_invoice":
                    contract._add_support_charges(vals, on_its_way)
        return values

    def _add_support_charges(self, vals, on_its_way):
        """Add a line for each charge that is due on the linked support contracts.

        :param vals: of the invoice, with the lines of this contract
        :param on_its_way: :class:`..carrying.Carrying`
        """
        self.ensure_one()
        # sudo: charges are written by the system alone, never by a person.
        contracts_sudo = self.sudo().support_contract_ids.sorted("id")
        contracts_sudo = contracts_sudo.filtered(
            lambda one: one.company_id._filter_billing()
        )
        if not contracts_sudo:
            return
        if reason := self.env["support.billing.run"].sudo()._get_stop_reason():
            _logger.error("No support charge is put on %s. %s", self, reason)
            return
        on_its_way.base_lines = [
            self._prepare_support_base_line(line)
            for _command, _id, line in vals["invoice_line_ids"]
            if line.get("price_unit")
        ]
        for contract_sudo in contracts_sudo:
            charges_sudo = contract_sudo._charge_on_carrier(on_its_way)
            if not charges_sudo:
                continue
            vals["invoice_line_ids"] += [
                Command.create(
                    charge._prepare_invoice_line_vals()
                    | {"sequence": on_its_way.mark(charge)}
                )
                for charge in charges_sudo
            ]
            number, reference = charges_sudo[0]._get_order_details()
            if number:
                vals["ref"] = number
            if reference:
                vals["support_customer_reference"] = reference

    def _get_support_position(self):
        """The fiscal position of its invoices: its own, or as Odoo chooses it."""
        self.ensure_one()
        if self.fiscal_position_id:
            return self.fiscal_position_id
        customer = self.invoice_partner_id
        return (
            self.env["account.fiscal.position"]
            .with_company(self.company_id)
            ._get_fiscal_position(
                customer,
                delivery=customer.browse(
                    customer.address_get(["delivery"])["delivery"]
                ),
            )
        )

    def _prepare_support_base_line(self, vals):
        """What :func:`get_total_of_lines` wants to know of a line of its own.

        :param vals: of the line of the invoice
        """
        product = self.env["product.product"].browse(vals.get("product_id"))
        position = self._get_support_position()
        taxation = get_product_taxation(product, self.company_id, position)
        return {
            "product_id": product,
            "tax_ids": taxation.taxes,
            "quantity": vals.get("quantity", 0),
            "price_unit": vals["price_unit"],
            "discount": vals.get("discount") or 0,
        }

    def _tie_support_charges(self, moves, on_its_way):
        """Tie each charge to the line that was made from it.

        :raise UserError: when one of them has no line; then nothing was invoiced
        """
        lines = {
            line.sequence: line
            for line in moves.invoice_line_ids
            if line.display_type == "product" and not line.contract_line_id
        }
        for sequence, charge_sudo in on_its_way.lines.items():
            line = lines.get(sequence)
            if not line or line.product_id != charge_sudo.product_id:
                raise UserError(
                    self.env._(
                        "The invoice has no line for “%s”, so it was not made.",
                        charge_sudo.display_name,
                    )
                )
            # sudo: see _add_support_charges.
            try:
                charge_sudo._set_invoice_line(line.sudo())
            except UserError as error:
                # It stays for later; the contract's own lines are invoiced.
                line.unlink()
                charge_sudo.contract_id._record_billing_failure(error)
