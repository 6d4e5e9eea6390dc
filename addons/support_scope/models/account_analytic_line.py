# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from dataclasses import asdict, replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.support_contract.evidence_guard import Owner, guard_table
from odoo.addons.support_contract.models.mixins.support_protected_mixin import (
    PERMISSION,
    without_defaults,
)

from ..facts import FactFinder, WorkCase
from ..minutes import whole_minutes
from ..timekeeping import Rates
from ..verdicts import get_verdicts

GUARD_MESSAGE = "Invoiced time never changes; an accountant corrects the charge"

# What a customer was or will be charged by.
MONEY_FIELDS = frozenset(
    {
        "unit_amount",
        "date",
        "employee_id",
        "project_id",
        "task_id",
        "company_id",
        "product_uom_id",
        "support_type_id",
        "support_category_id",
        "support_billed_minutes",
        "support_goodwill_reason",
        "name",
    }
)
SYSTEM_FIELDS = frozenset(
    {
        "support_contract_id",
        "support_verdict",
        "support_rule",
        "support_clause",
        "support_by_hours",
        "support_minutes",
        "support_charge_id",
        "support_settled",
        "support_shown_move_id",
        "support_terms",
        "support_judged_category_id",
        "support_price",
        "support_cost",
    }
)
# Of them, what stays as it is wherever open time goes.
KEPT_FIELDS = {
    "support_charge_id",
    "support_settled",
    "support_shown_move_id",
    "support_cost",
}


