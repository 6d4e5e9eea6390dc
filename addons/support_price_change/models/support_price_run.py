# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, get_lang

from odoo.addons.support_contract.read_once import read_once
from odoo.addons.support_contract.transactions import commit_alone, go_through
from odoo.addons.support_contract.windows import get_list_action, get_notification
from odoo.addons.support_contract_billing.due import prefetch_counts

from ..price_change import PriceChange, get_applied_lines

_logger = logging.getLogger(__name__)

CRON = "support_price_change.ir_cron_apply_prices"
# What the run's own steps write.
STEP_FIELDS = {"state", "simulated_by_id", "applied_by_id", "line_ids"}
# So many contracts are simulated at once, and while somebody waits for it.
BATCH = 50


def _describe(changes, figures, notes):
    """Values of a line from what `simulate` of the change returned."""
    return {
        **figures,
        "note": "\n".join(notes) or False,
        "state": "ready" if changes else "unchanged",
    }


def _describe_refused(change):
    """The fee of a contract that stays as it is; none while it is not known."""
    fee = change.before or 0.0
    return {"fee_before": fee, "fee_after": fee}


class SupportPriceRun(models.Model):
    """A change of prices for many contracts: simulated, looked at, then applied.

    Each contract gets one amendment with the run's reason, or a line that says why
    not. What was applied is applied once, however often somebody asks.
    """

    _name = "support.price.run"
    _description = "Price Change"
    _inherit = ["support.protected.mixin", "support.history.mixin"]
    _order = "date_effective desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_effective = fields.Date(
        string="New Prices From",
        required=True,
        default=lambda self: self._default_date(),
        help="The first day on which they hold. The terms of each contract say how "
        "long before the customer has to be notified.",
    )
    kind = fields.Selection(
        [
            ("percent", "Raise prices by a percentage"),
            ("terms", "Move to another version of the terms"),
        ],
        string="Kind of Change",
        required=True,
        default="percent",
    )
    percent = fields.Float(string="Percentage", digits=(5, 2))
    terms_id = fields.Many2one(
        "support.terms",
        string="New Terms",
        domain="[('state', '=', 'published'), "
        "('company_id', 'in', [company_id, False])]",
        check_company=True,
    )
    max_percent = fields.Float(
        string="At Most (%)",
        digits=(5, 2),
        default=10.0,
        help="No contract's monthly fee grows by more. Those that would are left as "
        "they are, and the list says so.",
    )
    from_terms_ids = fields.Many2many(
        "support.terms",
        "support_price_run_from_terms_rel",
        string="Only Contracts On",
        help="Empty: whatever version of the terms they have.",
        check_company=True,
    )
    contract_ids = fields.Many2many(
        "support.contract",
        string="Only These Contracts",
        domain="[('company_id', '=', company_id), "
        "('state', 'in', ('active', 'notice'))]",
        help="Empty: all that run.",
        check_company=True,
    )
    type_ids = fields.Many2many(
        "support.service.type",
        string="Only These Services",
        domain="[('basis', '!=', 'usage')]",
        help="Empty: all with a monthly fee.",
    )
    raise_agreed = fields.Boolean(
        string="Specially Agreed Prices Too",
        default=True,
        help="A price that was agreed until a day stays until that day in any case.",
    )
    reason = fields.Char(
        required=True, help="The customer reads it in the letter, so in their words."
    )
    send_letter = fields.Boolean(
        string="Notify the Customers",
        default=True,
        help="Each customer gets a letter in their language, by e-mail.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("simulating", "Being Simulated"),
            ("simulated", "Simulated"),
            ("applying", "Being Applied"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    simulated_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    applied_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    line_ids = fields.One2many("support.price.run.line", "run_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    progress = fields.Float(
        compute="_compute_counts", help="How many of the contracts are worked off."
    )
    ready_count = fields.Integer("To Change", compute="_compute_counts")
    applied_count = fields.Integer("Changed", compute="_compute_counts")
    left_count = fields.Integer("Left as They Are", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    outlook = fields.Char(
        compute="_compute_outlook",
        help="How many contracts change, and how many letters go out.",
    )
    is_too_late = fields.Boolean(compute="_compute_is_too_late")

    _max_positive = models.Constraint(
        "CHECK (max_percent > 0)", "The most that a fee may grow is above zero."
    )

    @api.model
    def _get_history_fields(self):
        """Who simulated it, who applied it, and when, is in the history."""
        return super()._get_history_fields() | {"state"}

    @api.model
    def _default_date(self):
        """The first of the month after next: a month's notice and some days."""
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), months=2
        )

    @api.depends("date_effective", "kind", "percent", "terms_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            # In words: the head of an e-mail can have a name without its slashes.
            day = format_date(self.env, run.date_effective, date_format="long")
            if run.kind == "terms":
                what = run.terms_id.display_name or ""
            else:
                point = get_lang(self.env).decimal_point
                what = f"{run.percent:+g} %".replace(".", point)
            run.name = self.env._("%(what)s from %(day)s", what=what, day=day)

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {
            (run, state): count
            for run, state, count in self.env["support.price.run.line"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
            )
        }
        for run in self:

            def number(*states, run=run):
                return sum(counts.get((run._origin, state), 0) for state in states)

            run.ready_count = number("ready")
            run.applied_count = number("applied")
            run.left_count = number("refused", "unchanged")
            run.failed_count = number("failed")
            left = number("waiting")
            if run.state == "applying":
                left += run.ready_count
            total = sum(n for (one, _state), n in counts.items() if one == run._origin)
            run.progress = 100.0 * (total - left) / total if total else 0.0

    @api.depends("line_ids.state", "send_letter")
    @api.depends_context("lang")
    def _compute_outlook(self):
        for run in self:
            ready = run.line_ids.filtered(lambda line: line.state == "ready")
            written = ready.partner_id.filtered("email") if run.send_letter else []
            letters = len([one for one in ready if one.partner_id in written])
            run.outlook = self.env._(
                "%(contracts)s contracts change and %(letters)s letters go out; "
                "%(left)s contracts stay as they are.",
                contracts=len(ready),
                letters=letters,
                left=run.left_count,
            )

    @api.depends("date_effective", "company_id")
    def _compute_is_too_late(self):
        for run in self:
            today = run.company_id._support_today()
            day = run.date_effective
            run.is_too_late = bool(day) and day <= today

    @api.constrains("kind", "percent", "terms_id")
    def _check_what(self):
        for run in self:
            if run.kind == "terms" and not run.terms_id:
                raise ValidationError(self.env._("Choose the new terms."))
            if run.kind == "percent" and not -100 < run.percent <= 100:
                raise ValidationError(
                    self.env._("Enter a percentage above -100 and at most 100.")
                )

    def write(self, vals):
        # A simulation is made with all the others.
        if vals.keys() - STEP_FIELDS:
            for run in self:
                if run.state in ("applying", "done"):
                    raise UserError(
                        self.env._("A price change that is applied does not change.")
                    )
            self._forget_simulation()
        if STEP_FIELDS & vals.keys() and not self.env.su:
            raise UserError(self.env._("A price change moves on by its buttons only."))
        return super().write(vals)

    def _forget_simulation(self):
        """What was looked at is no longer what would be applied."""
        for run in self.filtered(lambda run: run.state in ("simulating", "simulated")):
            if run.applied_count:
                raise UserError(
                    self.env._("A price change that is applied does not change.")
                )
            # sudo: the lines are written by the system alone.
            run.sudo().line_ids.unlink()
            run.sudo().state = "draft"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in STEP_FIELDS:
                vals.pop(name, None)
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if self.filtered(lambda run: run.state in ("applying", "done")):
            raise UserError(self.env._("A price change that is applied is kept."))

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group("support_contract.group_support_manager"):
            raise AccessError(self.env._("Only a manager can change prices."))

    def action_simulate(self):
        """Work out every contract's new fee, and change nothing; a button.

        Many of them in the background: what is left waits in the list, so that it goes
        on wherever it was interrupted.
        """
        self._check_manager()
        for run in self:
            if run.state in ("applying", "done") or run.applied_count:
                raise UserError(self.env._("It was applied already."))
            run._check_date()
            # sudo: the lines are written by the system alone.
            run_sudo = run.sudo()
            run_sudo.line_ids.unlink()
            run_sudo.line_ids.create(
                [
                    {
                        "run_id": run.id,
                        "contract_id": contract.id,
                        "state": "waiting",
                    }
                    for contract in run._get_contracts()
                ]
                + [
                    run._prepare_left_out_vals(contract)
                    for contract in run._get_left_out()
                ]
            )
            run_sudo.write({"state": "simulating", "simulated_by_id": self.env.uid})
            run_sudo._simulate_batch()
            if run.state == "simulating":
                # sudo: triggering a scheduled action needs Settings rights otherwise.
                self.env.ref(CRON).sudo()._trigger()

    def _simulate_batch(self):
        """Simulate the next contracts that wait, in superuser mode.

        :return: how many of them there were
        """
        self.ensure_one()
        lines = self.env["support.price.run.line"].search(
            [("run_id", "=", self.id), ("state", "=", "waiting")], order="id"
        )
        batch = lines[:BATCH]
        # What a contract would cost is found with the rights of whoever asks.
        run = self.with_user(self.simulated_by_id).with_company(self.company_id)
        run = run.with_context(lang=self.simulated_by_id.lang)
        contracts = batch.contract_id.with_env(run.env)
        found = run._prepare_lines_vals(contracts)
        for line in batch:
            line.write(found[line.contract_id.id])
        if len(batch) == len(lines):
            self.state = "simulated"
        return len(batch)

    def _simulate_unattended(self):
        """Simulate what waits, a transaction for each batch.

        :return: whether all of it had its turn
        """
        cron = self.env["ir.cron"]
        for run in self:
            while run.state == "simulating":
                if not run.try_lock_for_update(allow_referencing=True):
                    break  # another process is at it
                done = commit_alone(self.env, run._simulate_batch)
                if not done or not cron._commit_progress(done):
                    return False
        return True

    def action_apply(self):
        """Let the changes be made in the background; a button."""
        self._check_manager()
        for run in self:
            if run.state != "simulated":
                raise UserError(self.env._("Simulate it first, and look at the list."))
            run._check_date()
            if not run.ready_count:
                raise UserError(self.env._("There is no contract to change."))
            # sudo: the state is a step of the run; the right to take it is checked.
            run.sudo().write({"state": "applying", "applied_by_id": self.env.uid})
        return self._start()

    def action_retry(self):
        """Simulate the contracts that failed again; a button.

        They are applied like the others before: when somebody has looked at the list.
        """
        self._check_manager()
        for run in self:
            if run.state != "done" or not run.failed_count:
                raise UserError(
                    self.env._("Nothing has failed here, or it is still being applied.")
                )
            run._check_date()
            # sudo: the lines are written by the system alone.
            failed_sudo = run.sudo().line_ids.filtered(
                lambda line: line.state == "failed"
            )
            contracts = failed_sudo.contract_id.with_env(run.env)
            found = run._prepare_lines_vals(contracts)
            for line in failed_sudo:
                line.write({"note": False, **found[line.contract_id.id]})
            run.sudo().state = "simulated"

    def action_view_lines(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("run_id", "=", self.id)]
        return get_list_action(
            self.env._("Contracts"), "support.price.run.line", domain
        )

    @api.model
    def _start(self):
        # sudo: whoever changes prices need not see the runs of every company.
        if reason := self.env["support.billing.run"].sudo()._get_stop_reason():
            raise UserError(reason)
        # sudo: triggering a scheduled action needs Settings rights otherwise.
        self.env.ref(CRON).sudo()._trigger()
        return get_notification(
            self.env._(
                "The contracts are changed in the background, one by one. The list "
                "says what became of each."
            ),
            next={"type": "ir.actions.client", "tag": "soft_reload"},
        )

    def _check_date(self):
        self.ensure_one()
        if self.date_effective <= self.company_id._support_today():
            raise UserError(
                self.env._("New prices begin on a day to come: choose another one.")
            )

    def _get_running_domain(self):
        """Contracts of today that the run is about."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "state", "in", ("active", "notice")
        )
        if self.contract_ids:
            domain &= Domain("id", "in", self.contract_ids.ids)
        return domain

    def _get_left_out(self):
        """Contracts that are over before the new prices begin."""
        ended = Domain("date_end", "<", self.date_effective)
        return self.env["support.contract"].search(self._get_running_domain() & ended)

    def _prepare_left_out_vals(self, contract):
        """The line of a contract that is over by then, and why it stays as it is."""
        return {
            "run_id": self.id,
            "contract_id": contract.id,
            "state": "refused",
            "note": self.env._(
                "Under notice: it ends on %s, before the new prices begin.",
                format_date(self.env, contract.date_end),
            ),
            "fee_before": contract.monthly_fee,
            "fee_after": contract.monthly_fee,
        }

    def _get_contracts(self):
        """Contracts that run on the day and that the run is about."""
        domain = self._get_running_domain() & (
            Domain("date_end", "=", False)
            | Domain("date_end", ">=", self.date_effective)
        )
        contracts = self.env["support.contract"].search(domain, order="partner_id, id")
        if self.from_terms_ids:
            contracts = contracts.filtered(
                lambda contract: contract._get_terms(self.date_effective)
                in self.from_terms_ids
            )
        return contracts

    def _prepare_lines_vals(self, contracts):
        """What would become of these contracts; nothing is written.

        :return: {id of the contract: values of its line}
        """
        contracts = read_once(contracts)
        applied = get_applied_lines(contracts, self).grouped("contract_id")
        none = self.env["support.price.run.line"]
        self._prefetch_fees(contracts)
        found = {}
        for contract in contracts:
            change = PriceChange(contract, self, applied.get(contract, none))
            try:
                found[contract.id] = _describe(*change.simulate())
            except UserError as error:
                found[contract.id] = {
                    "state": "refused",
                    "note": str(error),
                    **_describe_refused(change),
                }
        return found

    def _prefetch_fees(self, contracts):
        """Read what the fees of these contracts are computed from at once."""
        prefetch_counts(
            self.env,
            (
                (service, service._get_whole_period(self.date_effective))
                # sudo: see Simulation.
                for service in contracts.sudo().service_ids
                if service.type_id.basis == "lines"
            ),
        )

    def _finish(self):
        """Done when no contract waits any more."""
        for run in self:
            if run.state == "applying" and not run.ready_count:
                run.state = "done"

    @api.model
    def _cron_apply(self):
        """Simulate what waits for it, and make the changes of the runs that were
        confirmed; a scheduled action.

        A restored database asks first: customers may have got these letters already.
        """
        waiting = self.search([("state", "=", "simulating")], order="id")
        if not waiting._simulate_unattended():
            return  # the action comes back for the rest
        if reason := self.env["support.billing.run"]._get_stop_reason():
            _logger.error("No price is changed. %s", reason)
            return
        lines = self.env["support.price.run.line"].search(
            [("run_id.state", "=", "applying"), ("state", "=", "ready")], order="id"
        )
        go_through(lines, lambda line: line._apply_unattended())
        # Unless another process closes it just now.
        commit_alone(self.env, self.search([("state", "=", "applying")])._finish)
