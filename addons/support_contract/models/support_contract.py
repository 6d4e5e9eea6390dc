# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, plaintext2html

from ..activation import check_can_activate, check_can_send
from ..agreed import AgreedFigures, copy_conditions
from ..agreement import Agreement, get_hourly_rates
from ..amendment import Amendment, check_new_terms
from ..ending import bring_up_to_date, check_can_end, find_due, open_checklist
from ..evidence_guard import Owner, guard_table
from ..giving_notice import (
    Notice,
    describe_notice_rules,
    follow_notice,
    withdraw_notice,
)
from ..kept import keep
from ..links import make_token
from ..portal import PortalAccess
from ..proposed import PROPOSED
from ..renewal import get_renewals_in_words
from ..rights import RightJudge
from ..signing import LINK, SIGNATURE, SIGNED, Signing, get_shown_values, mark_sent
from ..transactions import describe, go_through
from ..windows import asks, fill_count, get_dialog, lists

_lt = LazyTranslate(__name__)

MANAGERS = "support_contract.group_support_manager"


class SupportContract(models.Model):
    """What one customer was promised, from when, under which terms.

    Portal users have no access to any model. Every page takes its contract, in
    superuser mode, from `portal.find_contract` and shows the cards that it allows.
    """

    _name = "support.contract"
    _description = "Support Contract"
    _inherit = [
        "support.link.mixin",
        "support.customer.pages.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "support.status.mixin",
        "support.rights.mixin",
        "portal.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    # Notes and to-dos of everybody who sees the contract.
    _mail_post_access = "read"

    name = fields.Char(
        string="Contract Number",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        check_company=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    # For a new customer, who mostly is of the same country.
    company_country_id = fields.Many2one(
        related="company_id.country_id", string="Country of the Company"
    )
    terms_id = fields.Many2one(
        "support.terms",
        required=True,
        default=lambda self: self._default_terms_id(),
        domain="[('state', '=', 'published'), "
        "('company_id', 'in', [company_id, False])]",
        help="The version of the standard terms that the customer signs.",
        check_company=True,
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", required=True, **PROPOSED
    )
    user_id = fields.Many2one(
        "res.users",
        string="Account Manager",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Is notified when the contract needs somebody's attention.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("notice", "Notice Given"),
            ("ended", "Ended"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    date_sent = fields.Datetime(
        string="Sent to Sign",
        readonly=True,
        copy=False,
        help="From then on the customer's administrators see the draft in the portal.",
    )
    date_signed = fields.Date(copy=False, tracking=True)
    signed_by = fields.Char(readonly=True, copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    # In the table itself, which the database guards.
    signature = fields.Image(
        max_width=1024, max_height=1024, attachment=False, readonly=True, copy=False
    )
    sent_fee = fields.Monetary(
        string="Monthly Fee as Sent",
        readonly=True,
        copy=False,
        help="The estimate of a whole month that the customer was sent, and signs.",
    )
    sent_document_id = fields.Many2one(
        "ir.attachment",
        string="Agreement as Sent",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    signed_document_id = fields.Many2one(
        "ir.attachment",
        string="Agreement as Signed",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The document that the customer was sent and has signed.",
    )
    sent_digest = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    signed_digest = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    date_start = fields.Date(compute="_compute_dates", store=True)
    date_min_end = fields.Date(
        string="Minimum Term Until", compute="_compute_dates", store=True
    )
    date_end = fields.Date(compute="_compute_dates", store=True)
    date_notice = fields.Date(
        string="Notice Given On", compute="_compute_date_notice", store=True
    )
    date_last_notice = fields.Date(
        string="Notice at the Latest",
        compute="_compute_date_last_notice",
        store=True,
        help="The last day on which notice prevents the next renewal of a service.",
    )
    billed_through = fields.Date(
        copy=False,
        help="For a contract that was billed elsewhere before: nothing up to and "
        "including this day is ever charged here.",
    )
    service_ids = fields.One2many("support.contract.service", "contract_id", copy=True)
    condition_ids = fields.One2many(
        "support.contract.condition", "contract_id", string="Special Conditions"
    )
    contact_ids = fields.One2many(
        "support.contract.contact", "contract_id", string="Portal Access"
    )
    amendment_ids = fields.One2many("support.contract.amendment", "contract_id")
    amendment_count = fields.Integer("Amendments", compute="_compute_amendment_count")
    event_ids = fields.One2many("support.event", "contract_id", string="Events")
    question_ids = fields.One2many("support.question", "contract_id")
    checklist_ids = fields.One2many(
        "support.contract.checklist", "contract_id", string="Ending Checklist"
    )
    checklist_left = fields.Integer(compute="_compute_checklist_left")
    amend_error = fields.Text(
        string="Amendment Failure",
        readonly=True,
        copy=False,
        help="Why a scheduled amendment or the end of the contract could not take "
        "effect; the next success clears it.",
    )
    note = fields.Html(string="Internal Notes")

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != 'New'", "This contract number is taken."
    )

    def init(self):
        """Let nobody change what the customer signed."""
        guard_table(
            self.env.cr,
            self._table,
            SIGNATURE,
            "A signature stays as it was given",
            owner=Owner(self._table, "active,notice,ended"),
            made=False,
        )

    @api.model
    def _default_terms_id(self):
        """The latest version that fits: of the company, then in its currency."""
        company = self.env.company
        terms = self.env["support.terms"].search(
            [("state", "=", "published"), ("company_id", "in", [company.id, False])],
            order="date_published desc, id desc",
        )
        return terms.sorted(
            lambda version: (
                version.company_id != company,
                version.currency_id != company.currency_id,
            )
        )[:1]

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for contract in self:
            names = filter(None, [contract.name, contract.partner_id.name])
            contract.display_name = " ".join(names)

    def _compute_access_url(self):
        for contract in self:
            contract.access_url = f"/my/support/{contract.id}"

    @api.depends("terms_id")
    def _compute_currency_id(self):
        for contract in self:
            contract.currency_id = (
                contract.terms_id.currency_id or contract.company_id.currency_id
            )

    @api.depends(
        "service_ids.date_start", "service_ids.date_end", "service_ids.date_min_end"
    )
    def _compute_dates(self):
        for contract in self:
            services = contract.service_ids
            starts = [day for day in services.mapped("date_start") if day]
            min_ends = [day for day in services.mapped("date_min_end") if day]
            ends = services.mapped("date_end")
            contract.date_start = min(starts, default=False)
            contract.date_min_end = max(min_ends, default=False)
            contract.date_end = max(ends) if ends and all(ends) else False

    @api.depends("service_ids.date_notice")
    def _compute_date_notice(self):
        for contract in self:
            days = [day for day in contract.service_ids.mapped("date_notice") if day]
            contract.date_notice = max(days, default=False)

    @api.depends("service_ids.date_last_notice")
    def _compute_date_last_notice(self):
        for contract in self:
            days = filter(None, contract.service_ids.mapped("date_last_notice"))
            contract.date_last_notice = min(days, default=False)

    @api.depends("amendment_ids")
    def _compute_amendment_count(self):
        fill_count(self, "amendment_count", "support.contract.amendment")

    @api.depends("checklist_ids.done")
    def _compute_checklist_left(self):
        for contract in self:
            contract.checklist_left = len(
                contract.checklist_ids.filtered(lambda item: not item.done)
            )

    @api.onchange("terms_id")
    def _onchange_terms_id(self):
        """Special conditions survive a change of the terms, and nobody overlooks it."""
        if not self.condition_ids or self.terms_id == self._origin.terms_id:
            return None
        return {"warning": AgreedFigures(self).get_kept_conditions_warning()}

    @api.model_create_multi
    def create(self, vals_list):
        new = self.env._("New")
        for vals in vals_list:
            if vals.get("name", new) == new:
                company_id = vals.get("company_id") or self.env.company.id
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company_id)
                    .next_by_code("support.contract")
                    or new
                )
        return super().create(vals_list)

    def write(self, vals):
        if "date_signed" in vals and not self._has_permission():
            self._check_signed_day(vals["date_signed"])
        return super().write(vals)

    def copy(self, default=None):
        copies = super().copy(default)
        for contract, copied in zip(self, copies, strict=True):
            copy_conditions(contract, copied)
        return copies

    def message_post(self, *, body="", message_type="notification", **kwargs):
        if message_type == "comment" and LINK in (body or ""):
            self._check_may_decide()
            self.check_access("write")
            receivers = self.env["res.partner"].browse(kwargs.get("partner_ids"))
            for contract in self:
                # Along with the document that is signed.
                attachments = kwargs.get("attachment_ids") or []
                kwargs["attachment_ids"] = attachments + mark_sent(contract, receivers)
        return super().message_post(body=body, message_type=message_type, **kwargs)

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        body = super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )
        # Colleagues who follow the contract get the link without its token.
        people = self.env["res.partner"].sudo()
        people = people.browse(recipients_group.get("recipients_ids"))
        if (
            message.message_type == "comment"
            and len(people) == 1
            and self._may_have_link(people)
        ):
            token = make_token(self, people)
            body = body.replace(LINK, f"access_token={token}")
        return body

    def _may_have_link(self, person):
        """Whoever has a role; a link opens nothing of what is over."""
        return PortalAccess(self.sudo()).may_have_link(person)

    def _get_link_receiver(self):
        return self.partner_id

    def action_activate(self):
        self._check_may_decide()
        self.check_access("write")  # before it is judged
        for contract in self:
            check_can_activate(contract)
            note = "" if contract.signed_by else self.env._("Signed on paper")
            contract._set_state("active", note)

    def action_cancel(self):
        self._check_may_decide()
        if self.filtered(lambda contract: contract.state != "draft"):
            raise UserError(
                self.env._("Only a draft is cancelled. An active contract is ended.")
            )
        self._set_state("cancelled")

    def action_draft(self):
        self._check_may_decide()
        if self.filtered(lambda contract: contract.state != "cancelled"):
            raise UserError(
                self.env._("Only a cancelled contract can become a draft again.")
            )
        self._set_state("draft")

    def action_preview(self):
        """See the agreement as the customer does."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self._get_portal_link(None),
        }

    def action_send(self):
        """Write to the customer, with the link to read and sign."""
        self._check_may_decide()
        self.check_access("write")
        self.ensure_one()
        if self.state == "draft":
            check_can_send(self)
        template = self.env.ref("support_contract.mail_template_agreement")
        action = get_dialog(
            self.env._("Send to Sign"),
            "mail.compose.message",
            model=self._name,
            res_ids=self.ids,
            template_id=template.id,
            composition_mode="comment",
        )
        action["context"] |= {"force_email": True}
        return action

    def action_invite(self):
        """Give the people with a role an account in the portal; Odoo's own wizard."""
        self.ensure_one()
        people = self.contact_ids.partner_id
        wizard = self.env["portal.wizard"].with_context(active_ids=people.ids)
        return wizard.action_open_wizard()

    def action_withdraw_notice(self):
        """Let the services of a contract run on, before they have ended."""
        for contract in self:
            withdraw_notice(contract)

    def action_end(self):
        """End contracts whose last day is over, and open what is left to do."""
        self._check_may_decide()
        for contract in self:
            check_can_end(contract)
            contract._set_state("ended")
            open_checklist(contract)

    action_amend = asks(_lt("Amend Contract"), "support.contract.amend")
    action_give_notice = asks(_lt("Give Notice"), "support.contract.notice")
    action_view_on_day = asks(_lt("Contract on a Day"), "support.contract.on.day")
    action_view_amendments = lists("support_contract.support_contract_amendment_action")
    action_view_events = lists("support_contract.support_event_action")

    @api.model
    def _cron_amend_and_end(self):
        """What takes effect by itself on its day; a scheduled action.

        Idempotent: what is done is not due any more, and what failed is tried again
        on the next day.
        """
        go_through(find_due(self), bring_up_to_date)

    # === STATUS === #

    def _set_state(self, state, note=""):
        """Move to ``state`` and write it down."""
        for contract in self:
            labels = dict(self._fields["state"]._description_selection(self.env))
            before = labels[contract.state]
            contract._with_permission().state = state
            contract._log_event(
                "state", note, field_name="state", before=before, after=labels[state]
            )
            contract.activity_unlink([SIGNED])
            keep(contract)
            if state == "active" and not contract.contact_ids:
                # sudo: a consultant may not read every contact of the customer.
                PortalAccess(contract.sudo()).give_to_invoice_contacts()

    def _log_event(self, kind, note="", record=None, **vals):
        """Add an event to the log.

        :param kind: one of ``support.event._selection_kind``
        :param note: the reason, or what happened if there is no before and after
        :param record: the record it is about; the contract itself by default
        :param vals: ``field_name``, ``before`` and ``after`` as readable texts
        """
        self.ensure_one()
        return self.env["support.event"]._log(self, kind, note, record or self, **vals)

    def _get_checklist_codes(self):
        """What there is to do when this contract is over; extend to leave things out.

        :return: list of codes, in the order of the checklist
        """
        self.ensure_one()
        return [code for code, __ in self.checklist_ids._selection_code()]

    # === AGREED FIGURES === #

    def _get_agreed(self, key, on_date=None, service_type=None, service=None):
        """The value of one figure or rule on a day, and who says so.

        The only way in which anything reads the terms of a contract.

        :param key: a figure (price, discount, minimum, min_months, …), a
            figure of the price line (step, tiers), or a field of the terms (calendar,
            timing, count_day, sign_activates, …)
        :param on_date: the day; by default today, but not before the contract starts
        :param service_type: `support.service.type`, for figures of a service
        :param service: `support.contract.service`, instead of its type: so that a
            condition of that one service is seen as well
        :return: :class:`..agreed.AgreedValue`; its value is None where a price was
            never agreed
        """
        self.ensure_one()
        day = on_date or self._get_agreed_day()
        service = service or self.env["support.contract.service"]
        service_type = service_type or service.type_id
        return AgreedFigures(self).get(key, day, service_type, service)

    def _get_terms(self, on_date):
        """The version of the terms on a day; whatever changes it later extends this."""
        return self._value_on("terms_id", on_date)

    def _get_agreed_day(self):
        """Today, or the first day of a contract that is still to come."""
        self.ensure_one()
        company = self.company_id or self.env.company
        today = company._support_today()
        return max(today, self.date_start) if self.date_start else today

    def _get_agreed_changes(self, keys, start, end, service):
        """Days after `start`, through `end`, on which one of the figures changes.

        Between them the figures stay the same, so that a price holds for whole parts.
        """
        return AgreedFigures(self).get_change_days(keys, start, end, service)

    def _format_figure(self, key, value):
        """The value with its unit, for a reader; empty where there is none."""
        return AgreedFigures(self).format(key, value)

    def _get_monthly_fee(self, counts=None):
        """What a whole month of all running services costs today; billing knows.

        :param counts: the line counts to compute from instead of the billed ones
        :return: the amount, or 0 where nobody can compute it
        """
        self.ensure_one()
        return 0.0

    def _get_estimate_basis(self):
        """What the fee that is agreed is an estimate from, in sentences; extend."""
        self.ensure_one()
        return []

    def _get_fee_on(self, day):
        """What a whole month of all services that run on a day costs; billing knows.

        :return: the amount, or None where nobody can compute it
        """
        return None

    def _get_known_monthly_fee(self):
        """The fee of a month, or 0 while it cannot be computed."""
        try:
            return self._get_monthly_fee()
        except UserError:
            return 0.0

    def _get_hourly_rates(self):
        """What an hour of each kind of work costs today, in sentences. R4."""
        self.ensure_one()
        return get_hourly_rates(self)

    def _get_agreement(self):
        """The parts of :class:`..agreement.Agreement`, for its templates."""
        self.ensure_one()
        return Agreement(self)

    def _get_state_on(self, day):
        """What was agreed on ``day``, as the amendments up to now have it.

        :return: dict of ``day``, ``partner_id``, ``terms_id``, ``currency_id`` and
            lists of (record, {field: value on that day}): ``services`` that ran and
            ``conditions`` in force. Extend it with what else was agreed.
        """
        self.ensure_one()
        return {
            "day": day,
            "partner_id": self._value_on("partner_id", day),
            "terms_id": self._value_on("terms_id", day),
            "currency_id": self._value_on("currency_id", day),
            "services": [
                (service, values)
                for service in self.service_ids
                if service._runs_on(day, values := service._values_on(day))
            ],
            "conditions": [
                (condition, values)
                for condition in self.condition_ids
                if condition._holds_on(day, values := condition._values_on(day))
            ],
        }

    # === AMENDMENT === #

    def _amend(self, date_effective, reason, changes, undoes=None):
        """Change an agreed contract; the only way to do so.

        :return: ``support.contract.amendment``
        """
        self.ensure_one()
        return Amendment(self, date_effective, reason, changes, undoes).make()

    @api.model
    def _get_owed_domain(self, customers):
        """Contracts by which these legal entities owe us something, or did; extend.

        Those that run, also of whoever had them before.

        :param customers: `res.partner`, commercial entities
        """
        line = "amendment_ids.line_ids"
        running = Domain("state", "in", ("active", "notice"))
        return running & Domain.OR(
            Domain(f"{link}.commercial_partner_id", "in", customers.ids)
            for link in (
                "partner_id",
                f"{line}.before_partner_id",
                f"{line}.after_partner_id",
            )
        )

    def _may_amend(self):
        return self.env.user.has_group("support_contract.group_support_manager")

    def _after_amendment(self, amendment):
        """What follows from an amendment; extend to recompute or tell somebody."""
        follow_notice(self)
        keep(self)

    def _get_amendable_records(self):
        """Records whose guarded fields an amendment of this contract can touch.

        Extend it with what else is agreed.
        """
        self.ensure_one()
        return [self, *self.service_ids, *self.condition_ids]

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "name",
            "partner_id",
            "company_id",
            "currency_id",
            "terms_id",
            "date_signed",
            "signed_by",
            "signed_on",
            "signature",
            "billed_through",
            "service_ids",
        }

    def _get_amended_contract(self):
        return self

    def _get_amendment_changes(self, vals, day):
        if vals.get("terms_id"):
            terms_id = self._fields["terms_id"].convert_to_write(vals["terms_id"], self)
            terms = self.env["support.terms"].browse(terms_id)
            for contract in self:
                check_new_terms(contract, terms)
        return super()._get_amendment_changes(vals, day)

    def _check_system_fields(self, vals):
        if self and "state" in vals:
            raise UserError(
                self.env._("The status changes through the contract's buttons only.")
            )
        return super()._check_system_fields(vals)

    def _check_editable(self, operation):
        begun = self.filtered(lambda contract: contract.state != "draft")
        if begun and operation == "create":
            # It may be imported as anything else never.
            raise UserError(self.env._("A new contract is a draft. Activate it then."))
        if begun and operation == "unlink":
            raise UserError(self.env._("Only a draft can be deleted. Cancel it first."))
        # sudo: whoever deletes need not see all that hinders it.
        if operation == "unlink" and (kept := self.sudo().filtered("event_ids")):
            raise UserError(
                self.env._(
                    "%s has a history, which stays: Cancel it instead of deleting it.",
                    kept[0].name,
                )
            )
        return super()._check_editable(operation)

    @api.model
    def _get_system_fields(self):
        apart = {"name", "state"}
        return super()._get_system_fields() | self._get_readonly_fields() - apart

    def _check_signed_day(self, day):
        """Refuse another day under a signature of the portal; paper is entered."""
        day = fields.Date.to_date(day) or False
        for contract in self.filtered("signed_by"):
            if contract.date_signed != day:
                raise UserError(
                    self.env._(
                        "%s was signed in the portal, on the day that is noted there.",
                        contract.name,
                    )
                )

    # === NOTICE === #

    def _give_notice(self, services, date_notice, date_end=None, reason=""):
        """End services of this contract; see :class:`..giving_notice.Notice`."""
        self.ensure_one()
        Notice(self, services, date_notice, date_end, reason).give()

    def _get_notice_in_words(self):
        """The rules of notice as the agreement states them, in sentences. Clause R1."""
        self.ensure_one()
        return describe_notice_rules(self)

    def _get_renewals_in_words(self):
        """What the reminder tells the customer of each service, in sentences."""
        return get_renewals_in_words(self)

    def _get_notice_remarks(self, services):
        """What else the one who gives notice should know, in sentences; a hook."""
        return []

    def _get_rights_lost(self, services):
        """What the customer loses with these services, in sentences; extend it."""
        self.ensure_one()
        return [
            *(
                self.env._("%(service)s", service=service.type_id.name)
                for service in services
            ),
            *RightJudge(self).get_lost(services).mapped("name"),
        ]

    # === PORTAL === #

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name

    def _has_to_be_signed(self):
        self.ensure_one()
        return self.state == "draft" and not self.signature

    def _get_signers(self):
        """Who is mailed the agreement: administrators of the customer, else who the
        contract is with.
        """
        self.ensure_one()
        # sudo: whoever sends it need not see every contact.
        contacts_sudo = self.sudo().contact_ids.filtered(
            lambda contact: contact.role == "administrator"
            and contact.email
            and contact._is_of_customer()
        )
        return (contacts_sudo.partner_id or self.sudo().partner_id).sudo(False)

    def _sign(self, name, signature, user, address, digest):
        """Take the customer's signature; see :class:`..signing.Signing`."""
        self.ensure_one()
        Signing(self, name, signature, user, address, digest).sign()

    def _get_shown_values(self):
        """What the customer is shown and signs, for a digest: plain values that depend
        on no reader; extend it with what else is agreed.
        """
        self.ensure_one()
        return get_shown_values(self)

    @api.private
    def get_portal_url(self, **kwargs):
        """The link of the mail to the customer, for templates alone; its token is put
        in when the mail leaves.
        """
        self.ensure_one()
        return f"{self.access_url}?{LINK}"

    # === FAILURES AND WHO IS TOLD === #

    def _record_failure(self, field_name, activity, error, group=MANAGERS):
        """Leave the reason on the contract, and one to-do with who looks after it.

        :param field_name: the text that keeps the reason until the next success
        :param activity: external id of the to-do's type
        :param group: who gets it where nobody in particular looks after the contract
        """
        self.ensure_one()
        reason = describe(self.env, error)
        self[field_name] = reason
        # A note is HTML, and what went wrong may hold anything.
        note = plaintext2html(reason)
        if activities := self.activity_search([activity]):
            activities.note = note
            return
        self.activity_schedule(
            activity, note=note, user_id=self._get_responsible_user(group).id
        )

    def _clear_failure(self, field_name, activity):
        """It works again: take the reason and the to-do away."""
        self.filtered(field_name)[field_name] = False
        self.activity_unlink([activity])

    def _get_responsible_user(self, group=MANAGERS):
        """Who looks after the contract: its account manager, else one of a group.

        :param group: external id of the group
        """
        self.ensure_one()
        own = self.user_id.filtered("active")
        others = self.company_id._get_support_users(group)
        return (own or others or self.env.user)[:1]
