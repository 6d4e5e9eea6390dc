# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.support_contract.windows import fill_count, get_list_action
from odoo.addons.support_contract_billing.simulation import Simulation

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
        tracking=True,
        help="Billed time waits for the customer's approval before it is invoiced.",
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

    def _compute_time_count(self):
        # sudo: how much there is, is no secret; opening it takes rights.
        fill_count(
            self.sudo(), "time_count", "account.analytic.line", "support_contract_id"
        )

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
        if "approval_required" in vals:
            for contract in self:
                release(contract)
        if "time_billed_from" in vals:
            # sudo: who changes a contract need not be able to change others' time.
            self.env["account.analytic.line"].sudo().search(
                self._get_work_time_domain()
            )._evaluate_time()
        return result

    def _get_work_time_domain(self):
        """Time on the work of these contracts, judged or not; extend."""
        return Domain("project_id.support_contract_id", "in", self.ids)

    def action_view_time(self):
        """The time on this contract's work; a button."""
        self.ensure_one()
        return get_list_action(
            self.env._("Time"),
            "account.analytic.line",
            [("support_contract_id", "=", self.id)],
            context={"create": False, "search_default_group_verdict": 1},
        )

    # === CUSTOMER'S PAGE === #

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {
            "approvals": ("administrator", "finance"),
            "work": ("administrator", "key_user", "finance"),
        }

    def _prepare_portal_overview(self, cards):
        running = self.state in ("active", "notice")
        return super()._prepare_portal_overview(cards) | {
            "work": self._prepare_portal_work() if running and "work" in cards else [],
            "approvals": self.approval_ids.filtered(
                lambda one: one.state != "draft" and one.customer_id == self.partner_id
            )[:10]
            if "approvals" in cards
            else self.approval_ids.browse(),
        }

    def _prepare_portal_work(self):
        """How much time was logged this month, by verdict; nothing while there is none.

        :return: list of (text, "2 h 30 min")
        """
        first = self.company_id._support_today().replace(day=1)
        groups = self.env["account.analytic.line"]._read_group(
            [("support_contract_id", "=", self.id), ("date", ">=", first)],
            ["support_verdict"],
            ["support_minutes:sum"],
        )
        minutes = dict(groups)
        rows = [
            (self.env._("Included in your fee"), minutes.get("included", 0)),
            (self.env._("Billed by the hour"), minutes.get("billed", 0)),
            (
                self.env._("Waits until an error is reproduced"),
                minutes.get("needs_reproduction", 0),
            ),
            (self.env._("Not sorted yet"), minutes.get("undecided", 0)),
        ]
        return [(text, format_minutes(self.env, one)) for text, one in rows if one]

    # === CHARGES === #

    def _get_open_time_domain(self):
        """Time of these contracts that is billed and has no charge yet."""
        return (
            Domain("support_contract_id", "in", self.ids)
            & Domain("support_charge_id", "=", False)
            & Domain("support_verdict", "=", "billed")
            & Domain("support_by_hours", "=", True)
        )

    def _get_uncharged_evidence(self, first=None, last=None):
        domain = self._get_open_time_domain()
        if first:
            domain &= Domain("date", ">=", first)
        if last:
            domain &= Domain("date", "<=", last)
        # sudo: who bills need not be able to read the time of others.
        lines = (
            self.env["account.analytic.line"].sudo().search(domain, order="date, id")
        )
        priced = []
        for contract, own in lines.grouped("support_contract_id").items():
            rates = Rates(contract)
            priced += [line for line in own if rates.get(line).price is not None]
        return [
            *super()._get_uncharged_evidence(first, last),
            *map(LoggedTime, priced),
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
        today = self.company_id._support_today()
        try:
            quantities = {
                service: replace(quantity, value=quantity.value + lines)
                for service in self._get_services_on(today)
                if service.type_id.basis == "lines"
                and (quantity := service._get_quantity(today))
            }
            # sudo: who sees the contract sees its fee, whatever it is computed from.
            before = Simulation(self.sudo()).get_whole_fee(today)
            after = Simulation(self.sudo(), quantities=quantities).get_whole_fee(today)
        except UserError:
            return 0.0
        return after - before

    def _get_missed_evidence(self, evidence):
        # Somebody has decided on late time just now, and the customer said yes to it.
        missed = [one for one in evidence if not isinstance(one, LoggedTime)]
        return super()._get_missed_evidence(missed)

    def _update_before_billing(self):
        # What was agreed meanwhile decides, not what was so when the time was logged.
        # sudo: see above.
        self.env["account.analytic.line"].sudo().search(
            [("support_contract_id", "in", self.ids), ("support_charge_id", "=", False)]
        )._evaluate_time()
        for contract in self:
            release(contract)
        return super()._update_before_billing()

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
