# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.misc import clean_context

from odoo.addons.support_contract_billing.billing import is_conflict
from odoo.addons.support_contract_billing.due import (
    get_pending_charges,
    get_waiting_evidence,
)
from odoo.addons.support_contract_billing.invoicing import bill_batch
from odoo.addons.support_contract_billing.taxation import (
    fits,
    get_total_of_lines,
    prepare_base_line,
)

from ..carrying import KEY, Carrying, carrying

_logger = logging.getLogger(__name__)


class SupportContract(models.Model):
    """A contract whose charges go out on the invoices of a recurring contract."""

    _inherit = "support.contract"

    carrier_contract_id = fields.Many2one(
        "contract.contract",
        string="Invoiced With",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        tracking=True,
        groups="account.group_account_invoice",
        help="A recurring contract of the same customer: what is due here becomes "
        "lines of its next invoice. That invoice stays a draft or is posted as all "
        "invoices of the recurring contract are.",
    )
    is_carried = fields.Boolean(
        compute="_compute_is_carried",
        compute_sudo=True,
        help="Its charges go out on the invoices of a recurring contract.",
    )
    carrier_grace_days = fields.Integer(
        string="Carrier Grace (Days)",
        default=7,
        tracking=True,
        help="When the recurring contract makes no invoice within so many days after "
        "something is due here, it goes on an invoice of its own.",
    )

    _carrier_grace_positive = models.Constraint(
        "CHECK (carrier_grace_days BETWEEN 0 AND 90)",
        "The recurring contract is waited for between 0 and 90 days.",
    )

    @api.depends("carrier_contract_id")
    def _compute_is_carried(self):
        for contract in self:
            contract.is_carried = bool(contract.carrier_contract_id)

    @api.constrains(
        "carrier_contract_id",
        "partner_id",
        "company_id",
        "currency_id",
        "billing_order_number",
        "billing_reference",
    )
    def _check_carrier(self):
        # sudo: whoever changes the contract need not see recurring contracts.
        for contract_sudo in self.sudo():
            if problem := contract_sudo._get_carrier_problem():
                raise ValidationError(problem)

    def _get_carrier_problem(self):
        """Why the recurring contract cannot carry this one's charges; or nothing."""
        self.ensure_one()
        carrier = self.carrier_contract_id
        if not carrier:
            return ""
        names = {"contract": self.display_name, "carrier": carrier.display_name}
        customer = self.partner_id.commercial_partner_id
        invoiced = carrier.invoice_partner_id or carrier.partner_id
        if carrier.contract_type != "sale" or carrier.generation_type != "invoice":
            return self.env._("%s makes no customer invoices.", carrier.display_name)
        if carrier.company_id != self.company_id:
            return self.env._(
                "%(carrier)s and %(contract)s belong to different companies.", **names
            )
        if {carrier.commercial_partner_id, invoiced.commercial_partner_id} != {
            customer
        }:
            return self.env._(
                "%(carrier)s and %(contract)s have different customers.", **names
            )
        if carrier.currency_id != self.currency_id:
            return self.env._(
                "%(carrier)s and %(contract)s are in different currencies.", **names
            )
        others = carrier.support_contract_ids - self
        for name in ("billing_order_number", "billing_reference"):
            if set(filter(None, others.mapped(name))) - {self[name]} and self[name]:
                return self.env._(
                    "%(contract)s and %(other)s share the invoices of %(carrier)s, "
                    "which can have one order number and one reference only.",
                    other=others[:1].display_name,
                    **names,
                )
        return ""

    def action_view_carrier(self):
        self.ensure_one()
        return self.carrier_contract_id._get_records_action(
            name=self.env._("Recurring Contract"),
            context={"default_contract_type": "sale"},
        )

    def _check_invoiceable(self, products, known):
        result = super()._check_invoiceable(products, known)
        if carrying(self) and (problem := self._get_carrier_problem()):
            raise UserError(problem)
        return result

    def _get_own_invoice_charges(self, charges):
        """None of them while a recurring contract makes its invoice.

        Where that, with VAT, would become less than zero, they stay for an invoice of
        ours, which knows how to give back.
        """
        on_its_way = carrying(self)
        if not on_its_way:
            return super()._get_own_invoice_charges(charges)
        carried = self._get_carried_charges(charges)
        lines = on_its_way.base_lines + [prepare_base_line(one) for one in carried]
        total = get_total_of_lines(lines, self.company_id, self.currency_id)
        if self.currency_id.compare_amounts(total, 0) >= 0:
            on_its_way.charges = carried
            on_its_way.base_lines = lines
        return super()._get_own_invoice_charges(charges - carried)

    def _get_carried_charges(self, charges):
        """Those of these charges that an invoice of the recurring contract can carry.

        What a former customer of the contract owes is on an invoice of ours to them,
        and so is what has another VAT than the invoice would give it.
        """
        # sudo: see _preview_grouping_key.
        position = self.sudo().carrier_contract_id._get_support_position()
        customer = self.partner_id.commercial_partner_id
        carried = charges.filtered(
            lambda charge: charge.partner_id.commercial_partner_id == customer
            and fits(charge, position)
        )
        # One invoice has one order number and one reference.
        return carried.filtered(
            lambda charge: (
                charge._get_order_details() == carried[0]._get_order_details()
            )
        )

    def _charge_on_carrier(self, on_its_way):
        """Charge what is due, for the invoice that the recurring contract makes.

        In its transaction, and whatever goes wrong here never stops its invoice: it is
        noted on this contract, whose charges wait for the next invoice or ours.

        :param on_its_way: :class:`..carrying.Carrying`
        :return: `support.charge` that this invoice takes
        """
        self.ensure_one()
        on_its_way.charges, base_lines = None, on_its_way.base_lines
        # Nothing that came with the call reaches charges or searches.
        context = clean_context(self.env.context) | {
            KEY: on_its_way,
            "active_test": True,
        }
        # pylint: disable=context-overridden
        contract = self.with_context(context)
        try:
            with self.env.cr.savepoint():
                # Whoever bills it at this moment, or did since this transaction began,
                # has what is due: the database refuses the row, or says that it is
                # locked.
                if contract.try_lock_for_update(allow_referencing=True):
                    bill_batch(contract)
                else:
                    _logger.info("%s: another process has it", self)
        except Exception as error:
            on_its_way.charges, on_its_way.base_lines = None, base_lines
            if is_conflict(error):
                _logger.info("%s: another process has it: %s", self, error)
            else:
                _logger.warning("%s could not be charged", self, exc_info=error)
                self._record_billing_failure(error)
        if on_its_way.charges is None:
            return self.env["support.charge"]
        return on_its_way.charges.with_env(self.env)

    # === WHEN AN INVOICE OF OURS NO LONGER WAITS FOR THE RECURRING CONTRACT === #

    def _get_billing_day(self, attended=False, today=None):
        """The recurring contract takes what is due today, our run what it left."""
        day = super()._get_billing_day(attended, today)
        if attended or not self.is_carried:
            return day
        today = today or self.company_id._support_today()
        if carrying(self):
            return today
        return today - timedelta(days=self.carrier_grace_days)

    def _get_contracts_to_invoice(self, today=None):
        """Also those whose charges came off an invoice, or found no place on one."""
        found = super()._get_contracts_to_invoice(today)
        left = (self - found).filtered("is_carried")
        waiting = get_pending_charges(left, today).filtered(
            lambda charge: charge.kind == "recurring"
            and charge.date <= charge.contract_id._get_billing_day(today=today)
        )
        return found | (left & waiting.contract_id)

    def _is_over(self, today=None):
        over = super()._is_over(today)
        if over and self.is_carried:
            return self.date_end < self._get_billing_day(today=today)
        return over

    def _is_evidence_due(self, today=None):
        due = super()._is_evidence_due(today)
        if due and self.is_carried:
            first = self._get_billing_day(today=today).replace(day=1)
            return any(
                one.date < first for one in get_waiting_evidence(self, today)[self]
            )
        return due

    # === PREVIEW === #

    def _get_previewed(self, day):
        """The recurring contract takes all that is due or waits, without grace days."""
        carried = self.filtered("is_carried")
        previewed = super(SupportContract, self - carried)._get_previewed(day)
        carried = carried.with_context(**{KEY: Carrying()})
        waiting = {
            *get_pending_charges(carried, day).contract_id,
            *get_waiting_evidence(carried, day),
        }
        carried = carried.filtered(
            lambda contract: contract in waiting or contract._has_due_services(day)
        )
        return [*previewed, carried]

    def _preview_grouping_key(self):
        """All support contracts of a recurring contract share its invoice."""
        if self.is_carried:
            # sudo: the preview is shown to consultants, who need not see it.
            return ("carrier", self.sudo().carrier_contract_id.id)
        return super()._preview_grouping_key()

    def _get_documents(self, charges):
        if not self[:1].is_carried:
            return super()._get_documents(charges)
        # What another document asks for makes room for what is given back.
        carried = self[0]._get_carried_charges(charges)
        documents = [(carried, self._describe_carrier())] if carried else []
        return documents + super()._get_documents(charges - carried)

    def _describe_carrier(self):
        """What carries the charges of these contracts, in words."""
        # sudo: see _preview_grouping_key.
        carrier_sudo = self.sudo().carrier_contract_id
        names = {
            "carrier": carrier_sudo.name,
            "days": max(self.mapped("carrier_grace_days")),
        }
        day = carrier_sudo.recurring_next_date
        if not (day and carrier_sudo.active):
            return self.env._(
                "The recurring contract %(carrier)s makes no invoice any more: an "
                "invoice of their own, %(days)s days after they are due.",
                **names,
            )
        return self.env._(
            "The invoice of the recurring contract %(carrier)s on %(day)s; an invoice "
            "of their own if there is none %(days)s days after they are due.",
            day=format_date(self.env, day),
            **names,
        )
