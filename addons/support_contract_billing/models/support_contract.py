# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import groupby

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.models.mixins.support_status_mixin import (
    FAILED,
    WAITS,
)
from odoo.addons.support_contract.proposed import PROPOSED
from odoo.addons.support_contract.windows import (
    fill_count,
    get_notification,
    lists,
)

from ..agreement_differences import adjust_charges
from ..billing import ACCOUNTANTS
from ..crediting import split_by_document
from ..due import approve_backlog, get_pending_charges, get_waiting_evidence
from ..invoice_checks import (
    InvoiceChecks,
    check_charged_currency,
    get_invoice_journal,
)
from ..invoicing import (
    BILLING_FAILED,
    bill_at_once,
    bill_batch,
    turn_into_credit,
)
from ..next_invoice import describe_next_invoice, find_announced
from ..order_details import ORDER_DETAILS, OrderDetails
from ..portal_rows import (
    ChargedLines,
    describe_announced,
    get_lines_to_hold,
    get_money_form,
    get_next_day,
    prepare_invoices,
    prepare_next_invoice,
)
from ..run_work import announce_fees
from ..sending import PAUSE, check_all, get_contracts_to_check, send_again
from ..simulation import Simulation
from ..suspending import get_suspension, get_unpaid_spans
from ..taxation import get_document_position, get_invoice_address
from .res_company import POLICIES

# What a banner tells of, and how grave it is.
BANNERS = {
    "billing_error": FAILED + 1,
    "sending_error": FAILED + 2,
    "count_day_error": FAILED + 3,
    "billing_wait": WAITS,
    "held_services": WAITS + 1,
}
CRON_SENDING = "support_contract_billing.ir_cron_check_sending"

_logger = logging.getLogger(__name__)


def _prepare_lines(charges):
    """Values of invoice lines; where contracts share the invoice, each says whose."""
    several = len(charges.contract_id) > 1
    for charge in charges:
        vals = charge._prepare_invoice_line_vals()
        if several:
            vals["name"] = f"{charge.contract_id.name}: {vals['name']}"
        yield vals


