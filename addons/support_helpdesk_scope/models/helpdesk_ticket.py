# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.windows import get_dialog

from ..helpdesk_fixes.closed_date import clear_closed_date
from ..intake import Intake, find_known_people, get_usual_instance

SYSTEM_FIELDS = frozenset({"is_support_work", "split_from_id"})


class HelpdeskTicket(models.Model):
    """A ticket is work that a support contract may include.

    Contract and instance come from the customer or the sender, or are chosen. Tickets
    that were there before this add-on are left alone until somebody chooses a contract.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "support.work.mixin"]

    _support_time_field = "ticket_id"

    is_support_work = fields.Boolean(
        string="Evaluated From the Start",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    is_other_customer = fields.Boolean(
        compute="_compute_is_other_customer",
        compute_sudo=True,
        groups="base.group_user",
    )
    split_from_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="The ticket that this one was split off from.",
    )
    # Names and types of time are those of OCA's `helpdesk_mgmt_timesheet`, so that both
    # can be installed.
    timesheet_ids = fields.One2many(
        "account.analytic.line",
        "ticket_id",
        groups="base.group_user",
    )
    allow_timesheet = fields.Boolean(
        related="team_id.allow_timesheet",
        # In superuser mode Odoo searches it for people who may not see it.
        related_sudo=False,
        groups="base.group_user",
    )
    planned_hours = fields.Float(tracking=True, groups="base.group_user")
    total_hours = fields.Float(
        compute="_compute_total_hours", store=True, groups="base.group_user"
    )
    remaining_hours = fields.Float(
        compute="_compute_progress_hours", store=True, groups="base.group_user"
    )
    progress = fields.Float(
        compute="_compute_progress_hours",
        store=True,
        aggregator="avg",
        groups="base.group_user",
    )

    @api.depends("support_contract_id", "partner_id")
    def _compute_is_other_customer(self):
        for ticket in self:
            customer = ticket.partner_id.commercial_partner_id
            owing = ticket.support_contract_id.partner_id.commercial_partner_id
            ticket.is_other_customer = bool(customer and owing and customer != owing)

    @api.depends("timesheet_ids.unit_amount", "timesheet_ids.product_uom_id")
    def _compute_total_hours(self):
        for ticket in self:
            hours = [line._get_support_hours() for line in ticket.timesheet_ids]
            ticket.total_hours = sum(hours)

    @api.depends("planned_hours", "total_hours")
    def _compute_progress_hours(self):
        for ticket in self:
            planned, total = ticket.planned_hours, ticket.total_hours
            ticket.remaining_hours = planned - total
            share = min(total / planned, 1.0) if planned > 0 else 0.0
            ticket.progress = round(100 * share, 2)

    @api.constrains("support_contract_id", "company_id")
    def _check_contract_company(self):
        self.sudo()._check_company(["support_contract_id"])

    @api.constrains("support_contract_id", "support_instance_id", "support_module_id")
    def _check_own_instance(self):
        # A ticket is moved to another contract by hand: then, too.
        return super()._check_own_instance()

    # === CRUD === #

    def write(self, vals):
        groups = defaultdict(self.browse)
        # sudo: whoever writes need not see contracts.
        for ticket in self:
            extra = ticket.sudo()._prepare_following_vals(vals)
            groups[frozenset(extra.items())] |= ticket
        contracts = {one: one.support_contract_id for one in self.sudo()}
        for extra, tickets in groups.items():
            super(HelpdeskTicket, tickets).write({**vals, **dict(extra)})
        for ticket, before in contracts.items():
            # Asked of all of them at once: most that are new have no time.
            if ticket.support_contract_id != before and ticket.timesheet_ids:
                ticket._move_open_time(before)
        if not {"stage_id", "team_id"}.isdisjoint(vals):
            clear_closed_date(self)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_time(self):
        # sudo: whoever deletes need not see the time of others.
        if ticket := self.sudo().filtered("timesheet_ids")[:1]:
            raise UserError(
                self.env._(
                    "Time is logged on %s. Archive it instead.", ticket.display_name
                )
            )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | SYSTEM_FIELDS

    # === ACTIONS === #

    def action_split(self):
        """Take something else that the ticket asks for to a ticket of its own.

        At once where time says what it is: each other category in which time was
        logged becomes a ticket.
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: whoever splits a ticket need not see the time of others.
        other = self._get_open_time().filtered(
            lambda line: line.support_category_id
            and line.support_category_id != self.sudo().scope_category_id
        )
        tickets = self.browse()
        for category, lines in other.grouped("support_category_id").items():
            tickets |= self._split(self.name, category, lines)
        if tickets:
            return tickets._get_records_action(name=self.env._("Split Off"))
        return get_dialog(
            self.env._("Split the Ticket"),
            "support.ticket.split",
            ticket_id=self.id,
            name=self.name,
        )

    def _split(self, name, category, lines):
        """A second ticket of the same customer and contract, with some of the time.

        :param category: `support.scope.category` of the new ticket
        :param lines: `account.analytic.line` that go with it
        """
        self.ensure_one()
        self.check_access("write")
        ticket = self.create(self._prepare_split_vals(name, category))
        # sudo: nothing of colleagues' time changes but its ticket, which is the same
        # customer's; charged time stays, whoever asks.
        ticket.sudo().split_from_id = self
        ticket.sudo()._write_facts({"date_factor": self.date_factor})
        lines.sudo().filtered(lambda one: one.ticket_id == self).write(
            {"ticket_id": ticket.id}
        )
        link = ticket._get_html_link(ticket.number)
        self.message_post(
            body=self.env._("%s was split off.", link), subtype_xmlid="mail.mt_note"
        )
        return ticket

    def _prepare_split_vals(self, name, category):
        """What a ticket that is split off has from this one; extend."""
        self.ensure_one()
        return {
            "name": name,
            "description": self.description,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_name,
            "partner_email": self.partner_email,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "channel_id": self.channel_id.id,
            "category_id": self.category_id.id,
            "priority": self.priority,
            "project_id": self.project_id.id,
            "task_id": self.task_id.id,
            "support_contract_id": self.support_contract_id.id,
            "support_instance_id": self.support_instance_id.id,
            "work_factor_id": self.work_factor_id.id,
            "scope_category_id": category.id,
        }

    # === INTAKE === #

    def _is_support_work(self):
        return bool(self.is_support_work or self.support_contract_id)

    @api.model
    def _get_open_work_domain(self):
        return [("stage_id.closed", "=", False)]

    def _begin_support_work(self):
        groups = defaultdict(self.browse)
        # sudo: tickets come from mails and the portal as well.
        for ticket in self.sudo():
            vals = {"is_support_work": True}
            if not ticket.scope_category_id:
                vals["scope_category_id"] = ticket.category_id._propose_scope().id
            groups[frozenset(vals.items())] |= ticket
        for vals, tickets in groups.items():
            tickets.sudo()._write_facts(dict(vals))
        return super()._begin_support_work()

    def _evaluate(self):
        self._choose_contracts()
        return super()._evaluate()

    def _choose_contracts(self):
        """Choose what leaves no choice, for tickets that have no contract yet."""
        # sudo: see above.
        tickets = self.sudo().filtered(
            lambda one: one.is_support_work and not one.support_contract_id
        )
        if not tickets:
            return
        intake, groups = Intake(tickets), defaultdict(self.browse)
        for ticket in tickets:
            if intake.is_clear(ticket):
                groups[intake.get_contracts(ticket)] |= ticket
        for contract, own in groups.items():
            own.sudo()._write_facts({"support_contract_id": contract.id})

    def _get_contract_candidates(self):
        tickets = self.filtered(lambda one: not one.support_contract_id)
        if not tickets:
            return {}
        intake = Intake(tickets)
        return {ticket: intake.get_contracts(ticket) for ticket in tickets}

    def _prepare_case(self, day, candidates=None, category=None):
        case = super()._prepare_case(day, candidates, category)
        # What is clear was chosen: where one is left, its customer is not clear.
        return replace(case, undecided=bool(candidates))

    def _prepare_following_vals(self, vals):
        """What changes with a customer, a contract or a topic that changes.

        :return: values by name, without those that are written anyway
        """
        self.ensure_one()
        found = {}
        contract = self.support_contract_id
        if "support_contract_id" in vals:
            contract = contract.browse(vals["support_contract_id"])
            if contract and not self.partner_id:
                people = Intake(self).get_people(self)
                owing = contract.partner_id.commercial_partner_id
                own = people.filtered(lambda one: one.commercial_partner_id == owing)
                found["partner_id"] = own[:1].id
        elif "partner_id" in vals:
            partner = self.partner_id.browse(vals["partner_id"])
            customer = partner.commercial_partner_id
            if customer not in (
                self.commercial_partner_id,
                contract.partner_id.commercial_partner_id,
            ):
                contract = contract.browse()
        if contract != self.support_contract_id:
            found |= {
                "support_contract_id": contract.id,
                "support_instance_id": get_usual_instance(contract).id,
                "support_module_id": False,
            }
        if "category_id" in vals:
            topic = self.category_id.browse(vals["category_id"])
            company = self.company_id or self.env.company
            default = company.support_scope_category_id
            proposed = self.category_id._propose_scope() or default
            # What a person chose stays.
            if self.scope_category_id in (self.scope_category_id.browse(), proposed):
                found["scope_category_id"] = (topic._propose_scope() or default).id
        return {name: value for name, value in found.items() if name not in vals}

    # === TIME === #

    def _get_time_project(self):
        """The project that time on this ticket is kept in.

        :return: `project.project` in superuser mode, or none
        """
        self.ensure_one()
        # sudo: whoever logs time need not see contracts.
        ticket = self.sudo()
        company = ticket.company_id or self.env.company.sudo()
        return ticket.support_contract_id.project_id or company.support_project_id

    def _move_open_time(self, before):
        """Keep uncharged time in the project of the contract that it is on now.

        :param before: the `support.contract` that it was on
        """
        self.ensure_one()
        project = self._get_time_project()
        company = self.company_id or self.env.company
        usual = before.sudo().project_id | company.sudo().support_project_id
        lines = self._get_open_time().filtered(
            lambda one: one.project_id in usual and not one.task_id
        )
        if project and (lines := lines.filtered(lambda one: one.project_id != project)):
            lines.write({"project_id": project.id})

    # === CUSTOMER'S PAGE === #

    def _is_of_customer(self, user):
        """Whether this ticket's page is the user's own, or a colleague's at work."""
        self.ensure_one()
        if user._is_internal():
            return True
        # sudo: the page of a link is nobody's; whose ticket it is decides.
        customer = self.sudo().commercial_partner_id
        if customer:
            return customer == user.commercial_partner_id
        return user.partner_id in self.sudo().message_partner_ids

    def _is_followed_from_outside(self):
        """Whether the current user follows this ticket of another customer."""
        self.ensure_one()
        user = self.env.user
        # sudo: see above.
        ticket = self.sudo().exists()
        return bool(
            ticket
            and not ticket._is_of_customer(user)
            and user.partner_id in ticket.message_partner_ids
        )

    def _get_portal_verdict(self, user):
        """What the customer's key users read of the verdict, without prices.

        :return: (one of the verdicts, a sentence), or None
        """
        self.ensure_one()
        # sudo: a page of the portal; the roles on the contract decide.
        ticket = self.sudo()
        contract = ticket.support_contract_id
        if not contract or "rights" not in contract._get_visible_cards(user):
            return None
        texts = {
            "included": self.env._("Your agreement includes it."),
            "billed": self.env._("Your agreement does not include it: it is billed."),
            "needs_reproduction": self.env._(
                "Your agreement includes it as soon as the error is reproduced on "
                "standard test data."
            ),
            "undecided": self.env._("We have not sorted it yet."),
            "no_contract": self.env._("No agreement runs that could include it."),
        }
        if ticket.scope_rule == "reproduction":
            texts["billed"] = self.env._(
                "The error could not be reproduced on standard test data. The analysis "
                "was free; help from now on is billed."
            )
        text, clause = texts.get(ticket.scope_verdict), ticket.scope_clause
        if not text:
            return None
        return ticket.scope_verdict, f"{text} ({clause})" if clause else text

    # === MAIL === #

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Mails lead customers to the ticket's page, also where it is not their own."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        for name, _belongs, data in groups if self else ():
            if name == "portal":
                url = f"{self.get_base_url()}/my/ticket/{self.id}"
                data["button_access"] = {"url": url}
        return groups

    @api.model
    def message_new(self, msg, custom_values=None):
        """A sender of several customers is none of them until somebody chooses: the
        colleagues at either see nothing, and the sender follows what they wrote.
        """
        custom_values = dict(custom_values or {})
        author = self.env["res.partner"].browse(msg.get("author_id") or ())
        if "partner_id" not in custom_values:
            known = find_known_people(self.env, [msg.get("from")]).filtered(
                lambda one: one.company_id
                in (one.company_id.browse(), self.env.company)
            )
            customers = known.commercial_partner_id
            if len(customers) > 1:
                custom_values["partner_id"] = False
            elif customers and author not in known:
                custom_values["partner_id"] = known[0].id
        ticket = super().message_new(msg, custom_values)
        if author and not ticket.partner_id:
            ticket.message_subscribe(author.ids)
        return ticket

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Odoo counts the tickets that a sender has opened lately, and stops at some
        number; `helpdesk_mgmt` does not say where the sender is.
        """
        return [("partner_email", "ilike", email_from_normalized)]
