# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import (
    clean_context,
    consteq,
    format_date,
    formatLang,
    plaintext2html,
)

from odoo.addons.support_contract.windows import get_dialog

from ..approving import lock, release
from ..minutes import bill_day, whole_minutes
from ..timekeeping import Rates, format_minutes, get_work_and_day

# Days that a link opens, where nothing else was entered.
LINK_DAYS = 30
# Characters of what a customer writes.
LONGEST = 500
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
        "amount_limit",
        "date_start",
        "date_end",
        "after_analysis",
        "code_lines",
        "fee_change",
        "description",
    }
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
        "access_token",
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
        "mail.thread",
        "mail.activity.mixin",
        "portal.mixin",
        "support.protected.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    # Who has it answers for the customer.
    access_token = fields.Char(groups="base.group_system")
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
        help="The link opens nothing after this day.",
    )
    date_sent = fields.Datetime(readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided On", readonly=True, copy=False)
    customer_id = fields.Many2one(
        "res.partner",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who had the contract when they were asked: it covers their time alone.",
    )
    decided_by = fields.Many2one(
        "res.partner", readonly=True, copy=False, ondelete="restrict"
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

    @api.depends("contract_id", "type_id", "work_factor_id", "hours")
    def _compute_amounts(self):
        for approval in self:
            contract, currency = approval.contract_id, approval.currency_id
            price = approval._get_price_hour() if contract and approval.type_id else 0.0
            minutes = whole_minutes(approval.hours)
            untaxed = currency.round(price * minutes / 60) if currency else 0.0
            approval.price_hour = price
            approval.amount_untaxed = untaxed
            taxes = approval._get_taxes().compute_all(
                untaxed, currency, partner=contract.partner_id
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

    # === PROTECTION === #

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
            approval._portal_ensure_token()
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

    def _describe_tried(self):
        """What an error was tried on, for the customer; or nothing."""
        self.ensure_one()
        work = self._get_work()
        tried = work and work.reproduction_id
        if not tried:
            return ""
        return self.env._(
            "%(what)s: Odoo %(series)s, module %(module)s, standard data set "
            "%(version)s.",
            what=tried.name,
            series=tried.series,
            module=tried.module_name,
            version=tried.dataset_version,
        )

    def action_note_phone(self):
        """Note a yes that was given by phone; a button."""
        self.ensure_one()
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
        self._portal_ensure_token()
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

    # === THE CUSTOMER'S ANSWER === #

    def _prepare_sent_vals(self):
        """What is written when the customer is asked; a link opens for a month."""
        self.ensure_one()
        today = self.company_id._support_today()
        return {
            "state": "sent",
            "date_sent": fields.Datetime.now(),
            "date_expiry": self.date_expiry or today + timedelta(days=LINK_DAYS),
            "customer_id": self.contract_id.sudo().partner_id.id,
        }

    def _portal_ensure_token(self):
        # sudo: staff sends the link, and need not be able to use it.
        return super(SupportWorkApproval, self.sudo())._portal_ensure_token()

    def _sign_token(self, pid):
        # sudo: as above.
        return super(SupportWorkApproval, self.sudo())._sign_token(pid)

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
        if not self._may_decide(self.partner_id):
            raise UserError(
                self.env._(
                    "%s may not approve that much. Choose somebody else, or raise the "
                    "limit under Portal Access.",
                    self.partner_id.name,
                )
            )

    def _may_decide(self, partner):
        """Whether this person's yes is enough: by a role with a limit."""
        self.ensure_one()
        customer = self.contract_id.sudo().partner_id
        if partner and partner == customer and not partner.is_company:
            return True  # a person who is the customer
        # sudo: who asks need not see the contacts.
        contacts = self.contract_id.sudo().contact_ids.filtered(
            lambda contact: contact.partner_id == partner
            and contact._is_of_customer()
            and contact.may_approve
        )
        amount = self._get_asked_amount()
        return any(
            not contact.approval_limit
            or self.currency_id.compare_amounts(amount, contact.approval_limit) <= 0
            for contact in contacts
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
        return max(prices, default=0.0) * self.hours

    def _accept(self, partner, name, via, order_number="", remark=""):
        """The customer says yes.

        :param partner: `res.partner` who says it
        :param name: as they wrote it
        :param via: ``portal``, ``link`` or ``phone``
        :param remark: what else they want to say, which the account manager reads
        :raise UserError: when it is decided, withdrawn or out of date, or may not be
            decided by them
        """
        self._check_open()
        if not self._may_decide(partner):
            raise UserError(
                self.env._(
                    "You may not approve that much for %s.", self.contract_id.name
                )
            )
        order_number = (order_number or "").strip()
        if self.contract_id.approval_order_required and not order_number:
            raise UserError(self.env._("Enter your order number."))
        remark = (remark or "").strip()[:LONGEST]
        vals = {"order_number": order_number, "decline_reason": remark}
        self._decide("accepted", partner, name, via, vals)
        if remark:
            self._leave_to_account_manager(self.env._("Approved with a remark"), remark)
        # sudo: what the customer orders is written by the system.
        work = self.sudo()._get_work()
        if self.work_factor_id and work and not work.work_factor_id:
            work.work_factor_id = self.sudo().work_factor_id
        release(self.contract_id)
        self._notify_used_up()

    def _decline(self, partner, name, via, reason=""):
        """The customer says no; what waits is left to the account manager."""
        self._check_open()
        self._check_may_answer(partner)
        reason = (reason or "").strip()[:LONGEST]
        self._decide("declined", partner, name, via, {"decline_reason": reason})
        self._leave_to_account_manager(self.env._("The customer said no"), reason)

    def _check_may_answer(self, partner):
        """Refuse an answer from somebody who was not asked and has no say."""
        if not partner or not (partner == self.partner_id or self._may_decide(partner)):
            raise UserError(
                self.env._("You may not answer this for %s.", self.contract_id.name)
            )

    def _object(self, reason, partner=None):
        """The customer says that a yes was never given; the account manager follows it
        up. What is invoiced is corrected by an accountant.
        """
        self.ensure_one()
        lock(self)
        if partner is not None:
            self._check_may_answer(partner)
        if self.decided_via != "phone" or self.state != "accepted" or self.objection:
            raise UserError(self.env._("There is nothing to object to."))
        text = (reason or "").strip()[:LONGEST] or self.env._("Without a reason")
        # sudo: the customer answers; the account manager talks with them.
        self.sudo().objection = text
        # sudo: charges are written by the system alone. What is not invoiced yet waits.
        charges_sudo = self.env["support.charge"].sudo()
        for charge in charges_sudo.search(
            [("approval_id", "=", self.id), ("state", "=", "pending")]
        ):
            charge._set_state({"state": "approval", "approval_id": False}, text)
        self._leave_to_account_manager(self.env._("The customer objects"), text)

    def _leave_to_account_manager(self, summary, note):
        # sudo: whoever answers need not see who works for the company.
        approval_sudo = self.sudo()
        approval_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=approval_sudo.contract_id._get_responsible_user().id,
            summary=summary,
            note=plaintext2html(note or ""),
        )

    def _is_open(self):
        """Whether it can be decided today."""
        self.ensure_one()
        today = self.company_id._support_today()
        return (
            self.state == "sent"
            and self.customer_id == self.contract_id.sudo().partner_id
            and not (self.date_expiry and self.date_expiry < today)
        )

    def _check_open(self):
        self.ensure_one()
        lock(self)
        if self.state != "sent":
            raise UserError(self.env._("This was decided or withdrawn meanwhile."))
        if not self._is_open():
            raise UserError(
                self.env._("This offer is no longer valid. Ask us for a new one.")
            )

    # === WHO SEES IT === #

    @api.model
    def _get_portal_approval(self, approval_id, user, access_token=None):
        """One approval in superuser mode, or none where the visitor may not see it.

        The link opens this one thing until it is out of date, a role its contract's.
        """
        # sudo: portal users have no access to the model; who sees what is decided here.
        approval = self.sudo().browse(approval_id).exists()
        if not approval or approval.state == "draft":
            return self.browse()
        if approval._is_token(access_token):
            return approval
        if user._is_public():
            return self.browse()
        if user._is_internal():
            readable = approval.with_user(user).sudo(False).has_access("read")
            return approval if readable else self.browse()
        if approval.customer_id != approval.contract_id.partner_id:
            return self.browse()  # the contract has passed on since
        contacts = approval.contract_id.contact_ids.filtered(
            lambda contact: contact.partner_id == user.partner_id
            and contact._is_of_customer()
        )
        allowed = contacts.filtered(
            lambda contact: contact.may_approve or contact.role != "key_user"
        )
        return approval if allowed else self.browse()

    def _is_token(self, access_token):
        """Whether that is the token of the link, and the link still opens it."""
        self.ensure_one()
        token = self.access_token
        today = self.company_id._support_today()
        return bool(
            token
            and access_token
            and consteq(token, access_token)
            and not (self.date_expiry and self.date_expiry < today)
        )

    def _get_decider(self, user, access_token=None):
        """(who of the customer decides, ``portal`` or ``link``).

        Who is logged in decides as themselves; who has the link only, as the person who
        was asked.
        """
        self.ensure_one()
        if not user._is_public() and not user._is_internal():
            return user.partner_id, "portal"
        if user._is_public() and self._is_token(access_token):
            return self.partner_id, "link"
        return self.env["res.partner"], "portal"

    def _decide(self, state, partner, name, via, vals):
        # sudo: the customer decides; the limits were checked.
        self.sudo().write(
            {
                "state": state,
                "date_decided": fields.Datetime.now(),
                "decided_by": partner.id,
                "decided_name": (name or partner.name or "").strip()[:128],
                "decided_via": via,
                **vals,
            }
        )
        self.contract_id.sudo()._log_event(
            "charge",
            self.env._("%(approval)s: %(answer)s", approval=self.name, answer=state),
            record=self,
        )

    # === WHAT IT COVERS === #

    def _notify_used_up(self):
        """Tell customer and account manager that 80 % of it is used up: once, and of a
        standing one once a month.
        """
        for approval in self:
            month = approval.company_id._support_today().replace(day=1)
            before = approval.date_notified
            if before and not (approval.is_standing and before.date() < month):
                continue
            share = approval._get_used_share()
            if share < 0.8:
                continue
            # sudo: whoever logs time need not be able to change approvals.
            approval_sudo = approval.sudo()
            approval_sudo.date_notified = fields.Datetime.now()
            manager = approval_sudo.contract_id._get_responsible_user()
            approval_sudo.message_post(
                body=approval.env._(
                    "%(share)s %% of what was approved for “%(name)s” is used up.",
                    share=int(share * 100),
                    name=approval.name,
                ),
                partner_ids=(approval_sudo.partner_id | manager.partner_id).ids,
                subtype_xmlid="mail.mt_comment",
            )

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

    def _get_used_share(self):
        """How much is used up by logged time, charged or not: of an estimate all of it,
        of a standing approval that of the running month. 0 for none, 1 for all.
        """
        self.ensure_one()
        lines = self._get_time()
        minutes = amount = 0
        rates = Rates(self.contract_id)
        for (_work, day), own in lines.grouped(get_work_and_day).items():
            increment = self.contract_id._get_agreed("time_increment", day).value
            billed = bill_day(
                [
                    (rates.get(line).rate, line.support_billed_minutes)
                    for line in own
                    if rates.get(line).price is not None
                ],
                increment,
            )
            minutes += sum(one.billed for one in billed)
            amount += sum(one.rate.price * one.billed / 60 for one in billed)
        shares = [0.0]
        if granted := self._get_granted_minutes():
            shares.append(minutes / granted)
        if self.amount_limit:
            shares.append(float(amount) / self.amount_limit)
        return max(shares)

    def _get_granted_minutes(self):
        """Of a standing one its own; of estimates all that were accepted for it."""
        if self.is_standing:
            return self.minutes
        same = self.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("state", "=", "accepted"),
            ]
        )
        return sum(same.mapped("minutes"))

    def _get_time(self):
        """Billed time that uses it up, in superuser mode."""
        domain = [
            ("support_contract_id", "=", self.contract_id.id),
            ("support_verdict", "=", "billed"),
            ("support_by_hours", "=", True),
        ]
        if self.is_standing:
            first = self.company_id._support_today().replace(day=1)
            domain.append(("date", ">=", first))
        elif work := self._get_work():
            domain.append((work._get_time_field(), "=", work.id))
        # sudo: whoever asks need not see the time of others.
        lines = self.env["account.analytic.line"].sudo().search(domain)
        contract, first, last = self.contract_id.sudo(), self.date_start, self.date_end
        return lines.filtered(
            lambda line: (
                self._covers_work(line._get_support_work())
                and contract._value_on("partner_id", line.date) == self.customer_id
                and not (first and line.date < first)
                and not (last and line.date > last)
            )
        )

    def _get_price_hour(self):
        """What an hour costs today, with factor and discount."""
        contract = self.contract_id
        day = contract.company_id._support_today()
        factor = self.work_factor_id.factor or 1.0
        terms = Rates(contract).get_terms(self.type_id, day, factor)
        return float(terms.rate.price) if terms.price else 0.0

    def _get_taxes(self):
        """The taxes of the invoice line that it would become."""
        product = self.type_id.product_id
        company = self.company_id
        taxes = product.sudo().taxes_id._filter_taxes_by_company(company)
        position = (
            self.env["account.fiscal.position"]
            .sudo()
            .with_company(company)
            ._get_fiscal_position(self.contract_id.partner_id)
        )
        return position.map_tax(taxes)

    def _estimate_fee_change(self):
        """What so many lines more change of the monthly fee."""
        self.ensure_one()
        contract = self.contract_id
        if not (contract and self.code_lines):
            return 0.0
        return contract.sudo()._get_fee_of_more_lines(self.code_lines)

    def _describe_decision(self):
        """Who decided, when and how, for people; empty while nobody did."""
        self.ensure_one()
        if not self.date_decided:
            return ""
        labels = dict(self._fields["decided_via"]._description_selection(self.env))
        return self.env._(
            "%(name)s, %(day)s, %(via)s",
            name=self.decided_name,
            day=format_date(self.env, self.date_decided),
            via=labels[self.decided_via].lower(),
        )

    def _describe_hours(self):
        """ "2 h 30 min", for people."""
        self.ensure_one()
        return format_minutes(self.env, self.minutes)

    def _describe_estimate(self):
        """The offer in one line, for people."""
        self.ensure_one()
        return self.env._(
            "%(hours)s at %(price)s an hour: %(amount)s without VAT, %(total)s with it",
            hours=self._describe_hours(),
            price=formatLang(self.env, self.price_hour, currency_obj=self.currency_id),
            amount=formatLang(
                self.env, self.amount_untaxed, currency_obj=self.currency_id
            ),
            total=formatLang(
                self.env, self.amount_total, currency_obj=self.currency_id
            ),
        )