class SupportContract(models.Model):
    """A contract that is charged and invoiced.

    What takes several steps is a class or function of a module beside `models`; the
    methods here lead to them, and are what other add-ons extend.
    """

    _inherit = "support.contract"

    charge_ids = fields.One2many("support.charge", "contract_id")
    charge_count = fields.Integer("Charges", compute="_compute_charge_count")
    provisional_charge_ids = fields.One2many(
        "support.charge",
        "contract_id",
        domain=[("provisional", "=", True)],
        help="Charged by an old count, and still to be put right.",
    )
    invoice_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_invoice_ids"
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    monthly_fee = fields.Monetary(
        readonly=True,
        copy=False,
        help="A whole month of the services that run today, by the latest approved "
        "line counts; without tax and without what is metered.",
    )
    next_invoice = fields.Char(
        compute="_compute_next_invoice",
        compute_sudo=True,
        help="When the scheduled action makes the next invoice, and what it comes to "
        "as far as it is known today.",
    )
    date_billed = fields.Datetime(
        string="Last Billed",
        readonly=True,
        copy=False,
        help="When the contract last got an invoice.",
    )
    billing_error = fields.Text(
        string="Billing Failure",
        readonly=True,
        copy=False,
        help="Why the contract could not be billed; the next success clears it.",
    )
    date_billing_failed = fields.Datetime(
        readonly=True,
        copy=False,
        help="A contract that failed is tried again on another day, so that it does "
        "not hold up the others.",
    )
    billing_policy = fields.Selection(
        POLICIES,
        string="Its Invoices",
        compute="_compute_billing_policy",
        required=True,
        tracking=True,
        help="What the scheduled action does with the invoice. Sending is Odoo's own "
        "work and happens some minutes later.",
        **PROPOSED,
    )
    billing_grace_days = fields.Integer(
        string="Grace Period (Days)",
        tracking=True,
        help="A month is invoiced this many days after it is due.",
    )
    billing_grouping = fields.Selection(
        [
            ("contract", "An invoice of its own"),
            ("customer", "With the customer's other contracts"),
        ],
        string="Invoiced On",
        default="contract",
        required=True,
        tracking=True,
        help="Contracts of a customer that are due on the same day can share an "
        "invoice.",
    )
    billing_order_number = fields.Char(
        string="Customer's Order Number",
        copy=False,
        tracking=True,
        help="Is printed on every invoice and goes into electronic ones. Another one "
        "holds for what is charged through today or a later day; press Amend for "
        "another day.",
    )
    billing_order_required = fields.Boolean(
        string="Order Number Required",
        tracking=True,
        help="The customer refuses invoices without their order number: none is made "
        "while it is missing.",
    )
    billing_reference = fields.Char(
        string="Customer's Reference",
        copy=False,
        tracking=True,
        help="The person or cost centre that the customer wants to see on invoices.",
    )
    billing_reference_required = fields.Boolean(
        string="Reference Required",
        tracking=True,
        help="The customer refuses invoices without their reference: none is made "
        "while it is missing.",
    )
    billing_wait = fields.Text(
        string="Waits For",
        readonly=True,
        copy=False,
        help="What a person has to decide before this contract is invoiced.",
    )
    backlog_approved = fields.Boolean(
        readonly=True,
        copy=False,
        help="Somebody has agreed to charging more than one missed month.",
    )
    held_services = fields.Text(
        compute="_compute_held_services",
        help="Services that are not charged, and why, while the rest is billed.",
    )
    count_day_error = fields.Text(
        string="Count Day Failure",
        readonly=True,
        copy=False,
        help="Why a changed fee could not be announced, or what was charged by an old "
        "count not put right; the next success clears it.",
    )
    sending_error = fields.Text(
        string="Not Sent",
        readonly=True,
        copy=False,
        help="Which invoices did not reach the customer, and why; the next success "
        "clears it.",
    )
    announcement_ids = fields.One2many("support.fee.announcement", "contract_id")
    announcement_count = fields.Integer(
        "Announced Fees", compute="_compute_announcement_count"
    )

    _billing_grace_positive = models.Constraint(
        "CHECK (billing_grace_days BETWEEN 0 AND 90)",
        "The grace period is between 0 and 90 days.",
    )

    @api.depends("company_id")
    def _compute_billing_policy(self):
        for contract in self:
            contract.billing_policy = contract.company_id.support_billing_policy

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        fill_count(self, "charge_count", "support.charge")

    @api.depends("charge_ids.move_id")
    def _compute_invoice_ids(self):
        moves = dict(
            self.env["support.charge"]._read_group(
                Domain("contract_id", "in", self.ids) & Domain("move_id", "!=", False),
                ["contract_id"],
                ["move_id:recordset"],
            )
        )
        for contract in self:
            contract.invoice_ids = moves.get(contract._origin, False)

    @api.depends("invoice_ids", "charge_ids.former_line_ids")
    def _compute_invoice_count(self):
        for contract in self:
            contract.invoice_count = len(contract._get_all_invoices())

    @api.depends("state", "service_ids.type_id", "service_ids.date_end")
    def _compute_held_services(self):
        for contract in self:
            if contract.state not in ("active", "notice"):
                contract.held_services = False
                continue
            today = contract.company_id._support_today()
            reasons = (
                service._get_held_reason()
                for service in contract.service_ids
                if not service._is_over(today)
            )
            contract.held_services = "\n".join(filter(None, reasons))

    @api.depends_context("lang")
    def _compute_next_invoice(self):
        for contract in self:
            contract.next_invoice = describe_next_invoice(contract._origin)

    def _find_attention(self):
        found = super()._find_attention()
        for name, gravity in BANNERS.items():
            if self[name]:
                found.append((gravity, name))
        return found

    def _get_coming(self):
        return super()._get_coming() + find_announced(self)

    @api.depends("announcement_ids")
    def _compute_announcement_count(self):
        fill_count(self, "announcement_count", "support.fee.announcement")

    @api.constrains("currency_id")
    def _check_charged_currency(self):
        for contract in self:
            check_charged_currency(contract)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        if self.charge_ids:
            raise UserError(
                self.env._("A contract that was charged cannot be deleted.")
            )

    # === CRUD === #

    def write(self, vals):
        """Order number and reference do not pass on with the contract."""
        had = {one: one.partner_id.commercial_partner_id for one in self}
        for contracts, own in self._split_order_details(vals):
            super(SupportContract, contracts).write(own)
        passed_on = self.filtered(
            lambda one: one.partner_id.commercial_partner_id != had[one]
        )
        names = [name for name in ORDER_DETAILS if name not in vals]
        if "partner_id" in vals and passed_on and names:
            super(SupportContract, passed_on._with_permission()).write(
                dict.fromkeys(names, False)
            )
        return True

    def _split_order_details(self, vals):
        """What is written on which contracts: of numbers, what is not dated instead.

        :return: list of (contracts, values)
        """
        names = [name for name in ORDER_DETAILS if name in vals]
        if not names or self._has_permission():
            return [(self, vals)]
        self.check_access("write")
        others = {name: vals[name] for name in vals if name not in names}
        parts = []
        for contract in self:
            own = {name: vals[name] for name in names}
            if contract.state not in ("draft", "cancelled"):
                own = {
                    name: value
                    for name, value in own.items()
                    if (value or False) != contract[name]
                }
                own = OrderDetails(contract).enter(own)
            if own or others:
                parts.append((contract, others | own))
        return parts

    # === ACTIONS === #

    action_view_charges = lists("support_contract_billing.support_charge_action")
    action_view_announcements = lists(
        "support_contract_billing.support_fee_announcement_action"
    )

    def action_view_invoices(self):
        self.ensure_one()
        return self._get_all_invoices()._get_support_action(self.env._("Invoices"))

    def action_bill(self):
        """Bill what is due on these contracts now; a button for accountants."""
        self.check_access("read")
        self.env["account.move"].check_access("create")
        # sudo: whoever bills need not see the runs of every company.
        if reason := self.env["support.billing.run"].sudo()._get_stop_reason():
            raise UserError(reason)
        if self.company_id - self.company_id._filter_billing():
            return self.env["support.billing.preview"].action_open_all()
        billed = bill_at_once(self)
        return billed._get_support_action(self.env._("Invoices"))

    def action_approve_backlog(self):
        """Agree to charging the missed months: the next run does it. A button."""
        self.check_access("read")
        if not self.env.user.has_group(ACCOUNTANTS):
            raise AccessError(
                self.env._("Only an accountant can agree to charging missed months.")
            )
        approve_backlog(self)
        return self.action_run_billing()

    def action_preview_invoice(self):
        """Show what would be invoiced on this contract; a button."""
        return self.env["support.billing.preview"]._open(self)

    def action_what_if(self):
        """Ask what other lines, services or ends would cost; a button."""
        self.ensure_one()
        self.check_access("read")
        return self.env["support.what.if"]._open(self)

    def action_send_again(self):
        """Try to send the invoices that did not reach the customer; a button."""
        self.check_access("read")
        if not self.env.user.has_group(ACCOUNTANTS):
            raise AccessError(self.env._("Only an accountant can send invoices."))
        # sudo: accountants send invoices, and need not be able to change contracts.
        for contract_sudo in self.sudo():
            if not send_again(contract_sudo):
                raise UserError(
                    self.env._("Every invoice of %s was sent.", contract_sudo.name)
                )
        return get_notification(
            self.env._("The invoices are sent again in some minutes."),
            next={"type": "ir.actions.client", "tag": "soft_reload"},
        )

    @api.model
    def action_run_billing(self):
        """Ask for a run as soon as possible; a menu for accountants.

        It bills the companies that this person works in, and no other. Where billing
        was not started yet, it shows what starting it would send.
        """
        self.env["account.move"].check_access("create")
        if not self.env.company._filter_billing():
            return self.env["support.billing.preview"].action_open_all()
        run = self.env["support.billing.run"]._request(self.env.companies)
        return get_notification(
            self.env._(
                "Lines are counted and everything that is due is invoiced in the "
                "background. Invoices appear as they are posted."
            ),
            title=self.env._("Billing is on its way"),
            # What it has done so far is seen there, and it goes on when that is left.
            next=run._get_records_action(name=self.env._("Billing Run")),
        )

    @api.model
    def _cron_count_and_bill(self):
        """Count the lines of due contracts and post their invoices.

        What was done is written down in a `support.billing.run`.
        """
        self.env["support.billing.run"]._run_all()

    # === FEE === #

    def _get_services_on(self, day):
        """Services with a monthly fee that run on a day."""
        services = self.service_ids
        running = services.filtered(
            lambda service: service._has_monthly_fee() and service._runs_on(day)
        )
        # What is read of them is read for those of other contracts as well.
        return running.with_prefetch(services._prefetch_ids)

    def _get_monthly_fee(self, counts=None):
        """What a whole month of the services that run today costs.

        What is metered is not in it: nobody knows it before.
        """
        self.ensure_one()
        quantities = None
        if counts is not None:
            quantity = Quantity(counts._get_billed_lines(), "lines", counts)
            by_lines = self.service_ids.filtered(
                lambda one: one.type_id.basis == "lines"
            )
            quantities = dict.fromkeys(by_lines, quantity)
        else:
            quantities = self._get_estimated_quantities()
        today = self.company_id._support_today()
        return Simulation(self, quantities=quantities).get_whole_fee(today)

    def _get_fee_on(self, day):
        try:
            return Simulation(self).get_whole_fee(day)
        except UserError:
            return None

    def _get_kept_values(self):
        running = self.state in ("active", "notice")
        # sudo: what enters a fee may be closed to who changes something.
        fee = self.sudo()._get_known_monthly_fee() if running else 0.0
        return super()._get_kept_values() | {"monthly_fee": fee}

    # === ANNOUNCED FEES === #

    @api.model
    def _cron_announce_fees(self):
        """Announce changed fees; a scheduled action, begun by every approval too."""
        if reason := self.env["support.billing.run"]._get_stop_reason():
            # A restored database does not know what was announced since.
            _logger.info("No fee is announced. %s", reason)
            return
        announce_fees(self.env["res.company"].search([])._filter_billing())

    # === WHAT IS DUE === #

    @api.model
    def _get_running_domain(self):
        """Contracts that can have something to charge.

        In arrears the last period of an ended contract falls due after its end.
        """
        return Domain("state", "in", ("active", "notice", "ended"))

    def _get_billing_day(self, attended=False, today=None):
        """Periods that are due by this day are charged now: today, less the grace days
        when nobody asks.

        :param today: another day than the company's, here and below: who looks ahead
            asks what billing itself would do
        """
        today = today or self.company_id._support_today()
        return today if attended else today - timedelta(days=self.billing_grace_days)

    def _get_due_contracts(self):
        """Those of these contracts that the scheduled action has work with today."""
        return self.filtered(
            lambda contract: not contract._has_failed_today()
        )._get_contracts_to_invoice()

    def _get_contracts_to_invoice(self, today=None):
        """Those of these contracts that an invoice is to be made for; extend.

        A fee waits for the next invoice of the services; after the last of them it
        gets one of its own.
        """
        pending = get_pending_charges(self, today)
        waiting = pending.contract_id
        # Who had the contract before gets no invoice of its services any more.
        former = pending.filtered(
            lambda charge: charge.partner_id.commercial_partner_id
            != charge.contract_id.partner_id.commercial_partner_id
        ).contract_id
        return self.filtered(
            lambda contract: contract._has_due_services(today)
            or (
                contract in waiting
                and (
                    contract._is_over(today)
                    or not contract._get_services_to_come(today)
                )
            )
            or contract._is_evidence_due(today)
            or contract in former
        )

    def _get_services_to_come(self, today=None):
        """Services that bring an invoice some day, which single charges wait for.

        A metered service brings none of its own.
        """
        self.ensure_one()
        today = today or self.company_id._support_today()
        return self.service_ids.filtered(
            lambda service: service._has_monthly_fee() and not service._is_over(today)
        )

    def _has_failed_today(self):
        """A contract that failed is tried again on another day.

        Also after the server's clock was wrong: a day to come is another day.
        """
        company = self.company_id
        failed = self.date_billing_failed
        return failed and company._support_date(failed) == company._support_today()

    def _is_over(self, today=None):
        today = today or self.company_id._support_today()
        return bool(self.date_end and self.date_end < today)

    def _has_due_services(self, today=None):
        day = self._get_billing_day(today=today)
        try:
            return any(service._get_due_periods(day) for service in self.service_ids)
        except UserError:
            # What is wrong with it is found out and noted when it is billed.
            return True

    def _get_due_periods(self, attended=False, today=None):
        """Periods that can be charged on this contract today.

        :return: {service: list of :class:`..periods.BillingPeriod`}, without services
            that have none
        """
        day = self._get_billing_day(attended, today)
        periods = {one: one._get_due_periods(day) for one in self.service_ids}
        return {service: found for service, found in periods.items() if found}

    def _prepare_due_charge_vals(self, due):
        """Values of the charges of all periods that are due; writes nothing.

        Extend to charge more; whatever cannot be charged raises.

        :param due: as `_get_due_periods` returns them
        :return: list of values of `support.charge`
        :raise UserError: with what to do, when one of them cannot be computed
        """
        return [
            service._prepare_recurring_charge_vals(period)
            for service, periods in due.items()
            for period in periods
        ]

    # === METERED EVIDENCE === #

    def _get_uncharged_evidence(self, first=None, last=None):
        """What was metered for these contracts and has no charge yet; extend.

        An add-on that records usage extends this, `_prepare_evidence_charges_vals` and
        `_get_metered_evidence` of the charge. Without one nothing is metered.

        :param first: the first day to look at; none for all before the last
        :param last: the last day to look at; none for all from the first on
        :return: list of records, by day; each has ``contract_id``, ``type_id``,
            ``date`` and ``quantity``
        """
        return []

    def _prepare_evidence_charges_vals(self, evidence):
        """Values of the charges for metered evidence; writes nothing; extend.

        :param evidence: records, as `_get_uncharged_evidence` returns them
        :return: list of (values of a `support.charge`, the records that it charges)
        :raise UserError: with what to do, when one of them cannot be computed
        """
        return []

    def _get_missed_evidence(self, evidence):
        """What of this evidence a person has to agree to when it comes late; extend.

        :param evidence: records, as `_get_uncharged_evidence` returns them
        """
        return evidence

    def _evidence_grouping_key(self, evidence):
        """What of the metered evidence is charged together; extend.

        Its type: what differs in it has charges of its own, whoever else is charged.

        :param evidence: one of those that `_get_uncharged_evidence` returns
        """
        return evidence.type_id

    def _prepare_evidence_groups_vals(self, evidence):
        """Values of the charges for metered evidence, for whoever only looks.

        Each group on its own: what cannot be computed says why, and stops no other.

        :param evidence: as for `_prepare_evidence_charges_vals`
        :yield: (type or none, values of a `support.charge` or none, the records that it
            charges, why it cannot be computed)
        """
        for _key, own in groupby(evidence, self._evidence_grouping_key):
            try:
                found = self._prepare_evidence_charges_vals(own)
            except UserError as error:
                yield own[0].type_id, None, own, str(error)
                continue
            for vals, charged in found:
                yield (charged or own)[0].type_id, vals, charged, ""

    def _is_evidence_due(self, today=None):
        """Whether metered evidence has to be billed although no service brings an
        invoice; extend.

        As a fee, it waits for the next invoice of the services, if there is to be one.
        """
        if self._get_services_to_come(today):
            return False
        return bool(get_waiting_evidence(self, today))

    # === INVOICING === #

    def _update_before_billing(self):
        """Bring up to date what the charges of these contracts are made of; extend."""

    def _after_charging(self):
        """What follows once all that was due on these contracts is charged, before the
        invoices that carry the charges are made; extend.
        """

    def _bill(self):
        """Charge what is due on this contract, invoice and post it; a person asks.

        :return: the invoice, or none when nothing was due
        :raise UserError: when it cannot be billed
        """
        self.ensure_one()
        outcome = bill_batch(self, attended=True)[self]
        if outcome.state == "failed":
            raise outcome.error
        return outcome.moves or self.env["account.move"]

    def _get_own_invoice_charges(self, charges):
        """Those of a contract's charges that an invoice of ours carries; extend when
        another document carries some.
        """
        return charges

    def _prepare_invoice_vals(self, charges):
        """Values of one invoice; extend to carry more than the charges.

        :param charges: all that it carries; of these contracts, which share it, and of
            one customer, who need not have the contract any more
        """
        first = self[0]
        number, reference = charges[:1]._get_order_details() if charges else ("", "")
        # As fees are announced, and as Odoo's own orders are invoiced.
        customer = get_invoice_address(charges[:1].partner_id or first.partner_id)
        vals = {
            "move_type": "out_invoice",
            "journal_id": get_invoice_journal(first).id,
            "partner_id": customer.id,
            "fiscal_position_id": get_document_position(charges, customer).id,
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "invoice_date": first.company_id._support_today(),
            "invoice_origin": ", ".join(self.mapped("name")),
            "invoice_user_id": first.user_id.id,
            "ref": number or False,
            "support_customer_reference": reference or False,
            "invoice_line_ids": [
                fields.Command.create(vals | {"sequence": index})
                for index, vals in enumerate(_prepare_lines(charges), start=1)
            ],
        }
        if charges._is_credit():
            turn_into_credit(vals, charges)
        return vals

    def _invoice_grouping_key(self):
        """Contracts with equal keys go on one invoice.

        :return: tuple; the contract's own id unless its policy is one per customer
        """
        if self.billing_grouping != "customer":
            return (self.id,)
        return (
            "customer",
            self.company_id.id,
            self.partner_id.id,
            self.currency_id.id,
            self.billing_policy,
        )

    def _get_order_details(self, day, customer):
        """(order number, reference) of a customer on a day; empty texts without."""
        self.ensure_one()
        return OrderDetails(self).get(day, customer)

    def _get_amendment_changes(self, vals, day):
        if "partner_id" in vals:
            customer = self.env["res.partner"].browse(
                self._fields["partner_id"].convert_to_write(vals["partner_id"], self)
            )
            owing = customer.commercial_partner_id
            if owing != self._value_on("partner_id", day).commercial_partner_id:
                # They are of who had it; the heir's own are entered or agreed.
                vals = dict.fromkeys(ORDER_DETAILS, False) | vals
        return super()._get_amendment_changes(vals, day)

    def _check_invoiceable(self, products, known):
        """Refuse what no invoice should be made of, before anything is written; extend.

        :param products: what is going to be on the invoice
        :param known: {what was checked: its error or None}, shared by the contracts of
            one company, so that each product is looked at once for all of them
        :raise UserError: with what to do
        """
        InvoiceChecks(self, known).run(products)

    def _get_all_invoices(self):
        """What charges are or were on, and the credit notes that reverse it."""
        # sudo: that they exist is no secret; opening them takes rights.
        charges_sudo = self.env["support.charge"].sudo()
        former_sudo = charges_sudo.search(
            Domain("contract_id", "in", self.ids)
            & Domain("former_line_ids", "!=", False)
        )
        moves_sudo = self.invoice_ids.sudo() | former_sudo.former_line_ids.move_id
        return (moves_sudo | moves_sudo.reversal_move_ids).sudo(False)

    # === PREVIEW === #

    def _get_previewed(self, day):
        """Those of these contracts that something would be invoiced for on ``day``.

        Also those that failed today: they may be mended by then. Extend where another
        document carries the charges.

        :return: list of `support.contract`, each for a way of invoicing
        """
        return [self._get_contracts_to_invoice(day)]

    def _preview_grouping_key(self):
        """Contracts with equal keys share a document in the preview; extend where
        another document than an invoice of ours carries the charges.
        """
        return self._invoice_grouping_key()

    def _get_documents(self, charges):
        """The documents that would carry these charges of contracts that share them;
        extend as above.

        :return: list of (charges, what carries them in words); no words for an invoice
            or credit note of ours
        """
        return [(part, "") for part in split_by_document(charges)]

    # === SENDING === #

    @api.model
    def _ask_for_sending_check(self):
        """Let the scheduled action look as soon as this transaction is over."""
        if cron := self.env.ref(CRON_SENDING, raise_if_not_found=False):
            # sudo: triggering a scheduled action needs Settings rights otherwise.
            cron.sudo()._trigger()

    @api.model
    def _cron_check_sending(self):
        """Note on contracts which of their invoices were not sent, and try again.

        Idempotent: the state of the e-mails decides, not who was notified.
        """
        contracts = get_contracts_to_check(self.browse())
        if check_all(contracts) and (
            cron := self.env.ref(CRON_SENDING, raise_if_not_found=False)
        ):
            cron._trigger(at=self.env.cr.now() + PAUSE)

    # === CHANGES OF THE AGREEMENT === #

    @api.model
    def _get_owed_domain(self, customers):
        """Also whatever was ever charged."""
        charged = Domain(
            "charge_ids.partner_id.commercial_partner_id", "in", customers.ids
        )
        return super()._get_owed_domain(customers) | charged

    def _after_amendment(self, amendment):
        result = super()._after_amendment(amendment)
        adjust_charges(amendment)
        return result

    # === SUSPENSION === #

    def _right_suspension(self, on_date):
        return super()._right_suspension(on_date) or get_suspension(self, on_date)

    def _get_suspension_days(self, on_date):
        days = super()._get_suspension_days(on_date)
        return [
            *days,
            *(day for span in get_unpaid_spans(self) for day in span.boundaries),
        ]

    # === CUSTOMER'S PAGE === #

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {
            "ask_money": ("administrator", "finance"),
        }

    @api.model
    def _get_portal_pages(self):
        pages = super()._get_portal_pages()
        # Administrators see what others of theirs asked.
        pages["costs"].cards |= {"ask_money", "questions"}
        return pages

    def _get_portal_forms(self, kinds):
        forms = super()._get_portal_forms(kinds)
        if "money" in kinds and self.state in ("active", "notice"):
            forms["money"] = get_money_form(self)
        return forms

    def _prepare_question_vals(self, kind, choice, sent):
        vals = super()._prepare_question_vals(kind, choice, sent)
        if kind != "money":
            return vals
        hold = bool(sent.get("hold"))
        if not choice:
            if hold:
                raise UserError(self.env._("Choose the line that is to be held."))
            return vals
        lines = get_lines_to_hold(prepare_next_invoice(self))
        [line] = [line for line in lines if line["key"] == choice]
        return vals | {
            "line_name": line["name"],
            "charge_id": line["charge"].id,
            "service_id": line["service"].id,
            "period_start": line["day"],
            "is_hold": hold,
        }

    def _get_portal_coming(self):
        """The fees that were announced, and why."""
        return super()._get_portal_coming() + describe_announced(self)

    def _prepare_portal_overview(self, cards):
        shown = "costs" in cards and self.state != "draft"
        return super()._prepare_portal_overview(cards) | {
            "invoices": prepare_invoices(self) if shown else [],
            "next": prepare_next_invoice(self) if shown else None,
            "next_day": get_next_day(self)
            if "fee" in cards and self.state in ("active", "notice")
            else None,
            "charged": ChargedLines(self) if "lines" in cards else None,
        }

    # === TO-DOS === #

    def _record_billing_failure(self, error):
        """Leave the reason on the contract and one to-do with its account manager."""
        self.date_billing_failed = fields.Datetime.now()
        self._record_failure("billing_error", BILLING_FAILED, error, ACCOUNTANTS)
