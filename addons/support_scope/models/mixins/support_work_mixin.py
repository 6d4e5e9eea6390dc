# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from copy import deepcopy
from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.support_contract.models.mixins.support_protected_mixin import (
    PERMISSION,
)
from odoo.addons.support_contract.windows import get_dialog, get_list_action

from ...facts import FactFinder, WorkCase
from ...hotfix import Delivery
from ...reasons import explain
from ...verdicts import get_deliveries, get_verdicts

# What a verdict of today follows from.
FACT_FIELDS = (
    "support_contract_id",
    "support_instance_id",
    "support_module_id",
    "scope_category_id",
    "reproduction_id",
)
SYSTEM_FIELDS = frozenset(
    {"scope_verdict", "scope_rule", "scope_clause", "scope_date", "scope_override"}
)


class SupportWorkMixin(models.AbstractModel):
    """Work that a support contract may include: a task, a ticket. Clauses R6, R10-R17.

    A model that inherits this names the field of logged time that leads to it
    (``_support_time_field``), says which of its records are such work, and knows no
    more of contracts. The verdict is that of today; logged time has that of its own
    day.
    """

    _name = "support.work.mixin"
    _description = "Work That a Contract May Include"
    _inherit = ["support.protected.mixin"]

    #: The field of `account.analytic.line` that leads to this work.
    _support_time_field = None

    support_contract_id = fields.Many2one(
        "support.contract",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    support_instance_id = fields.Many2one(
        "support.instance",
        string="Instance",
        domain="[('contract_id', '=', support_contract_id)]",
        ondelete="restrict",
        groups="base.group_user",
        help="The installation that the work is about.",
    )
    support_module_id = fields.Many2one(
        "support.instance.module",
        string="Module",
        domain="[('instance_id', '=', support_instance_id)]",
        ondelete="set null",
        groups="base.group_user",
        help="The module with the error, if it is one. Maintenance covers the modules "
        "that are billed, and Odoo's own.",
    )
    scope_category_id = fields.Many2one(
        "support.scope.category",
        string="Category of Work",
        ondelete="restrict",
        groups="base.group_user",
        help="What kind of work it is. The customer's terms say whether that is "
        "included.",
    )
    reproduction_id = fields.Many2one(
        "support.reproduction",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="Where it is on record that a program bug shows on standard test data. "
        "It belongs to one module and version of Odoo.",
    )
    date_reproduction = fields.Date(
        string="Reproduction Chosen On",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    work_factor_id = fields.Many2one(
        "support.work.factor",
        string="Ordered For",
        ondelete="restrict",
        copy=False,
        groups="base.group_user",
        help="The customer ordered it for an evening, a weekend or as an emergency.",
    )
    # Empty for what a person chose, which holds for all of its time.
    date_factor = fields.Date(
        string="Ordered From", readonly=True, copy=False, groups="base.group_user"
    )
    delivery = fields.Selection(
        get_deliveries,
        groups="base.group_user",
        help="A hot-fix goes into production outside the planned updates, and needs a "
        "patch service on that day. How a fix is delivered never changes its price.",
    )
    date_delivered = fields.Date(
        string="Delivered On",
        copy=False,
        groups="base.group_user",
        help="The day on which it went into production.",
    )
    delivery_note = fields.Char(
        string="About the Delivery",
        compute="_compute_delivery",
        compute_sudo=True,
        groups="base.group_user",
    )
    needs_patch = fields.Boolean(
        compute="_compute_delivery",
        compute_sudo=True,
        groups="base.group_user",
        help="A hot-fix was asked for, and no patch service is valid on its day.",
    )
    scope_verdict = fields.Selection(
        get_verdicts,
        string="Verdict",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Whether the work is included today.",
    )
    scope_rule = fields.Char(
        string="Rule Behind the Verdict",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    scope_clause = fields.Char(
        string="Clause", readonly=True, copy=False, groups="base.group_user"
    )
    scope_date = fields.Date(
        string="Verdict Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The day from which on it is so. It is looked at anew every day.",
    )
    scope_override = fields.Boolean(
        string="Decided by Hand", readonly=True, copy=False, groups="base.group_user"
    )
    scope_reason = fields.Char(
        string="Why",
        compute="_compute_scope_reason",
        compute_sudo=True,
        groups="base.group_user",
    )
    approval_count = fields.Integer(
        "Approvals",
        compute="_compute_approval_count",
        compute_sudo=True,
        groups="base.group_user",
    )
    support_minutes_included = fields.Integer(
        string="Included Minutes This Month",
        compute="_compute_support_minutes",
        compute_sudo=True,
        groups="base.group_user",
    )
    support_minutes_billed = fields.Integer(
        string="Billed Minutes This Month",
        compute="_compute_support_minutes",
        compute_sudo=True,
        groups="base.group_user",
    )
    waits_for_approval = fields.Boolean(
        compute="_compute_waits_for_approval",
        search="_search_waits_for_approval",
        compute_sudo=True,
        groups="base.group_user",
    )
    has_uninvoiced_time = fields.Boolean(
        string="Billable and Not Invoiced",
        compute="_compute_has_uninvoiced_time",
        search="_search_has_uninvoiced_time",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("delivery", "date_delivered", "support_contract_id")
    @api.depends_context("lang")
    def _compute_delivery(self):
        for work in self:
            delivery = Delivery(work)
            work.delivery_note = delivery.describe()
            work.needs_patch = work.delivery_note and not delivery.get_right()

    def _compute_approval_count(self):
        counts = dict(
            self.env["support.work.approval"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for work in self:
            work.approval_count = counts.get(work._origin.id, 0)

    @api.depends(
        "scope_verdict",
        "scope_rule",
        "scope_clause",
        "scope_override",
        "reproduction_id.state",
        "date_reproduction",
    )
    @api.depends_context("lang")
    def _compute_scope_reason(self):
        for work in self:
            work.scope_reason = work.scope_verdict and explain(work)

    def _compute_support_minutes(self):
        Line = self.env["account.analytic.line"]
        today = self.env.company._support_today()
        field = self._support_time_field
        groups = Line._read_group(
            self._get_time_domain() & Domain("date", ">=", today.replace(day=1)),
            [field, "support_verdict", "support_by_hours"],
            ["support_minutes:sum", "support_billed_minutes:sum"],
        )
        included, billed = Counter(), Counter()
        for work, verdict, by_hours, worked, charged in groups:
            if verdict == "included":
                included[work.id] += worked
            elif verdict == "billed" and by_hours:
                billed[work.id] += charged
        for work in self:
            work.support_minutes_included = included[work._origin.id]
            work.support_minutes_billed = billed[work._origin.id]

    def _compute_waits_for_approval(self):
        waiting = self._get_waiting_for_approval()
        for work in self:
            work.waits_for_approval = work._origin.id in waiting

    def _search_waits_for_approval(self, operator, value):
        # Odoo asks a method without asking who may see the field.
        self._check_field_access(self._fields["waits_for_approval"], "read")
        if operator != "in" or True not in value:
            return NotImplemented
        return [("id", "in", list(self._get_waiting_for_approval()))]

    def _get_waiting_for_approval(self):
        """Ids of all work with an open question or with charges that wait for a yes."""
        # sudo: whoever sorts work need not see charges, nor what was offered.
        approvals = self.env["support.work.approval"].sudo()
        days = self.env["support.charge.day"].sudo()
        asked = approvals.search(
            [("res_model", "=", self._name), ("state", "=", "sent")]
        )
        waiting = days.search(
            [("work_model", "=", self._name), ("charge_id.state", "=", "approval")]
        )
        return {*asked.mapped("res_id"), *waiting.mapped("work_id")}

    def _compute_has_uninvoiced_time(self):
        uninvoiced = self._get_uninvoiced()
        for work in self:
            work.has_uninvoiced_time = work._origin.id in uninvoiced

    def _search_has_uninvoiced_time(self, operator, value):
        # Odoo asks a method without asking who may see the field.
        self._check_field_access(self._fields["has_uninvoiced_time"], "read")
        if operator != "in" or True not in value:
            return NotImplemented
        return [("id", "in", list(self._get_uninvoiced()))]

    def _get_uninvoiced(self):
        """Ids of all work with billed time that stands on no invoice yet."""
        field = self._support_time_field
        open_states = list(self.env["support.charge"]._get_open_states())
        domain = (
            Domain(field, "!=", False)
            & self._get_own_time_domain()
            & Domain("support_verdict", "=", "billed")
            & Domain("support_by_hours", "=", True)
            & (
                Domain("support_charge_id", "=", False)
                | Domain("support_charge_id.state", "in", open_states)
            )
        )
        # sudo: see above.
        lines = self.env["account.analytic.line"].sudo()
        return {work.id for [work] in lines._read_group(domain, [field])}

    @api.constrains("delivery", "date_delivered", "support_contract_id")
    def _check_hotfix(self):
        for work in self.sudo():
            if work.date_delivered and work.needs_patch:
                raise ValidationError(
                    self.env._(
                        "“%(work)s” cannot be delivered as a hot-fix on %(day)s. "
                        "%(reason)s",
                        work=work.display_name,
                        day=format_date(self.env, work.date_delivered),
                        reason=work.delivery_note,
                    )
                )

    @api.constrains("support_instance_id", "support_module_id")
    def _check_own_instance(self):
        # sudo: whoever works need not see instances.
        for work in self.sudo():
            instance, module = work.support_instance_id, work.support_module_id
            foreign = instance and instance.contract_id != work.support_contract_id
            if foreign or (module and module.instance_id != instance):
                raise ValidationError(
                    self.env._("Choose an instance of the contract, and its module.")
                )

    # Of the choice alone: an instance that moves on to another version goes its way.
    @api.constrains("reproduction_id")
    def _check_reproduction(self):
        # sudo: see above.
        for work in self.sudo().filtered("reproduction_id"):
            tried, company = work.reproduction_id, work._get_support_company()
            instance, module = work.support_instance_id, work.support_module_id
            if tried.company_id != company:
                raise ValidationError(
                    self.env._(
                        "The reproduction “%(reproduction)s” is another company's.",
                        reproduction=tried.name,
                    )
                )
            today = company._support_today()
            series = {instance._get_series_on(today)} if instance else set()
            if not tried._is_about(module.name, series):
                raise ValidationError(
                    self.env._(
                        "“%(reproduction)s” was tried on module %(module)s in Odoo "
                        "%(series)s: it makes nothing free elsewhere. Choose, or make, "
                        "the reproduction of this bug.",
                        reproduction=tried.name,
                        module=tried.module_name,
                        series=tried.series,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        works = super().create(vals_list)
        works.filtered("reproduction_id")._note_reproduction()
        works._begin_support_work()
        return works

    def write(self, vals):
        before = {}
        if "reproduction_id" in vals:
            before = {work: work.reproduction_id for work in self}
        if "work_factor_id" in vals and "date_factor" not in vals:
            # sudo: written by the system alone.
            chosen = self.sudo().filtered(
                lambda work: (
                    work.date_factor
                    and work.work_factor_id.id != vals["work_factor_id"]
                )
            )
            if chosen:
                chosen._write_facts({"date_factor": False})
        result = super().write(vals)
        changed = [work for work in before if work.reproduction_id != before[work]]
        self.browse().union(*changed)._note_reproduction()
        if self.env.context.get("support_unjudged") is PERMISSION:
            return result
        if not vals.keys().isdisjoint(self._get_fact_fields()):
            self._evaluate()
        elif "work_factor_id" in vals:
            time = self._get_open_time()
            time._evaluate_time()
            time._price_time()
        return result

    @api.model
    def _get_guarded_fields(self):
        """Nothing: what work is about may change at any time."""
        return frozenset()

    @api.model
    def _get_checked_links(self):
        """What the suite has added to a task or ticket; the rest is Odoo's."""
        own = self.env["support.work.mixin"]._fields.keys()
        return super()._get_checked_links() & own

    @api.model
    def _get_system_fields(self):
        dates = {"date_reproduction", "date_factor"}
        return super()._get_system_fields() | SYSTEM_FIELDS | dates

    def _note_reproduction(self):
        """Note from when the result of a trial has been known for this work."""
        # sudo: written by the system alone.
        for work in self.sudo():
            today = work._get_support_company()._support_today()
            work._write_facts({"date_reproduction": work.reproduction_id and today})

    # === VIEWS === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """The parts that all work has come into the form of each model."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self._name != "support.work.mixin":
            # sudo: views are read with this right.
            shared = self.env.ref("support_scope.support_work_mixin_view_form").sudo()
            for part in shared._get_combined_arch():
                for place in arch.xpath(
                    "//*[@name=$name and name()=$tag]",
                    name=part.get("name"),
                    tag=part.tag,
                ):
                    place.extend(deepcopy(child) for child in part)
        return arch, view

    # === ACTIONS === #

    def action_override_verdict(self):
        """Decide against the rules, with a reason; a button."""
        self.ensure_one()
        return get_dialog(
            self.env._("Override the Verdict"),
            "support.work.override",
            res_model=self._name,
            res_id=self.id,
        )

    def action_follow_rules(self):
        """Take an override back; a button."""
        self.check_access("write")
        if not self.env.user.has_group("support_contract.group_support_user"):
            raise AccessError(self.env._("Only consultants decide on verdicts."))
        # sudo: what the rules say is written by the system alone.
        self.sudo().scope_override = False
        self._evaluate()

    def action_view_verdicts(self):
        """What was answered so far, and why; a button."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_scope.support_work_verdict_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {"one_work": True}
        return action

    def action_ask_approval(self):
        """Write an estimate for the customer; a button."""
        self.ensure_one()
        kind = self.env.user.employee_id.sudo().support_type_id
        estimate = get_dialog(
            self.env._("Estimate"),
            "support.work.approval",
            name=self._get_time_label(),
            contract_id=self.support_contract_id.id,
            res_model=self._name,
            res_id=self.id,
            type_id=kind.id,
            work_factor_id=self.work_factor_id.id,
            partner_id=self._get_asked_person().id,
        )
        return estimate | {"target": "current"}

    def action_offer_help(self):
        """A polite offer after an analysis that reproduced nothing; a button."""
        self.ensure_one()
        offer = self.action_ask_approval()
        more = {"default_after_analysis": True, "default_hours": 1.0}
        return offer | {"context": offer["context"] | more}

    def action_deliver(self):
        """It goes into production today; a button."""
        for work in self:
            company = work._get_support_company()
            work.date_delivered = company._support_today()

    def action_offer_patch(self):
        """Offer the service that a hot-fix takes; a button."""
        return Delivery(self).offer_patch()

    def action_view_approvals(self):
        """What the customer was asked about it; a button."""
        self.ensure_one()
        return get_list_action(
            self.env._("Approvals"),
            "support.work.approval",
            [("res_model", "=", self._name), ("res_id", "=", self.id)],
            context={"create": False},
        )

    def _get_asked_person(self):
        """Who of the customer is asked first: the sender if they may say yes."""
        self.ensure_one()
        # sudo: who works need not see the contacts.
        contacts = self.sudo().support_contract_id.contact_ids.filtered(
            lambda contact: contact.may_approve and contact._is_of_customer()
        )
        people = contacts.partner_id
        return (people & self.partner_id if "partner_id" in self._fields else people)[
            :1
        ] or people[:1]

    # === FACTS === #

    @api.model
    def _get_fact_fields(self):
        """Fields that a verdict follows from; extend."""
        return frozenset(FACT_FIELDS)

    def _get_support_company(self):
        """The company whose day and terms count: that of the contract, once there is
        one; a project needs none of its own.
        """
        self.ensure_one()
        # sudo: whoever works need not see the contract.
        contract = self.sudo().support_contract_id
        return contract.company_id or self.company_id or self.env.company

    def _is_support_work(self):
        """Whether a contract may include this; the model's own rule."""
        return True

    @api.model
    def _get_open_work_domain(self):
        """Work that goes on, and is looked at again every day."""
        return []

    def _begin_support_work(self):
        """What new work begins with: the default category, then its verdict."""
        works = self.filtered(
            lambda work: work._is_support_work() and not work.scope_category_id
        ).sudo()
        companies = works.grouped(lambda work: work._get_support_company())
        for company, own in companies.items():
            if default := company.support_scope_category_id:
                own._write_facts({"scope_category_id": default.id})
        self._evaluate()

    def _write_facts(self, vals):
        """Write what a verdict follows from; whoever calls has it judged afterwards.

        Like a permission, it cannot be asked for over RPC.
        """
        self.with_context(support_unjudged=PERMISSION).write(vals)

    def _get_contract_candidates(self):
        """Running contracts that it could belong to, while nobody chose one; extend.

        :return: {work: `support.contract`}
        """
        return {}

    def _get_upgrade_use(self):
        """``right`` or ``extra`` for work on an upgrade, else None; extend."""
        return None

    def _prepare_case(self, day, candidates=None, category=None):
        """The question about this work on a day.

        :return: :class:`...facts.WorkCase`
        """
        self.ensure_one()
        # Work that moved to another contract has none of its instances.
        contract, instance = self.support_contract_id, self.support_instance_id
        instance = instance.filtered(lambda one: one.contract_id == contract)
        module = self.support_module_id
        module = module.filtered(lambda one: one.instance_id == instance)
        return WorkCase(
            day=day,
            contract=contract,
            undecided=len(candidates or ()) > 1,
            category=category or self.scope_category_id,
            instance=instance,
            module=module,
            reproduction=self.reproduction_id,
            linked=self.date_reproduction,
            upgrade=self._get_upgrade_use(),
        )

    # === VERDICT === #

    def _evaluate(self):
        """Judge this work anew, by the facts of today, and the open time on it by those
        of its days.
        """
        # sudo: a verdict does not depend on who asks.
        works = self.sudo().filtered(lambda work: work._is_support_work())
        (self.sudo() - works).filtered("scope_verdict").write(
            dict.fromkeys(SYSTEM_FIELDS, False)
        )
        candidates = works._get_contract_candidates()
        cases = [
            work._prepare_case(
                work._get_support_company()._support_today(),
                candidates.get(work),
            )
            for work in works
        ]
        answers = FactFinder(self.env, cases).judge()
        history = []
        for work, (facts, answer) in zip(works, answers, strict=True):
            if work.scope_override:
                continue
            vals = {
                "scope_verdict": answer.verdict,
                "scope_rule": answer.rule,
                "scope_clause": answer.clause or False,
            }
            if changed := {
                name: value for name, value in vals.items() if work[name] != value
            }:
                history.append(work._prepare_verdict_vals(answer, facts))
                work.write(changed | {"scope_date": facts.day})
        self.env["support.work.verdict"].sudo().create(history)
        self._get_open_time()._evaluate_time()

    def _prepare_verdict_vals(self, answer, facts, reason=""):
        """A verdict as it stays on record."""
        self.ensure_one()
        return {
            "res_model": self._name,
            "res_id": self.id,
            "contract_id": self.support_contract_id.id,
            "company_id": self._get_support_company().id,
            "date": facts.day,
            "verdict": answer.verdict,
            "clause": answer.clause or False,
            "rule": answer.rule,
            "facts": _as_json(facts),
            "is_override": answer.rule == "override",
            "reason": reason or False,
        }

    def _override_verdict(self, verdict, reason, with_settled=False):
        """Decide against the rules.

        :param verdict: ``included`` or ``billed``
        :param reason: is shown beside it
        :param with_settled: time of billed months as well, for managers
        """
        self.ensure_one()
        self.check_access("write")
        if with_settled:
            self._open_settled_time()
        # sudo: see above.
        work = self.sudo()
        today = work._get_support_company()._support_today()
        [(facts, answer)] = FactFinder(self.env, [work._prepare_case(today)]).judge()
        answer = type(answer)(verdict, "override", answer.clause, verdict == "billed")
        work.write(
            {
                "scope_verdict": verdict,
                "scope_rule": "override",
                "scope_clause": answer.clause or False,
                "scope_date": today,
                "scope_override": True,
            }
        )
        self.env["support.work.verdict"].sudo().create(
            work._prepare_verdict_vals(answer, facts, reason)
        )
        work._get_open_time()._evaluate_time()

    def _open_settled_time(self):
        """Let the verdict of this work count for its time of billed months too."""
        if not self.env.user.has_group("support_contract.group_support_manager"):
            raise AccessError(
                self.env._("Only managers change what billed months included.")
            )
        # sudo: whoever decides need not be able to change others' time.
        self.env["account.analytic.line"].sudo().search(
            self._get_time_domain()
            & Domain("support_settled", "=", True)
            # What has its own category is something else.
            & Domain("support_category_id", "=", False)
        ).write({"support_settled": False, "support_shown_move_id": False})

    def _get_override_reason(self):
        """What was said when the verdict was decided by hand."""
        self.ensure_one()
        last = (
            self.env["support.work.verdict"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("is_override", "=", True),
                ],
                limit=1,
            )
        )
        if not last:
            return ""
        return self.env._(
            "%(reason)s (%(person)s, %(day)s)",
            reason=last.reason or "",
            person=last.create_uid.name,
            day=format_date(self.env, last.create_date),
        )

    # === TIME === #

    @api.model
    def _get_time_field(self):
        """The field of `account.analytic.line` that leads to this work."""
        return self._support_time_field

    def _get_open_time(self):
        """Time on this work that is neither charged nor settled, in superuser mode."""
        lines = self.env["account.analytic.line"].sudo()
        return lines.search(self._get_time_domain() & lines._get_open_domain())

    def _get_time_domain(self):
        """Time that is this work's own."""
        own = Domain(self._support_time_field, "in", self.ids)
        return own & self._get_own_time_domain()

    @api.model
    def _get_own_time_domain(self):
        """Which of the time that leads to work of this model is its own; extend."""
        return Domain.TRUE

    def _get_time_label(self):
        """What the customer's invoice calls this work."""
        self.ensure_one()
        return self.display_name


def _as_json(facts):
    """Facts as they stay on record."""
    return {**asdict(facts), "day": facts.day.isoformat()}
