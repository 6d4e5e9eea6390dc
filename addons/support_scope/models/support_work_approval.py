# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from odoo.addons.support_contract.evidence_guard import (
    Owner,
    get_columns,
    guard_table,
)
from odoo.addons.support_contract.windows import get_dialog
from odoo.addons.support_contract_billing.taxation import (
    get_customer_position,
    get_product_taxation,
)

from ..answering import Answer
from ..approval_use import ApprovalUse
from ..approval_words import ApprovalWords
from ..approvers import Approvers
from ..approving import lock
from ..minutes import whole_minutes
from ..timekeeping import Rates

# Days that a link opens, where nothing else was entered.
LINK_DAYS = 30
# What the customer says yes to.
OFFER_FIELDS = frozenset(
    {
        "name",
        "partner_id",
        "date_expiry",
        "contract_id",
        "res_model",
        "res_id",
        "is_standing",
        "emergencies_only",
        "hours",
        "type_id",
        "work_factor_id",
        "date_planned",
        "amount_limit",
        "date_start",
        "date_end",
        "after_analysis",
        "code_lines",
        "fee_change",
        "description",
    }
)
DECISION_FIELDS = frozenset(
    {"state", "date_sent", "date_decided", "decided_name", "decided_via"}
)
SYSTEM_FIELDS = frozenset(
    {
        "minutes",
        "price_hour",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "currency_id",
        "company_id",
        "state",
        "date_sent",
        "date_decided",
        "decided_by",
        "customer_id",
        "decided_name",
        "decided_via",
        "order_number",
        "decline_reason",
        "objection",
        "date_notified",
    }
)


