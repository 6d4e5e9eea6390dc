# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.windows import fill_count, get_list_action
from odoo.addons.support_contract_billing.simulation import get_fees_with_lines

from ..approvers import Approvers
from ..approving import Approved, release
from ..timekeeping import LoggedTime, Rates, TimeCharges, format_minutes


class SupportContract(models.Model):
    """Logged time becomes charges: one for each piece of work, kind and month. R4."""

    _inherit = "support.contract"

    project_id = fields.Many2one(
        "project.project",
        string="Project for Time",
        check_company=True,
        domain=[("allow_timesheets", "=", True)],
        ondelete="restrict",
        help="Where time is logged on work that has no project of its own.",
    )
    support_project_ids = fields.One2many(
        "project.project", "support_contract_id", string="Projects"
    )
    time_billed_from = fields.Date(
        copy=False,
        tracking=True,
        help="Time from this day on is judged and charged; nothing before it ever is. "
        "Empty: no time is.",
    )
    approval_required = fields.Boolean(
        string="Billed Work Needs Approval",
        default=True,
        help="Billed time waits for the customer's approval before it is invoiced. For "
        "a signed contract that changes from a day on: press Amend.",
    )
    approval_order_required = fields.Boolean(
        string="Order Number With Each Approval",
        tracking=True,
        help="The customer enters their order number with each approval.",
    )
    approval_ids = fields.One2many("support.work.approval", "contract_id")
    time_count = fields.Integer(compute="_compute_time_count")
    held_time = fields.Text(
        compute="_compute_held_time",
        compute_sudo=True,
        help="Time that cannot be charged, and why, while the rest is billed.",
    )

    @api.depends_context("uid")
    def _compute_time_count(self):
        """As much as the button opens: for most people, their own time."""
        if self.env["account.analytic.line"].has_access("read"):
            fill_count(
                self, "time_count", "account.analytic.line", "support_contract_id"
            )
        else:
            self.time_count = 0

    def _compute_held_time(self):
        lines = self.env["account.analytic.line"].search(self._get_open_time_domain())
        unpriced = lines.grouped("support_contract_id")
        for contract in self:
            own = unpriced.get(contract._origin, lines.browse())
            contract.held_time = contract._describe_held_time(own)

    @api.constrains("project_id")
    def _check_project_hides_time(self):
        self.project_id._check_hides_time()

    def write(self, vals):
        result = super().write(vals)
        if "time_billed_from" in vals:
            # sudo: who changes a contract need not be able to change others' time.
            lines = self.env["account.analytic.line"].sudo()
            lines.search(
                self._get_work_time_domain() & lines._get_open_domain()
            )._evaluate_time()
        return result

    def _get_work_time_domain(self):
        """Time on the work of these contracts, judged or not; extend."""
        return Domain("project_id.support_contract_id", "in", self.ids)

    def action_view_time(self):
        """The time on this contract's work; a button."""
        self.ensure_one()
        self.check_access("read")
        return get_list_action(
            self.env._("Time"),
            "account.analytic.line",
            [("support_contract_id", "=", self.id)],
            context={"create": False, "search_default_group_verdict": 1},
        )

    def _set_state(self, state, note=""):
        result = super()._set_state(state, note)
        self._evaluate_work()
        return result

    # === AMENDMENT === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"approval_required"}

    def _after_amendment(self, amendment):
        """Open work and time are judged anew; time of days that need no approval any
        more waits for none.
        """
        result = super()._after_amendment(amendment)
        self._evaluate_work()
        if "approval_required" in amendment.line_ids.mapped("field_name"):
            release(self)
        return result

    def _evaluate_work(self):
        """Judge work that goes on under these contracts, and all of their open time,
        by what is so now.
        """
        for name in self.env["support.work.verdict"]._get_work_models():
            # sudo: a verdict does not depend on who asks.
            works_sudo = self.env[name].sudo()
            works_sudo.search(
                Domain(works_sudo._get_open_work_domain())
                & Domain("support_contract_id", "in", self.ids)
            )._evaluate()
        lines = self._get_open_time()
        lines._evaluate_time()
        lines._price_time()

    def _get_state_on(self, day):
        """Also whether billed work needed approval."""
        required = self._value_on("approval_required", day)
        return super()._get_state_on(day) | {"approval_required": required}

    def _explain_no_approval(self, day):
        """Why billed time of a day needs no approval, and who agreed on it."""
        self.ensure_one()
        agreed = self._get_changes_of("approval_required").filtered(
            lambda amendment: amendment.date_effective <= day
        )[-1:]
        if not agreed:
            return self.env._("The agreement asks for no approval.")
        return self.env._(
            "Needs no approval from %(day)s on: %(reason)s (%(who)s)",
            day=format_date(self.env, agreed.date_effective),
            reason=agreed.reason,
            who=agreed.user_id.name,
        )

    def _get_changes_of(self, name):
        """Amendments of one of the own fields, in the order of their days."""
        amendments = self._get_lines_of(name).amendment_id
        return amendments.sorted(lambda one: (one.date_effective, one.id))

    # === FORMER CUSTOMERS === #

    def _get_customers(self):
        """Who has the contract, then who had it before, the latest first."""
        # sudo: as above.
        customers = self.sudo().partner_id
        for amendment in self._get_changes_of("partner_id")[::-1]:
            day = amendment.date_effective - ONE_DAY
            if day < self.company_id._support_today():
                customers |= self.sudo()._value_on("partner_id", day)
        return customers

    def _get_last_day_of(self, customer):
        """The last day, up to today, on which this customer had the contract."""
        self.ensure_one()
        today = self.company_id._support_today()
        days = [
            amendment.date_effective - ONE_DAY
            for amendment in self._get_changes_of("partner_id")[::-1]
        ]
        for day in (today, *(day for day in days if day < today)):
            if self._is_of(customer, day):
                return day
        return today

    def _is_of(self, customer, day):
        """Whether the contract is or was this customer's on a day."""
        # sudo: as above.
        had = self.sudo()._value_on("partner_id", day)
        return had.commercial_partner_id == customer.commercial_partner_id

    # === CUSTOMER'S PAGE === #

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {
            "approvals": ("administrator", "finance"),
            "work": ("administrator", "key_user", "finance"),
        }

    def _get_visible_cards(self, user, access_token=None):
        """Who may say yes, but sees no prices, sees what is asked of them."""
        cards = super()._get_visible_cards(user, access_token)
        may_approve = self.contact_ids.filtered(
            lambda contact: contact.partner_id == user.partner_id
            and contact.may_approve
            and contact._is_of_customer()
        )
        return cards | {"own_approvals"} if cards and may_approve else cards

    @api.model
    def _get_portal_pages(self):
        pages = super()._get_portal_pages()
        pages["today"].cards |= {"work", "approvals", "own_approvals"}
        return pages

    def _prepare_portal_overview(self, cards):
        running = self.state in ("active", "notice")
        return super()._prepare_portal_overview(cards) | {
            "work": self._prepare_portal_work() if running and "work" in cards else [],
            "approvals": self._get_portal_approvals(cards)[:10],
        }

    def _get_portal_approvals(self, cards):
        """What the visitor sees of what their company was asked."""
        if cards.isdisjoint({"approvals", "own_approvals"}):
            return self.env["support.work.approval"]
        approvals = self.approval_ids.filtered(
            lambda one: one.state != "draft" and not Approvers(one).is_former()
        )
        if "approvals" in cards:
            return approvals
        person = self.env.user.partner_id
        return approvals.filtered(
            lambda one: "own_approvals" in cards and Approvers(one).concerns(person)
        )

    def _prepare_portal_work(self):
        """How much time was logged on the customer's own days of this month, by
        verdict; nothing while there is none.

        :return: list of (text, "2 h 30 min")
        """
        first = self.company_id._support_today().replace(day=1)
        groups = self.env["account.analytic.line"]._read_group(
            [("support_contract_id", "=", self.id), ("date", ">=", first)],
            ["date:day", "support_verdict"],
            ["support_minutes:sum"],
        )
        minutes = defaultdict(int)
        for day, verdict, logged in groups:
            if self._is_of(self.partner_id, day):
                minutes[verdict] += logged
        rows = [
            (self.env._("Included in your fee"), minutes["included"]),
            (self.env._("Billed by the hour"), minutes["billed"]),
            (
                self.env._("Waits until an error is reproduced"),
                minutes["needs_reproduction"],
            ),
            (self.env._("Not sorted yet"), minutes["undecided"]),
        ]
        return [(text, format_minutes(self.env, one)) for text, one in rows if one]

    # === CHARGES === #

    def _get_open_time(self):
        """Time of these contracts that no month was billed with, in superuser mode."""
        # sudo: a verdict does not depend on who asks.
        lines = self.env["account.analytic.line"].sudo()
        return lines.search(
            Domain("support_contract_id", "in", self.ids) & lines._get_open_domain()
        )

    def _get_open_time_domain(self):
        """Time of these contracts that is billed and has no charge yet."""
        return (
            Domain("support_contract_id", "in", self.ids)
            & Domain("support_charge_id", "=", False)
            & Domain("support_verdict", "=", "billed")
            & Domain("support_by_hours", "=", True)
        )

    def _get_uncharged_time(self, first=None, last=None):
        """Billed time with a price and without a charge, in superuser mode."""
        domain = self._get_open_time_domain()
        if first:
            domain &= Domain("date", ">=", first)
        if last:
            domain &= Domain("date", "<=", last)
        # sudo: who bills need not be able to read the time of others.
        lines = (
            self.env["account.analytic.line"].sudo().search(domain, order="date, id")
        )
        unpriced = lines.browse()
        for contract, own in lines.grouped("support_contract_id").items():
            rates = Rates(contract)
            unpriced |= own.filtered(
                lambda line, rates=rates: rates.get(line).price is None
            )
        return lines - unpriced

    def _get_uncharged_evidence(self, first=None, last=None):
        return [
            *super()._get_uncharged_evidence(first, last),
            *map(LoggedTime, self._get_uncharged_time(first, last)),
        ]

    def _prepare_evidence_charges_vals(self, evidence):
        """A charge for each piece of work, kind and month."""
        time = [one for one in evidence if isinstance(one, LoggedTime)]
        others = [one for one in evidence if not isinstance(one, LoggedTime)]
        found = super()._prepare_evidence_charges_vals(others)
        lines = (
            self.env["account.analytic.line"].sudo().union(*(one.line for one in time))
        )
        for contract, own in lines.grouped("support_contract_id").items():
            found += TimeCharges(contract, own).prepare()
        return found

    def _evidence_grouping_key(self, evidence):
        """Time of all kinds: that of one day is rounded together."""
        if isinstance(evidence, LoggedTime):
            return LoggedTime
        return super()._evidence_grouping_key(evidence)

    def _get_approved(self):
        """What the customer has approved, and what is left of it; extend.

        :return: :class:`..approving.Approved`
        """
        self.ensure_one()
        return Approved(self)

    def _get_fee_of_more_lines(self, lines):
        """What the monthly fee grows by with so many more lines of code. Clause R2.

        :return: untaxed amount; 0 where the fee cannot be computed today
        """
        self.ensure_one()
        # sudo: who sees the contract sees its fee, whatever it is computed from.
        before, after = get_fees_with_lines(self.sudo(), lines) or (0.0, 0.0)
        return after - before

    def _get_missed_evidence(self, evidence):
        # Somebody has decided on late time just now, and the customer said yes to it.
        missed = [one for one in evidence if not isinstance(one, LoggedTime)]
        return super()._get_missed_evidence(missed)

    def _update_before_billing(self):
        # What was agreed meanwhile decides, not what was so when the time was logged.
        self._get_open_time()._evaluate_time()
        release(self)
        return super()._update_before_billing()

    def _after_charging(self):
        # What a month that is billed included, it included for good.
        for company, own in self.grouped("company_id").items():
            month = company._support_today().replace(day=1)
            lines = own._get_open_time()
            lines.filtered_domain(
                lines._get_settling_domain() & Domain("date", "<", month)
            )._settle()
        return super()._after_charging()

    def _describe_held_time(self, lines):
        """Sentences on time without a price, a line each; or nothing."""
        self.ensure_one()
        rates = Rates(self)
        unpriced = lines.filtered(lambda line: rates.get(line).price is None)
        return "\n".join(
            self.env._(
                "%(minutes)s minutes of %(work)s on %(day)s have no price: choose a "
                "kind of work that the terms name.",
                minutes=line.support_billed_minutes,
                work=line._get_support_label(),
                day=line.date,
            )
            for line in unpriced
        )
