# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..guard import amending

# How long an upgrade's own instances stay after it is live, unless somebody says so.
INSTANCE_DAYS = timedelta(days=30)
# What the customer accepts, here and on the approval.
FIGURES = ("lines_before", "lines_after", "fee_before", "fee_after")


class SupportUpgrade(models.Model):
    """Going live: version, sources and billed lines change in one amendment.

    The customer has accepted the figures before. A rollback undoes the amendment.
    """

    _inherit = "support.upgrade"

    lines_before = fields.Integer(
        string="Billed Lines Before", compute="_compute_switch"
    )
    lines_after = fields.Integer(string="Billed Lines After", compute="_compute_switch")
    fee_before = fields.Monetary(string="Monthly Fee Before", compute="_compute_switch")
    fee_after = fields.Monetary(string="Monthly Fee After", compute="_compute_switch")
    switch_note = fields.Char(compute="_compute_switch")
    obstacles = fields.Text(
        string="Before It Can Go Live", compute="_compute_obstacles"
    )
    is_accepted = fields.Boolean(
        string="Accepted by the Customer", compute="_compute_is_accepted"
    )
    amendment_id = fields.Many2one(
        "support.contract.amendment",
        readonly=True,
        copy=False,
        help="What changed when the upgrade went live, line by line.",
    )
    rollback_id = fields.Many2one(
        "support.contract.amendment",
        string="Rolled Back By",
        readonly=True,
        copy=False,
    )

    @api.depends(
        "state",
        "approval_ids.void",
        "instance_id.last_count_id",
        "instance_id.billed",
        "upgrade_instance_ids.last_count_id",
        "contract_id.service_ids.date_end",
    )
    def _compute_switch(self):
        for upgrade in self:
            accepted = upgrade._get_approval("acceptance")
            if upgrade.state == "done" and accepted:
                figures, note = accepted._get_figures(), ""
            else:
                figures, note = upgrade._get_switch_figures()
            upgrade.update({**dict.fromkeys(FIGURES, 0), **figures})
            upgrade.switch_note = note

    @api.depends("approval_ids.void")
    def _compute_is_accepted(self):
        for upgrade in self:
            upgrade.is_accepted = bool(upgrade._get_approval("acceptance"))

    @api.depends("state", "module_ids.state", "module_ids.outcome", "is_accepted")
    @api.depends_context("lang")
    def _compute_obstacles(self):
        for upgrade in self:
            missing = (
                upgrade._get_done_obstacles() if upgrade.state == "testing" else []
            )
            upgrade.obstacles = "\n".join(f"• {line}" for line in missing)

    def action_approve_extra(self):
        """Put the customer's approval of a billable extra on record; a button."""
        return self._get_approval_action(
            "extra", self.env._("Approval of a Billable Extra")
        )

    def action_accept_result(self):
        """Put the customer's acceptance of the upgraded system on record; a button."""
        return self._get_approval_action(
            "acceptance", self.env._("Acceptance by the Customer")
        )

    def action_done(self):
        """Go live; a button.

        :raise UserError: with all that is missing
        """
        for upgrade in self:
            upgrade._check_state("testing")
            if missing := upgrade._get_done_obstacles():
                raise UserError(
                    self.env._(
                        "%(upgrade)s cannot go live yet:\n%(obstacles)s",
                        upgrade=upgrade.name,
                        obstacles="\n".join(f"- {line}" for line in missing),
                    )
                )
            upgrade._go_live()
            upgrade._move("done", "date_done")
            upgrade._set_instances_end()
            upgrade._on_done()

    def action_rollback(self):
        """Bring the old version back, and go on testing; a button for managers."""
        for upgrade in self:
            upgrade._check_state("done")
            if not upgrade._is_manager():
                raise AccessError(
                    self.env._("Only a manager can roll an upgrade back.")
                )
            upgrade._roll_back()

    def action_view_instances(self):
        self.ensure_one()
        return self.upgrade_instance_ids._get_records_action(
            name=self.env._("Instances")
        )

    def action_view_amendment(self):
        self.ensure_one()
        return self.amendment_id._get_records_action(name=self.env._("Amendment"))

    def _get_approval_action(self, kind, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "support.upgrade.approval",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_upgrade_id": self.id, "default_kind": kind},
        }

    def _get_approval(self, kind):
        """The customer's latest approval of that kind that still counts."""
        self.ensure_one()
        approvals = self.approval_ids.filtered(
            lambda approval: approval.kind == kind and not approval.void
        )
        return approvals.sorted("id")[-1:]

    def _void_acceptance(self):
        """What was accepted is not what it was."""
        self.ensure_one()
        # sudo: what customers approved is written by nobody but the system.
        self._get_approval("acceptance").sudo()._void()

    def _get_switch_instance(self):
        """The instance whose code goes live: the one that the customer tested."""
        self.ensure_one()
        instances = self.upgrade_instance_ids
        tested = instances.filtered(lambda inst: inst.role == "test")
        return (tested or instances)[:1]

    def _get_switch_figures(self):
        """Lines and monthly fee before and after, as they stand today.

        :return: ({field: value} of what is known, why the rest is not)
        """
        self.ensure_one()
        contract, count = self.contract_id, self._get_switch_instance().last_count_id
        if self.state not in ("started", "testing") or not contract:
            return {}, ""
        before = contract._get_billed_counts()
        figures = {"lines_before": before._get_billed_lines()}
        try:
            figures["fee_before"] = contract._get_monthly_fee(before)
            if not count:
                return figures, self.env._(
                    "Count the test instance to see the lines and the fee afterwards."
                )
            after = before
            if self.instance_id.billed:
                after = before - self.instance_id.last_count_id + count
            figures["lines_after"] = after._get_billed_lines()
            figures["fee_after"] = contract._get_monthly_fee(after)
        except UserError as error:
            return figures, str(error)
        return figures, ""

    def _get_done_obstacles(self):
        """Sentences that say what is missing before the upgrade can go live."""
        self.ensure_one()
        missing = []
        figures, note = self._get_switch_figures()
        if note and self._is_fee_by_lines():
            missing.append(note)
        if self.modules_left:
            missing.append(
                self.env._(
                    "Decide on every module and finish it: %s.",
                    ", ".join(
                        self.module_ids.filtered(
                            lambda module: module.state != "done"
                        ).mapped("name")
                    ),
                )
            )
        missing += self._get_module_obstacles()
        accepted = self._get_approval("acceptance")
        if not accepted:
            missing.append(self.env._("Put the customer's acceptance on record."))
        elif not self._is_same(accepted._get_figures(), figures):
            missing.append(
                self.env._(
                    "The figures are not those that the customer accepted "
                    "(%(accepted)s lines, now %(now)s). Ask again, and put it on "
                    "record.",
                    accepted=accepted.lines_after,
                    now=self.lines_after,
                )
            )
        return missing

    def _is_same(self, accepted, figures):
        """Whether what the customer accepted is what would come now."""
        self.ensure_one()
        return all(
            not self.currency_id.compare_amounts(accepted[name], figures.get(name, 0))
            for name in FIGURES
        )

    def _get_figures_to_accept(self):
        """What the customer accepts now: {field: value}.

        :raise UserError: when it is too early, or the figures are not known
        """
        self.ensure_one()
        self._check_state("testing")
        figures, note = self._get_switch_figures()
        if note and self._is_fee_by_lines():
            raise UserError(note)
        return figures

    def _is_fee_by_lines(self):
        """Whether the customer pays by lines of code, so that they must be known."""
        self.ensure_one()
        today = self.company_id._support_today()
        return any(
            service.type_id.basis == "lines"
            and not (service.date_end and service.date_end < today)
            for service in self.contract_id.service_ids
        )

    def _get_module_obstacles(self):
        """Where the counted code is not what was decided about the modules."""
        self.ensure_one()
        count = self._get_switch_instance().last_count_id
        if not count:
            return []
        there = set(count.module_ids.mapped("name"))
        billed = set(count.module_ids.filtered("billed").mapped("name"))
        decided = self.module_ids.filtered(lambda module: module.state == "done")
        stays = decided.filtered(
            lambda module: module.outcome != "migrated" and module.name in billed
        )
        gone = decided.filtered(
            lambda module: module.outcome == "migrated" and module.name not in there
        )
        missing = []
        if stays:
            missing.append(
                self.env._(
                    "These modules are to go, but are in the counted code and would be "
                    "billed: %s.",
                    ", ".join(stays.mapped("name")),
                )
            )
        if gone:
            missing.append(
                self.env._(
                    "These modules are migrated, but are not in the counted code: %s.",
                    ", ".join(gone.mapped("name")),
                )
            )
        return missing

    def _go_live(self):
        """One amendment: version and sources of the instance, and so what is billed."""
        self.ensure_one()
        # sudo: the customer accepted exactly this, and who asked is written down; the
        # consultant need not be one who may amend contracts.
        upgrade_sudo = self.sudo()
        amendment = upgrade_sudo.contract_id._amend(
            self.company_id._support_today(),
            self._get_switch_reason(),
            upgrade_sudo._get_switch_changes(),
        )
        self._as_step().write({"amendment_id": amendment.id, "rollback_id": False})
        upgrade_sudo._count_anew()

    def _get_switch_changes(self):
        """What goes live, as `support.contract._amend` takes it; extend to add more.

        New records are made beforehand and do not count yet: so the amendment changes
        values only, and can be undone.
        """
        self.ensure_one()
        return [
            (self.instance_id, {"series": self.to_series}),
            *self._get_source_changes(),
            *self._get_module_changes(),
        ]

    def _get_source_changes(self):
        """The instance's code comes from where the tested code came from."""
        self.ensure_one()
        instance = self.instance_id
        new = {
            source._get_address(): source
            for source in self._get_switch_instance().source_ids
        }
        if not new:
            return []
        old = instance.with_context(active_test=False).source_ids
        known = {source._get_address(): source for source in old}
        changes = [
            (source, {"active": False})
            for source in old
            if source.active and source._get_address() not in new
        ]
        for address, source in new.items():
            own = known.get(address) or source.copy(
                {"instance_id": instance.id, "active": False}
            )
            if not own.active:
                changes.append((own, {"active": True}))
        return changes

    def _get_module_changes(self):
        """Covered, and so billed, are the modules that were covered in the test."""
        self.ensure_one()
        instance, tested = self.instance_id, self._get_switch_instance()
        there = tested.module_ids.filtered("in_last_count")
        if not there:
            return []
        covered = {module.name: module.covered for module in there}
        own = {module.name: module for module in instance.module_ids}
        for module in there.filtered(lambda module: module.name not in own):
            own[module.name] = amending(module).copy(
                {"instance_id": instance.id, "covered": False, "in_last_count": False}
            )
        return [
            (module, {"covered": covered.get(name, False)})
            for name, module in own.items()
            if module.covered != covered.get(name, False)
        ]

    def _get_switch_reason(self):
        """The sentence that the amendment keeps, with the accepted figures."""
        self.ensure_one()
        accepted = self._get_approval("acceptance")
        reason = self.env._(
            "Upgrade %(name)s from %(from)s to %(to)s, accepted by %(who)s on %(day)s.",
            name=self.name,
            to=self.to_series,
            who=accepted.given_by,
            day=fields.Date.to_string(accepted.date),
            **{"from": self.from_series},
        )
        figures = accepted._get_figures()
        if figures["lines_before"] or figures["lines_after"]:
            reason += " " + self.env._(
                "Billed lines: %(before)s before, %(after)s after.",
                before=formatLang(self.env, figures["lines_before"], digits=0),
                after=formatLang(self.env, figures["lines_after"], digits=0),
            )
        if figures["fee_before"] or figures["fee_after"]:
            reason += " " + self.env._(
                "Monthly fee: %(before)s before, %(after)s after.",
                before=self._format_money(figures["fee_before"]),
                after=self._format_money(figures["fee_after"]),
            )
        return reason

    def _format_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _roll_back(self):
        """Undo the amendment with which the upgrade went live."""
        self.ensure_one()
        # sudo: the wizard reads lines of amendments; that a manager asks was checked.
        upgrade_sudo = self.sudo()
        undo = (
            self.env["support.contract.amend"]
            .sudo()
            .new(
                {
                    "contract_id": self.contract_id.id,
                    "change": "undo",
                    "undoes_id": self.amendment_id.id,
                }
            )
        )
        # What follows is in _after_rollback, whoever undoes the amendment.
        upgrade_sudo.contract_id._amend(
            self.company_id._support_today(),
            self.env._("Upgrade %s rolled back", self.name),
            undo._get_changes_undo(),
            undoes=upgrade_sudo.amendment_id,
        )

    def _after_rollback(self, amendment):
        """The old version is back: the work goes on, and the customer is asked again.

        :param amendment: the one that undid the go-live
        """
        self.ensure_one()
        self._void_acceptance()
        self._as_step().write({"rollback_id": amendment.id, "date_done": False})
        self._move("testing")
        self._end_instances(False)
        # sudo: the day of the count is the system's own note.
        self.sudo()._count_anew()

    def _count_anew(self):
        """The next billing run counts the instance even if that was done today."""
        self.ensure_one()
        self.instance_id.date_counted = False

    def _set_instances_end(self):
        self.ensure_one()
        if not self.date_instances_end:
            self._as_step().date_instances_end = self.date_done + INSTANCE_DAYS
        self._end_instances(self.date_instances_end)