class SupportWorkApproval(models.Model):
    """A customer's yes to work that is billed: for one piece of work, or standing.

    An estimate covers the billed minutes of its work up to its hours; a standing one
    the work of a contract up to a limit each month. Opening it decides nothing.
    """

    _name = "support.work.approval"
    _description = "Approval of Billed Work"
    _inherit = [
        "support.link.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "portal.mixin",
        "support.protected.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, help="What the customer reads it as, such as the work's name."
    )
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Asked Person",
        ondelete="restrict",
        help="Who of the customer is asked, and gets the link.",
        check_company=True,
    )
    res_model = fields.Char(string="Work Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Work", model_field="res_model", readonly=True
    )
    is_standing = fields.Boolean(
        string="Standing",
        help="For all work of the contract, up to a limit each month.",
    )
    emergencies_only = fields.Boolean(
        help="For work that was ordered as an emergency only."
    )
    hours = fields.Float(
        help="Billed hours that it covers; of a standing one each month."
    )
    minutes = fields.Integer(compute="_compute_minutes", store=True)
    type_id = fields.Many2one(
        "support.service.type",
        string="Kind of Work",
        domain=[("basis", "=", "hours")],
        ondelete="restrict",
    )
    work_factor_id = fields.Many2one(
        "support.work.factor", string="Ordered For", ondelete="restrict"
    )
    date_planned = fields.Datetime(
        string="Planned For",
        help="When the customer wants it. Outside office hours the calendar proposes "
        "what it is ordered for.",
    )
    amount_limit = fields.Monetary(
        string="Limit a Month",
        help="Untaxed. Of a standing approval, instead of hours or beside them.",
    )
    date_start = fields.Date(string="From")
    date_end = fields.Date(string="Until")
    after_analysis = fields.Boolean(
        help="The error could not be reproduced: the customer reads what was tried, "
        "that it was free, and that more help is billed.",
    )
    code_lines = fields.Integer(
        string="Lines of New Code",
        help="An estimate, for code that maintenance will cover afterwards.",
    )
    fee_change = fields.Monetary(
        string="Change of the Monthly Fee",
        compute="_compute_fee_change",
        store=True,
        readonly=False,
        help="Untaxed; what the monthly fee grows by, as estimated.",
    )
    description = fields.Html(help="What is going to be done; the customer reads it.")
    price_hour = fields.Monetary(
        string="Price per Hour",
        compute="_compute_amounts",
        store=True,
        help="Of today, with factor and discount. What is charged is by the day of the "
        "work.",
    )
    amount_untaxed = fields.Monetary(compute="_compute_amounts", store=True)
    amount_tax = fields.Monetary(string="VAT", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary(compute="_compute_amounts", store=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    date_expiry = fields.Date(
        string="Valid Until",
        copy=False,
        help="Nobody can say yes after this day.",
    )
    date_sent = fields.Datetime(readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided On", readonly=True, copy=False)
    customer_id = fields.Many2one(
        "res.partner",
        compute="_compute_customer_id",
        store=True,
        copy=False,
        ondelete="restrict",
        help="Whose time it covers: the company of the asked person, which has the "
        "contract or had it before.",
        check_company=True,
    )
    decided_by = fields.Many2one(
        "res.partner",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
    )
    decided_name = fields.Char(
        string="Name Given",
        readonly=True,
        copy=False,
        help="As the person who decided wrote it.",
    )
    decided_via = fields.Selection(
        [("portal", "In the portal"), ("link", "By the link"), ("phone", "By phone")],
        readonly=True,
        copy=False,
    )
    order_number = fields.Char(
        string="Customer's Order Number", readonly=True, copy=False
    )
    decline_reason = fields.Char(
        string="Customer's Words",
        readonly=True,
        copy=False,
        help="What they wrote beside their answer.",
    )
    objection = fields.Char(
        readonly=True,
        copy=False,
        help="What the customer says against a yes that was noted for them.",
    )
    date_notified = fields.Datetime(
        readonly=True, copy=False, help="When 80 % of it was used up."
    )
    minutes_used = fields.Integer(compute="_compute_minutes_used", compute_sudo=True)

    _hours_positive = models.Constraint(
        "CHECK (hours >= 0 AND amount_limit >= 0)", "Limits cannot be negative."
    )
    _work_index = models.Index("(res_model, res_id)")

    @api.depends("hours")
    def _compute_minutes(self):
        for approval in self:
            approval.minutes = whole_minutes(approval.hours)

    @api.depends("contract_id", "partner_id")
    def _compute_customer_id(self):
        for approval in self:
            approval.customer_id = Approvers(approval).find_customer()

    @api.depends("contract_id", "customer_id", "type_id", "work_factor_id", "hours")
    def _compute_amounts(self):
        for approval in self:
            contract, currency = approval.contract_id, approval.currency_id
            price = approval._get_price_hour() if contract and approval.type_id else 0.0
            minutes = whole_minutes(approval.hours)
            untaxed = currency.round(price * minutes / 60) if currency else 0.0
            approval.price_hour = price
            approval.amount_untaxed = untaxed
            taxes = approval._get_taxes().compute_all(
                untaxed, currency, partner=approval.customer_id
            )
            approval.amount_tax = taxes["total_included"] - taxes["total_excluded"]
            approval.amount_total = taxes["total_included"]

    @api.depends("contract_id", "code_lines")
    def _compute_fee_change(self):
        for approval in self:
            approval.fee_change = approval._estimate_fee_change()

    def _compute_minutes_used(self):
        for approval in self:
            days = approval._get_days()
            approval.minutes_used = sum(days.mapped("billed_minutes"))

    @api.constrains(
        "is_standing", "hours", "amount_limit", "type_id", "res_id", "contract_id"
    )
    def _check_limits(self):
        for approval in self:
            if approval.is_standing and not (approval.hours or approval.amount_limit):
                raise ValidationError(self.env._("Enter hours or an amount a month."))
            if approval.is_standing:
                continue
            work = approval._get_work()
            if not work or work.support_contract_id != approval.contract_id:
                raise ValidationError(
                    self.env._(
                        "Write an estimate from a task or a ticket of the contract. "
                        "Without one it is a standing approval."
                    )
                )
            if not (whole_minutes(approval.hours) and approval.type_id):
                raise ValidationError(
                    self.env._("Enter the hours and the kind of work of the estimate.")
                )

    @api.onchange("date_planned")
    def _onchange_date_planned(self):
        if self.date_planned:
            company = self.company_id or self.env.company
            proposed = self.work_factor_id._propose(company, self.date_planned)
            self.work_factor_id = proposed

    # === PROTECTION === #

    def init(self):
        # What was decided: the database refuses, too. What is computed follows from it.
        names = get_columns(self) & (OFFER_FIELDS - {"date_end"} | DECISION_FIELDS)
        guard_table(
            self.env.cr,
            self._table,
            sorted(name for name in names if not self._fields[name].compute),
            "What a customer decided never changes",
            owner=Owner(self._table, "accepted,declined"),
        )
        return super().init()

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "read"}

    @api.model
    def _get_guarded_fields(self):
        """What the customer says yes to; extend."""
        return OFFER_FIELDS

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | SYSTEM_FIELDS

    def _check_editable(self, operation):
        if operation != "create" and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._(
                    "What the customer was asked stays as it is. Withdraw it and ask "
                    "anew."
                )
            )

    def _compute_access_url(self):
        for approval in self:
            approval.access_url = f"/my/support/approval/{approval.id}"

    # === ACTIONS === #

    def action_send(self):
        """Ask the customer; a button."""
        self.check_access("write")
        # The window's defaults for a new approval are none for a message.
        # pylint: disable=context-overridden
        for approval in self.with_context(clean_context(self.env.context)):
            approval._check_may_be_asked()
            # sudo: written by the buttons alone.
            approval.sudo()._with_permission().write(approval._prepare_sent_vals())
            approval.message_post_with_source(
                approval._get_mail_template(),
                subtype_xmlid="mail.mt_comment",
                partner_ids=approval.partner_id.ids,
            )

    def _get_mail_template(self):
        """The mail that asks the customer."""
        self.ensure_one()
        name = "offer_help" if self.after_analysis else "approval"
        return self.env.ref(f"support_scope.mail_template_{name}")

    def action_note_phone(self):
        """Note a yes that was given by phone; a button."""
        self.ensure_one()
        self.check_access("read")
        return get_dialog(
            self.env._("Yes by Phone"),
            "support.work.approval.phone",
            approval_id=self.id,
        )

    def _note_phone(self, partner, order_number):
        """A yes by phone, noted by staff and mailed to the customer, who can object."""
        self.ensure_one()
        self.check_access("write")
        # See action_send.
        # pylint: disable-next=context-overridden
        self = self.with_context(clean_context(self.env.context))
        if self.state == "draft":
            self._check_may_be_asked()
            self.sudo()._with_permission().write(self._prepare_sent_vals())
        self._accept(partner, partner.name, "phone", order_number)
        self.message_post_with_source(
            self.env.ref("support_scope.mail_template_approval_phone"),
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )

    def action_withdraw(self):
        """Take back what the customer was asked; a button."""
        for approval in self:
            approval.check_access("write")
            lock(approval)
            if approval.state not in ("draft", "sent"):
                raise UserError(self.env._("%s is decided already.", approval.name))
            approval.sudo().state = "withdrawn"

    def action_end(self):
        """End a standing approval from a day; a button."""
        self.ensure_one()
        self.check_access("read")
        return get_dialog(
            self.env._("End a Standing Approval"),
            "support.work.approval.end",
            approval_id=self.id,
        )

    def action_view_work(self):
        """Open the task or the ticket that it is for; a button."""
        work = self._get_work()
        return work and work.sudo(False)._get_records_action(name=work.display_name)

    # === ASKING === #

    def _prepare_sent_vals(self):
        """What is written when the customer is asked; a link opens for a month."""
        self.ensure_one()
        today = self.company_id._support_today()
        return {
            "state": "sent",
            "date_sent": fields.Datetime.now(),
            "date_expiry": self.date_expiry or today + timedelta(days=LINK_DAYS),
            "customer_id": Approvers(self).find_customer().id,
        }

    def _check_may_be_asked(self):
        """Refuse to ask nobody, or somebody whose yes would not be enough."""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("%s was sent already.", self.name))
        if not self.partner_id.email:
            raise UserError(
                self.env._("Choose a person of the customer with an e-mail address.")
            )
        if not self.is_standing and not self.price_hour:
            raise UserError(
                self.env._(
                    "There is no price for %s: add it to the terms, or agree on a "
                    "special condition.",
                    self.type_id.name,
                )
            )
        if not Approvers(self).may_decide(self.partner_id):
            raise UserError(
                self.env._(
                    "%s may not approve that much. Choose somebody else, or raise the "
                    "limit under Portal Access.",
                    self.partner_id.name,
                )
            )

    def _get_asked_amount(self):
        """The untaxed amount that a yes is for; of a standing one in a month."""
        self.ensure_one()
        if not self.is_standing:
            return self.amount_untaxed
        if self.amount_limit:
            return self.amount_limit
        contract = self.contract_id
        day = contract.company_id._support_today()
        kinds = contract._get_terms(day).price_ids.type_id
        prices = [
            contract._get_agreed("price", day, service_type=kind).value or 0.0
            for kind in kinds.filtered(lambda kind: kind.basis == "hours")
        ]
        factors = self._get_factors().mapped("factor")
        return max(prices, default=0.0) * max([1.0, *factors]) * self.hours

    def _get_factors(self):
        """For what the work of a standing approval may be ordered."""
        factors = self.env["support.work.factor"].search([])
        if self.emergencies_only:
            return factors.filtered("is_emergency")
        return factors

    # === THE LINK === #

    def _may_have_link(self, person):
        return Approvers(self).may_have_link(person)

    def _get_link_receiver(self):
        return Approvers(self).get_asked()

    def _get_link_until(self):
        """Until the last day that was chosen; later it can be read, not answered."""
        expiry, today = self.date_expiry, self.company_id._support_today()
        if not expiry or expiry < today:
            return super()._get_link_until()
        return fields.Datetime.to_datetime(expiry + timedelta(days=1))

    def _mail_get_partners(self, introspect_fields=False):
        """Who of the customer is asked."""
        people = {approval.id: Approvers(approval).get_asked().id for approval in self}
        partners = self.env["res.partner"]
        return {key: partners.browse(person or ()) for key, person in people.items()}

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        title = self.env._("Read and answer")
        for name, _is_in_group, group in groups:
            if name != "user":
                group["button_access"] = group.get("button_access", {}) | {
                    "title": title
                }
        return groups

    # === THE CUSTOMER'S ANSWER === #

    def _accept(self, partner, name, via, order_number="", remark=""):
        """The customer says yes; see :class:`..answering.Answer`."""
        Answer(self).accept(partner, name, via, order_number, remark)

    def _decline(self, partner, name, via, reason=""):
        """The customer says no; what waits is left to the account manager."""
        Answer(self).decline(partner, name, via, reason)

    def _object(self, reason, partner=None):
        """The customer says that a yes by phone was never given."""
        Answer(self).object(reason, partner)

    def _end(self, day, partner=None, reason=""):
        """A standing approval covers no work from a day on."""
        Answer(self).end(day, partner, reason)

    def _is_open(self):
        """Whether it can be decided today."""
        self.ensure_one()
        today = self.company_id._support_today()
        expired = self.date_expiry and self.date_expiry < today
        return self.state == "sent" and not expired

    def _get_earliest_end(self):
        """The first day from which a standing approval can be ended, or none."""
        self.ensure_one()
        today = self.company_id._support_today()
        if not self.is_standing or self.state != "accepted":
            return None
        return today if not self.date_end or self.date_end >= today else None

    # === WHO SEES IT === #

    @api.model
    def _get_portal_approval(self, approval_id, user, access_token=None):
        """One approval in superuser mode, or none where the visitor may not see it.

        The link opens this one thing until it is out of date, a role its contract's.
        """
        # sudo: portal users have no access to the model; who sees what is decided here.
        approval = self.sudo().browse(approval_id).exists()
        if approval and Approvers(approval).may_see(user, access_token):
            return approval
        return self.browse()

    # === WHAT IT COVERS === #

    def _notify_used_up(self):
        """Tell customer and account manager of what is nearly used up."""
        for approval in self:
            ApprovalUse(approval).tell()

    def _get_work(self):
        """The work that it is for, or none."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _stands_for(self, work):
        """Whether it is a standing one that covers this work."""
        self.ensure_one()
        if not self.is_standing:
            return False
        factor = "work_factor_id" in work._fields and work.work_factor_id
        return not self.emergencies_only or bool(factor and factor.is_emergency)

    def _get_days(self):
        """Charged days that it covers; free ones use nothing up."""
        # sudo: who reads an approval need not read charges.
        charges = (
            self.env["support.charge"]
            .sudo()
            .search([("approval_id", "in", self.ids), ("state", "!=", "waived")])
        )
        return charges.day_ids

    def _covers_work(self, work):
        """Whether time on this work uses it up."""
        self.ensure_one()
        if self.is_standing:
            return self._stands_for(work)
        return (self.res_model, self.res_id) == (work._name, work.id)

    def _is_for_customer_on(self, day):
        """Whether it is of the customer who had the contract on that day."""
        self.ensure_one()
        customer = self.contract_id.sudo()._value_on("partner_id", day)
        own = self.customer_id.commercial_partner_id
        return customer.commercial_partner_id == own

    def _get_waiting_days(self):
        """Charged days of this work and customer that wait for a yes."""
        self.ensure_one()
        if self.is_standing:
            return self.env["support.charge.day"]
        # sudo: who answers need not read charges.
        days = (
            self.env["support.charge.day"]
            .sudo()
            .search(
                [
                    ("contract_id", "=", self.contract_id.id),
                    ("work_model", "=", self.res_model),
                    ("work_id", "=", self.res_id),
                    ("charge_id.state", "=", "approval"),
                ]
            )
        )
        return days.filtered(lambda day: self._is_for_customer_on(day.date))

    def _get_amount_limit(self):
        """The untaxed amount that it covers; 0 for no such limit."""
        self.ensure_one()
        return self.amount_limit if self.is_standing else self.amount_untaxed

    def _words(self):
        """What mails and pages say of it."""
        return ApprovalWords(self)

    def _get_price_hour(self):
        """What an hour costs today, with factor and discount; a former customer, on
        their last day.
        """
        contract = self.contract_id
        day = contract.sudo()._get_last_day_of(self.customer_id)
        factor = self.work_factor_id.factor or 1.0
        terms = Rates(contract).get_terms(self.type_id, day, factor)
        return float(terms.rate.price) if terms.price else 0.0

    def _get_taxes(self):
        """The taxes of the invoice line that it would become."""
        position = get_customer_position(self.customer_id, self.company_id)
        product = self.type_id._get_product(self.company_id)
        return get_product_taxation(product, self.company_id, position).taxes

    def _estimate_fee_change(self):
        """What so many lines more change of the monthly fee."""
        self.ensure_one()
        contract = self.contract_id
        if not (contract and self.code_lines):
            return 0.0
        return contract.sudo()._get_fee_of_more_lines(self.code_lines)