class AccountAnalyticLine(models.Model):
    """Time on work under a contract: whether it costs the customer something, and what.

    Nothing of it is computed by the database's own doing: time that was logged before a
    contract's time is billed is never touched.
    """

    _inherit = "account.analytic.line"

    support_contract_id = fields.Many2one(
        "support.contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    support_category_id = fields.Many2one(
        "support.scope.category",
        string="Another Category",
        ondelete="restrict",
        groups="base.group_user",
        help="For time on something else than the rest of the work: some minutes of "
        "advice beside the configuration. Empty: as the work itself.",
    )
    support_type_id = fields.Many2one(
        "support.service.type",
        string="Kind of Work",
        domain=[("basis", "=", "hours")],
        ondelete="restrict",
        groups="base.group_user",
        help="What it is charged as, if it is; its price per hour is in the terms.",
    )
    support_minutes = fields.Integer(
        string="Minutes", readonly=True, copy=False, groups="base.group_user"
    )
    support_billed_minutes = fields.Integer(
        string="Minutes to Bill",
        copy=False,
        groups="base.group_user",
        help="Less than was worked is goodwill: that much is billed, not rounded up, "
        "and the customer reads why.",
    )
    support_goodwill_reason = fields.Char(
        string="Reason for Goodwill",
        copy=False,
        groups="base.group_user",
        help="The customer reads it.",
    )
    support_verdict = fields.Selection(
        get_verdicts,
        string="Verdict",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Whether the customer's fee included it on the day of the work.",
    )
    support_rule = fields.Char(
        string="Rule Behind the Verdict",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    support_clause = fields.Char(
        string="Clause", readonly=True, copy=False, groups="base.group_user"
    )
    support_by_hours = fields.Boolean(
        string="Charged by the Hour",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    support_charge_id = fields.Many2one(
        "support.charge",
        string="Charge",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
    )
    support_settled = fields.Boolean(
        string="Settled",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Its month is billed, and it cost nothing more: that stays so.",
    )
    support_shown_move_id = fields.Many2one(
        "account.move",
        string="Shown Beside",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="support_contract.group_support_user",
        help="The invoice whose specification shows it as included.",
    )
    support_judged_category_id = fields.Many2one(
        "support.scope.category",
        string="Category of Work",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="base.group_user",
    )
    support_price = fields.Float(
        string="Price of an Hour",
        readonly=True,
        copy=False,
        groups="support_contract.group_support_user",
        help="What an hour of it costs the customer, or would cost, in the company's "
        "currency.",
    )
    support_terms = fields.Json(
        readonly=True,
        copy=False,
        groups="support_contract.group_support_user",
        help="Price of an hour, factor and discount of what is charged or settled.",
    )
    support_note = fields.Char(
        string="Internal Note",
        groups="base.group_user",
        help="The customer never reads it.",
    )
    support_cost = fields.Float(
        string="Cost of an Hour",
        readonly=True,
        copy=False,
        groups="support_contract.group_support_manager",
        help="The person's hourly cost when the time was logged.",
    )

    def init(self):
        # The database refuses too: emptied relations are seen by no method.
        guard_table(
            self.env.cr,
            self._table,
            self._get_guarded_time_columns(),
            GUARD_MESSAGE,
            owner=Owner("support_charge", "invoiced", "support_charge_id"),
        )
        return super().init()

    _support_minutes_range = models.Constraint(
        "CHECK (support_billed_minutes >= 0 "
        "AND support_billed_minutes <= support_minutes)",
        "The minutes to bill are between zero and the minutes that were worked.",
    )

    @api.constrains("support_billed_minutes", "support_goodwill_reason")
    def _check_goodwill(self):
        for line in self.sudo():
            if (
                line.support_verdict
                and line.support_billed_minutes < line.support_minutes
                and not line.support_goodwill_reason
            ):
                raise ValidationError(
                    self.env._("Say why less is billed: the customer reads it.")
                )

    @api.constrains("support_type_id")
    def _check_support_type(self):
        for line in self.sudo():
            if line.support_type_id and line.support_type_id.basis != "hours":
                raise ValidationError(
                    self.env._("%s is no kind of work.", line.support_type_id.name)
                )

    @api.constrains("unit_amount", "support_contract_id")
    def _check_no_negative_time(self):
        for line in self.sudo():
            if line.support_contract_id and line.unit_amount < 0:
                raise ValidationError(
                    self.env._(
                        "Time on work under a contract is zero or more. Change the "
                        "line that is too long instead."
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_support_system(vals)
        self = without_defaults(self, SYSTEM_FIELDS)
        lines = super().create(vals_list)
        lines._note_cost()
        lines.filtered("project_id")._evaluate_time()
        return lines

    def write(self, vals):
        self._check_support_system(vals)
        self._check_support_charged(vals)
        others = self._forget_person(vals) if "employee_id" in vals else self.browse()
        result = super().write(vals)
        others._note_cost()
        if not vals.keys().isdisjoint(self._get_time_fact_fields()):
            self._evaluate_time()
        elif "support_type_id" in vals:
            # sudo: what the system writes; charged time keeps its price.
            self.sudo().filtered("support_price")._price_time()
        return result

    def _forget_person(self, vals):
        """Another person has, unless it was chosen, another kind of work.

        :return: the lines whose person is going to be another one
        """
        # sudo: whoever corrects time need not read what belongs to a person.
        others = self.sudo().filtered(
            lambda line: line.employee_id.id != vals["employee_id"]
        )
        others.filtered(
            lambda line: (
                line.support_verdict
                and line.support_type_id == line.employee_id.support_type_id
            )
        ).support_type_id = False
        return others

    def _note_cost(self):
        """Note what an hour of the person costs today; whoever had no cost has none."""
        # sudo: what a person costs is the system's.
        other = self.sudo().filtered(
            lambda line: line.project_id and line.support_cost != line._hourly_cost()
        )
        for cost, same in other.grouped(lambda line: line._hourly_cost()).items():
            same.support_cost = cost

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        if self.env.context.get("support_permission") is PERMISSION:
            return
        if self - self._filter_open():
            self._refuse_charged()

    def _check_support_system(self, vals):
        if self.env.su:
            return
        for name in SYSTEM_FIELDS & vals.keys():
            raise AccessError(
                self.env._(
                    "“%s” of logged time is written by the system alone.",
                    self._fields[name]._description_string(self.env),
                )
            )

    def _check_support_charged(self, vals):
        """Of billed time nothing that carries money changes, whoever asks."""
        names = self._get_money_fields() & vals.keys()
        if not names:
            return
        # sudo: see above.
        for line in (self - self._filter_open()).sudo():
            for name in names:
                field = self._fields[name]
                value = field.convert_to_cache(vals[name], line, validate=False)
                if field.convert_to_cache(line[name], line, validate=False) != value:
                    line._refuse_charged()

    def _refuse_charged(self):
        # sudo: see above.
        line = (self - self._filter_open()).sudo()[:1]
        if line.support_settled:
            raise UserError(
                self.env._(
                    "The month of %(day)s is billed, and the time on %(work)s cost "
                    "nothing more: it stays as it is. A manager overrides the verdict "
                    "of the work instead, with a reason.",
                    day=line.date,
                    work=line._get_support_label(),
                )
            )
        raise UserError(
            self.env._(
                "The time of %(day)s on %(work)s is charged and stays as it is. An "
                "accountant corrects the charge “%(charge)s” instead.",
                day=line.date,
                work=line._get_support_label(),
                charge=line.support_charge_id.display_name,
            )
        )

    # === WHAT STORED COMPUTES WOULD CHANGE === #

    @api.model
    def _get_open_domain(self):
        """Time that is neither charged nor settled: what it is can change."""
        return Domain("support_charge_id", "=", False) & Domain(
            "support_settled", "=", False
        )

    @api.model
    def _get_settling_domain(self):
        """Time that costs nothing more by its verdict, which a billed month keeps."""
        return Domain("support_verdict", "=", "included") | (
            Domain("support_verdict", "=", "billed")
            & Domain("support_by_hours", "=", False)
        )

    def _filter_open(self):
        """The same of these: a task that moves takes other time along otherwise."""
        # sudo: whoever logs or deletes time need not read charges.
        return self.sudo().filtered_domain(self._get_open_domain()).with_env(self.env)

    def _compute_project_id(self):
        lines = self._filter_open()
        return super(AccountAnalyticLine, lines)._compute_project_id()

    def _compute_task_id(self):
        lines = self._filter_open()
        return super(AccountAnalyticLine, lines)._compute_task_id()

    def _compute_partner_id(self):
        lines = self._filter_open()
        return super(AccountAnalyticLine, lines)._compute_partner_id()

    # === VERDICT === #

    @api.model
    def _get_money_fields(self):
        """What never changes once the time is charged; extend."""
        return MONEY_FIELDS

    @api.model
    def _get_guarded_time_columns(self):
        """Columns of invoiced time that the database keeps as they are."""
        own = {
            "support_contract_id",
            "support_verdict",
            "support_minutes",
            "support_by_hours",
            "support_settled",
            "support_terms",
            "support_charge_id",
        }
        columns = self._get_money_fields() | own
        return sorted(name for name in columns if self._fields[name].column_type)

    @api.model
    def _get_time_fact_fields(self):
        """What the verdict and the minutes follow from; extend."""
        return frozenset(
            {
                "unit_amount",
                "product_uom_id",
                "date",
                "employee_id",
                "project_id",
                "task_id",
                "support_category_id",
            }
        )

    @api.model
    def _get_work_fields(self):
        """Fields that lead to the work that time is on, the first that is set wins;
        extend.
        """
        return ["task_id"]

    def _get_support_work(self):
        """The work that this time is on; its project where it is on no task."""
        self.ensure_one()
        for name in self._get_work_fields():
            if self[name]:
                return self[name]
        return self.project_id

    def _get_charged_key(self):
        """What is charged in one amount: work, day and terms."""
        self.ensure_one()
        work = self._get_support_work()
        terms = json.dumps(self.support_terms, sort_keys=True)
        return work._name, work.id, self.date, terms

    def _get_support_label(self):
        """What the work is called, for people."""
        self.ensure_one()
        return self._get_support_work().display_name

    def _is_support_time(self):
        """Whether it is on work under a contract, from the day its time is billed."""
        self.ensure_one()
        work = self._get_support_work()
        contract = work.support_contract_id
        if not contract:
            return work._name != "project.project" and work._is_support_work()
        through = contract.billed_through
        return bool(
            contract.time_billed_from
            and self.date >= contract.time_billed_from
            and not (through and self.date <= through)
        )

    def _evaluate_time(self):
        """Judge open time anew, each line by the facts of its own day."""
        # sudo: a verdict does not depend on who asks.
        lines = self._filter_open().sudo()
        time = lines.filtered(lambda line: line._is_support_time())
        (lines - time).filtered("support_verdict").write(
            dict.fromkeys(
                # What it cost when it was logged stays, wherever it goes.
                SYSTEM_FIELDS - KEPT_FIELDS | {"support_billed_minutes"},
                False,
            )
        )
        candidates = time._get_contract_candidates()
        cases = [line._prepare_time_case(candidates) for line in time]
        answers = FactFinder(self.env, cases).judge()
        unpriced = time.filtered(lambda line: not line.support_price)
        for line, case, (_facts, answer) in zip(time, cases, answers, strict=True):
            vals = line._prepare_time_vals(case, answer)
            if changed := {
                name: value for name, value in vals.items() if line[name] != value
            }:
                line.write(line._convert_to_write(changed))
                unpriced |= line
        unpriced._price_time()
        time._notify_approvals()

    def _price_time(self):
        """Note what an hour costs, or would cost, for reports of its value."""
        lines = self._filter_open().filtered(
            lambda line: line.support_contract_id
            and line.support_verdict in ("included", "billed", "needs_reproduction")
        )
        for contract, own in lines.grouped("support_contract_id").items():
            rates = Rates(contract)
            for line in own:
                terms = rates.get(line)
                price = contract.currency_id._convert(
                    float(terms.rate.price) if terms.price else 0.0,
                    line.company_id.currency_id,
                    line.company_id,
                    line.date,
                    round=False,
                )
                if line.support_price != price:
                    line.support_price = price

    def _settle(self):
        """Keep verdict and value of this time as they are."""
        for contract, own in self.grouped("support_contract_id").items():
            rates = Rates(contract)
            for terms, same in own.grouped(rates.get).items():
                same.write({"support_settled": True, "support_terms": asdict(terms)})

    def _notify_approvals(self):
        """Tell of approvals that are nearly used up by this time."""
        billed = self.filtered("support_by_hours")
        if not billed:
            return
        works = {line._get_support_work() for line in billed}
        # sudo: see above.
        approvals = (
            self.env["support.work.approval"]
            .sudo()
            .search(
                [
                    ("contract_id", "in", billed.support_contract_id.ids),
                    ("state", "=", "accepted"),
                ]
            )
        )
        approvals.filtered(
            lambda one: any(one._covers_work(work) for work in works)
        )._notify_used_up()

    def _get_contract_candidates(self):
        """Contracts that the work of this time could belong to, while nobody chose one.

        :return: {work: `support.contract`}
        """
        works, found = {}, {}
        for line in self:
            work = line._get_support_work()
            works[work._name] = works.get(work._name, work) | work
        for own in works.values():
            if own._name != "project.project":
                found |= own._get_contract_candidates()
        return found

    def _prepare_time_case(self, candidates):
        """The question about this time on its own day.

        :param candidates: as `_get_contract_candidates` returns them
        """
        self.ensure_one()
        work, category = self._get_support_work(), self.support_category_id
        if work._name == "project.project":
            return WorkCase(
                day=self.date, contract=work.support_contract_id, category=category
            )
        case = work._prepare_case(self.date, candidates.get(work), category)
        return replace(case, logged=True)

    def _prepare_time_vals(self, case, answer):
        """What is written on a line of time for a verdict."""
        self.ensure_one()
        work, minutes = self._get_support_work(), self._get_whole_minutes()
        verdict, rule, by_hours = answer.verdict, answer.rule, answer.by_hours
        overridden = work._name != "project.project" and work.scope_override
        # Whoever decided did so for work under a contract.
        overridden = overridden and answer.rule != "contract"
        if overridden and not self.support_category_id:
            verdict, rule = work.scope_verdict, "override"
            by_hours = verdict == "billed"
        vals = {
            "support_contract_id": case.contract,
            "support_verdict": verdict,
            "support_rule": rule,
            "support_clause": answer.clause or False,
            "support_by_hours": by_hours,
            "support_judged_category_id": case.category,
            "support_minutes": minutes,
        }
        if not self.support_goodwill_reason:
            vals["support_billed_minutes"] = minutes
        elif self.support_billed_minutes > minutes:
            vals["support_billed_minutes"] = minutes
        if not self.support_type_id:
            vals["support_type_id"] = self.employee_id.support_type_id
        return vals

    def _get_support_hours(self):
        """Hours that were logged, in whichever unit the company keeps time."""
        self.ensure_one()
        # sudo: whoever logs time need not be able to read units.
        unit = self.sudo().product_uom_id
        hour = self.env.ref("uom.product_uom_hour").sudo()
        if not unit or unit == hour or not unit._has_common_reference(hour):
            return self.unit_amount
        return unit._compute_quantity(self.unit_amount, hour, round=False)

    def _get_whole_minutes(self):
        return whole_minutes(max(self._get_support_hours(), 0.0))

    def _timesheet_get_portal_domain(self):
        # Odoo's pages read in superuser mode, where no rule holds.
        domain = Domain(super()._timesheet_get_portal_domain())
        if self.env.user._is_internal():
            return domain
        return (
            domain
            & Domain("support_contract_id", "=", False)
            & Domain("support_verdict", "=", False)
        )

    def _get_support_factor(self):
        """What an hour's price is multiplied by: for what the work was ordered."""
        self.ensure_one()
        work = self._get_support_work()
        if work._name == "project.project":
            return 1.0
        if work.date_factor and self.date < work.date_factor:
            return 1.0
        return work.work_factor_id.factor or 1.0
