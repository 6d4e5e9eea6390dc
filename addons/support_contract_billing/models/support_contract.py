# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, groupby
from odoo.tools.misc import clean_context

from odoo.addons.support_contract.periods import ONE_DAY

from ..backlog import Backlog, approve_backlog
from ..invoice_checks import InvoiceChecks
from ..invoicing import (
    BILLING_FAILED,
    Invoicing,
    add_change_notes,
    note_outcomes,
    turn_into_credit,
)
from ..reconciling import Reconciliation

ACCOUNTANTS = "support_contract.group_support_billing"


class SupportContract(models.Model):
    """A contract that is charged and invoiced.

    What takes several steps is a class or function of a module beside `models`; the
    methods here lead to them, and are what other add-ons extend.
    """

    _inherit = "support.contract"

    charge_ids = fields.One2many("support.charge", "contract_id")
    charge_count = fields.Integer("Charges", compute="_compute_charge_count")
    invoice_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_invoice_ids"
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count")
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
        [
            ("draft", "Make a draft to review"),
            ("post", "Post"),
            ("send", "Post and send"),
        ],
        string="Its Invoices",
        default="post",
        required=True,
        tracking=True,
        help="What the scheduled action does with the invoice. Sending is Odoo's own "
        "work and happens some minutes later.",
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
        tracking=True,
        help="Is printed on every invoice and goes into electronic ones.",
    )
    billing_order_required = fields.Boolean(
        string="Order Number Required",
        tracking=True,
        help="The customer refuses invoices without their order number: none is made "
        "while it is missing.",
    )
    billing_reference = fields.Char(
        string="Customer's Reference",
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

    _billing_grace_positive = models.Constraint(
        "CHECK (billing_grace_days BETWEEN 0 AND 90)",
        "The grace period is between 0 and 90 days.",
    )

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        counts = dict(
            self.env["support.charge"]._read_group(
                Domain("contract_id", "in", self.ids), ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.charge_count = counts.get(contract._origin, 0)

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
            today = contract.company_id._support_today()
            running = contract.service_ids.filtered(
                lambda service, today=today: not service.date_end
                or service.date_end >= today
            )
            contract.held_services = contract.state in ("active", "notice") and (
                "\n".join(filter(None, (one._get_held_reason() for one in running)))
            )

    @api.constrains("currency_id")
    def _check_charged_currency(self):
        """Charges stay in their currency, and would be on no invoice in another."""
        for contract in self:
            charge = self.env["support.charge"].search(
                [
                    ("contract_id", "=", contract._origin.id),
                    ("currency_id", "!=", contract.currency_id.id),
                ],
                limit=1,
            )
            if charge:
                raise ValidationError(
                    self.env._(
                        "“%(charge)s” of %(contract)s was charged in %(charged)s, so "
                        "the contract cannot change to %(currency)s. End it, and write "
                        "a new contract in that currency.",
                        charge=charge.name,
                        contract=contract.display_name,
                        charged=charge.currency_id.name,
                        currency=contract.currency_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        if self.charge_ids:
            raise UserError(
                self.env._("A contract that was charged cannot be deleted.")
            )

    # === ACTIONS === #

    def action_view_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract_billing.support_charge_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {}
        return action

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
        billed = self.env["account.move"]
        self._lock_for_billing()
        # Nothing that came with the call reaches invoices or searches.
        # pylint: disable=context-overridden
        for contract in self.with_context(clean_context(self.env.context)):
            # sudo: charges are written by the system alone, never by a person.
            contract_sudo = contract.with_context(active_test=True).sudo()
            for instance in contract_sudo._get_instances_to_count():
                instance._count_or_note_failure()
            contract_sudo.provisional_charge_ids._true_up()
            billed |= contract_sudo._bill().sudo(False)
        if not billed:
            raise UserError(
                self.env._(
                    "Nothing is due on this contract today. Preview Invoice shows what "
                    "comes next."
                )
            )
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

    @api.model
    def action_run_billing(self):
        """Ask for a run as soon as possible; a menu for accountants.

        It bills the companies that this person works in, and no other.
        """
        self.env["account.move"].check_access("create")
        self.env["support.billing.run"]._request(self.env.companies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Billing is on its way"),
                "message": self.env._(
                    "Lines are counted and everything that is due is invoiced in the "
                    "background. Invoices appear as they are posted."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _cron_count_and_bill(self):
        """Count the lines of due contracts and post their invoices.

        What was done is a `support.billing.run`, which says how.
        """
        self.env["support.billing.run"]._run_all()

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
        self.ensure_one()
        today = today or self.company_id._support_today()
        return today if attended else today - timedelta(days=self.billing_grace_days)

    def _is_due(self):
        """Whether the scheduled action has something to do here today."""
        self.ensure_one()
        return bool(self._get_due_contracts())

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
        waiting = self._get_pending_charges(today).contract_id
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
        )

    def _get_services_to_come(self, today=None):
        """Services that bring an invoice some day, which single charges wait for.

        A metered service brings none of its own.
        """
        self.ensure_one()
        today = today or self.company_id._support_today()
        return self.service_ids.filtered(
            lambda service: service.type_id.basis != "usage"
            and not (service.date_end and service.date_end < today)
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
        self.ensure_one()
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
        self.ensure_one()
        day = self._get_billing_day(attended, today)
        periods = {one: one._get_due_periods(day) for one in self.service_ids}
        return {service: found for service, found in periods.items() if found}

    def _get_pending_charges(self, today=None):
        """Charges of these contracts that wait for an invoice and may be on one today.

        :return: `support.charge`, in the order in which they were made
        """
        charges = self.env["support.charge"].search(
            [("contract_id", "in", self.ids), ("state", "=", "pending")], order="id"
        )
        days = {
            company: today or company._support_today() for company in self.company_id
        }
        pending = charges.filtered(
            lambda charge: charge.date <= days[charge.contract_id.company_id]
            and charge.currency_id == charge.contract_id.currency_id
        )
        # A correction is not invoiced before what it corrects.
        while waiting := pending._get_waiting_corrections():
            pending -= waiting
        return pending

    def _prepare_due_charge_vals(self, due):
        """Values of the charges of all periods that are due; writes nothing.

        Extend to charge more; whatever cannot be charged raises.

        :param due: as `_get_due_periods` returns them
        :return: list of values of `support.charge`
        :raise UserError: with what to do, when one of them cannot be computed
        """
        self.ensure_one()
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

    def _get_waiting_evidence(self, today=None):
        """Metered evidence of months that are over, and that has no charge yet.

        :return: {contract: records as `_get_uncharged_evidence` returns them}, without
            contracts that have none
        """
        evidence = []
        for company, contracts in self.grouped("company_id").items():
            # What is before the running month can be charged.
            month = (today or company._support_today()) + relativedelta(day=1)
            evidence += contracts._get_uncharged_evidence(last=month - ONE_DAY)
        return dict(groupby(evidence, lambda one: one.contract_id))

    def _is_evidence_due(self, today=None):
        """Whether metered evidence has to be billed although no service brings an
        invoice; extend.

        As a fee, it waits for the next invoice of the services, if there is to be one.
        """
        self.ensure_one()
        if self._get_services_to_come(today):
            return False
        return bool(self._get_waiting_evidence(today))

    # === MISSED MONTHS === #

    def _get_backlog(self, *open_work):
        """What a contract that fell behind would be charged for.

        :param open_work: what the caller has already; see :class:`..backlog.Backlog`
        :return: :class:`..backlog.Backlog`
        """
        return Backlog(self, *open_work)

    def _get_billing_wait(self, *open_work):
        """Why the scheduled action leaves this contract to a person; or nothing.

        :param open_work: see `_get_backlog`
        """
        self.ensure_one()
        if self.backlog_approved:
            return ""
        if not (missed := self._get_backlog(*open_work).describe()):
            return ""
        return self.env._(
            "More than one month was missed. Look at what would be charged and agree "
            "to it:\n%s",
            missed,
        )

    def _bill(self):
        """Charge what is due on this contract, invoice and post it; a person asks.

        :return: the invoice, or none when nothing was due
        :raise UserError: when it cannot be billed
        """
        self.ensure_one()
        outcome = self._bill_batch(attended=True)[self]
        if outcome.error:
            raise outcome.error
        return outcome.moves or self.env["account.move"]

    def _bill_batch(self, attended=False):
        """Charge what is due on these contracts, invoice and post it.

        All in the running transaction, in a number of queries that hardly depends on
        that of the contracts. What is wrong with one contract is found before anything
        is written, and is its outcome alone; what PostgreSQL or Odoo refuse later
        raises, and the caller begins anew with fewer contracts.

        :param attended: a person asks for exactly these contracts, so that neither
            grace days nor missed months hold them back
        :return: {contract: :class:`..invoicing.Outcome`}
        """
        outcomes = {}
        for company, contracts in self.grouped("company_id").items():
            # Accounts and taxes are those of the company, whoever is asking.
            outcomes |= (
                contracts.with_company(company)._prepare_billing(attended).write()
            )
        note_outcomes(self, outcomes)
        return outcomes

    def _prepare_billing(self, attended=False, today=None):
        """What would be on the invoices of these contracts, of one company.

        Writes nothing: who looks ahead asks the same.

        :return: :class:`..invoicing.Invoicing`, prepared
        """
        return Invoicing(self, attended, today).prepare()

    def _create_due_charges(self, vals_list):
        """What is due on these contracts, whichever invoice carries it; extend.

        :param vals_list: of all of them, as `_prepare_due_charge_vals` gives them
        :return: `support.charge`, without those of zero, which are on no invoice
        """
        charges = self.env["support.charge"].create(vals_list)
        return charges.filtered(lambda charge: charge.state == "pending")

    def _get_own_invoice_charges(self, charges):
        """Those of a contract's charges that an invoice of ours carries; extend when
        another document carries some.
        """
        return charges

    @api.model
    def _prepare_invoices_vals(self, parts):
        """Values of several invoices; extend where it is quicker to look at all of them
        at once.

        :param parts: list of (contracts that share the invoice, its charges)
        :return: list of values of `account.move`, in the same order
        """
        vals_list = [group._prepare_invoice_vals(part) for group, part in parts]
        add_change_notes(vals_list, parts)
        return vals_list

    def _prepare_invoice_vals(self, charges):
        """Values of one invoice; extend to carry more than the charges.

        :param charges: all that it carries; of these contracts, which share it, and of
            one customer, who need not have the contract any more
        """
        first = self[0]
        customer = charges[:1].partner_id or first.partner_id
        vals = {
            "move_type": "out_invoice",
            "journal_id": first._get_invoice_journal().id,
            # As fees are announced, and as Odoo's own orders are invoiced.
            "partner_id": customer.address_get(["invoice"])["invoice"],
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "invoice_date": first.company_id._support_today(),
            "invoice_origin": ", ".join(self.mapped("name")),
            "invoice_user_id": first.user_id.id,
            "ref": first.billing_order_number or False,
            "support_customer_reference": first.billing_reference or False,
            "invoice_line_ids": [
                fields.Command.create(
                    charge._prepare_invoice_line_vals() | {"sequence": index}
                )
                for index, charge in enumerate(charges, start=1)
            ],
        }
        if charges._is_credit():
            turn_into_credit(vals, charges)
        return vals

    def _get_invoice_journal(self):
        """The sales journal that this contract is invoiced in."""
        self.ensure_one()
        journal = self.company_id.support_journal_id
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal. Create one in Accounting.",
                    company=self.company_id.name,
                )
            )
        if not journal.active:
            raise UserError(
                self.env._(
                    "The journal %(journal)s is archived. Choose another for support "
                    "invoices in the settings of %(company)s.",
                    journal=journal.display_name,
                    company=self.company_id.name,
                )
            )
        return journal

    def _get_order_key(self):
        """Contracts that may share an invoice stay together: see the run's batches."""
        self.ensure_one()
        return (self.company_id.id, self.partner_id.id, self.currency_id.id, self.id)

    def _invoice_grouping_key(self):
        """Contracts with equal keys go on one invoice.

        :return: tuple; the contract's own id unless its policy is one per customer
        """
        self.ensure_one()
        if self.billing_grouping != "customer":
            return (self.id,)
        return (
            "customer",
            self.company_id.id,
            self.partner_id.id,
            self.currency_id.id,
            self.billing_policy,
            self.billing_order_number or "",
            self.billing_reference or "",
        )

    def _check_invoiceable(self, products, known):
        """Refuse what no invoice should be made of, before anything is written; extend.

        :param products: what is going to be on the invoice
        :param known: {what was checked: its error or None}, shared by the contracts of
            one company, so that each product is looked at once for all of them
        :raise UserError: with what to do
        """
        InvoiceChecks(self, known).run(products)

    def _lock_for_billing(self):
        """Let whoever bills these contracts at this moment finish first.

        They have changed the rows then, so PostgreSQL refuses ours and Odoo begins the
        request anew, instead of showing somebody that a charge exists already.
        """
        self.env.execute_query(
            SQL(
                "SELECT id FROM support_contract WHERE id IN %s ORDER BY id"
                " FOR NO KEY UPDATE",
                tuple(self.ids) or (0,),
            )
        )

    def _record_billing_failure(self, error):
        """Leave the reason on the contract and one to-do with its account manager."""
        self.date_billing_failed = fields.Datetime.now()
        self._record_failure("billing_error", BILLING_FAILED, error, ACCOUNTANTS)

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "backlog_approved",
            "billing_error",
            "billing_wait",
            "date_billed",
            "date_billing_failed",
        }

    def _get_all_invoices(self):
        """What charges are or were on, and the credit notes that reverse it."""
        # sudo: as above, it is known that they exist; opening them takes rights.
        charges_sudo = self.env["support.charge"].sudo()
        former_sudo = charges_sudo.search(
            Domain("contract_id", "in", self.ids)
            & Domain("former_line_ids", "!=", False)
        )
        moves_sudo = self.invoice_ids.sudo() | former_sudo.former_line_ids.move_id
        return (moves_sudo | moves_sudo.reversal_move_ids).sudo(False)

    def _get_customer_changes(self, start, end):
        """Days after ``start``, through ``end``, on which the contract passes on."""
        # sudo: as in _value_on.
        lines = self.sudo().amendment_ids.line_ids.filtered(
            lambda line: line.model == self._name and line.field_name == "partner_id"
        )
        days = sorted({*lines.amendment_id.mapped("date_effective")})
        return [
            day
            for day in days
            if start < day <= end
            # Some were withdrawn or undone.
            and self._value_on("partner_id", day)
            != self._value_on("partner_id", day - ONE_DAY)
        ]

    # === RECONCILIATION === #

    def _get_differences(self, start, end):
        """Differences between services, charges and invoices of these days.

        :param start: first day to look at
        :param end: last day; what is not due yet today is no difference
        :return: list of dicts, see :class:`..reconciling.Reconciliation`
        """
        return Reconciliation(self, start, end).get_differences()
