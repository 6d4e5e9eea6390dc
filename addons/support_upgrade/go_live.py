# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from .fees import Fees
from .instances import UpgradeInstances

# What the customer accepts, here and on the approval.
ACCEPTED_FIGURES = ("lines_before", "lines_after", "fee_before", "fee_after")


class GoLive:
    """Going live: version, sources and billed lines change in one amendment.

    The customer has accepted the figures before. A rollback undoes the amendment.
    """

    def __init__(self, upgrade):
        upgrade.ensure_one()
        self.upgrade = upgrade
        self.env = upgrade.env

    def run(self):
        """One amendment: version and sources of the instance, and so what is billed.

        :raise UserError: with all that is missing
        """
        upgrade = self.upgrade
        upgrade._check_state("testing")
        if missing := self.get_obstacles():
            raise UserError(
                self.env._(
                    "%(upgrade)s cannot go live yet:\n%(obstacles)s",
                    upgrade=upgrade.name,
                    obstacles="\n".join(f"- {line}" for line in missing),
                )
            )
        # sudo: the customer accepted exactly this, and who asked is written down; the
        # consultant need not be one who may amend contracts.
        amendment = upgrade.sudo().contract_id._amend(
            upgrade.company_id._support_today(),
            self._get_reason(),
            GoLive(upgrade.sudo())._get_changes(),
        )
        upgrade._with_permission().write(
            {"amendment_id": amendment.id, "rollback_id": False}
        )
        self._count_anew()
        upgrade._move("done", "date_done")
        UpgradeInstances(upgrade).close_after_go_live()
        Fees(upgrade).charge_extra()

    def roll_back(self):
        """Undo the amendment with which the upgrade went live."""
        self.upgrade._check_state("done")
        if not self.upgrade._is_manager():
            raise AccessError(self.env._("Only a manager can roll an upgrade back."))
        # sudo: the wizard reads lines of amendments; that a manager asks was checked.
        upgrade_sudo = self.upgrade.sudo()
        undo = upgrade_sudo.env["support.contract.amend"].new(
            {
                "contract_id": upgrade_sudo.contract_id.id,
                "change": "undo",
                "undoes_id": upgrade_sudo.amendment_id.id,
            }
        )
        # What follows is in after_rollback, whoever undoes the amendment.
        upgrade_sudo.contract_id._amend(
            self.upgrade.company_id._support_today(),
            self.env._("Upgrade %s rolled back", self.upgrade.name),
            undo._get_changes_undo(),
            undoes=upgrade_sudo.amendment_id,
        )

    def after_rollback(self, amendment):
        """The old version is back: the work goes on, and the customer is asked again.

        :param amendment: the one that undid the go-live
        """
        self.upgrade._void_acceptance()
        self.upgrade._with_permission().write(
            {"rollback_id": amendment.id, "date_done": False}
        )
        self.upgrade._move("testing")
        UpgradeInstances(self.upgrade).close(False)
        self._count_anew()

    def _count_anew(self):
        """The next billing run counts the instance even if that was done today."""
        # sudo: the day of the count is the system's own note.
        self.upgrade.sudo().instance_id.date_counted = False

    def get_figures(self):
        """Lines and monthly fee before and after, as they stand today.

        :return: ({field: value} of what is known, why the rest is not)
        """
        contract = self.upgrade.contract_id
        count = self.upgrade._get_switch_instance().last_count_id
        if not self.upgrade._is_under_way():
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
            if self.upgrade.instance_id.billed:
                after = before - self.upgrade.instance_id.last_count_id + count
            figures["lines_after"] = after._get_billed_lines()
            figures["fee_after"] = contract._get_monthly_fee(after)
        except UserError as error:
            return figures, str(error)
        return figures, ""

    def get_figures_to_accept(self):
        """What the customer accepts now: {field: value}.

        :raise UserError: when it is too early, or the figures are not known
        """
        self.upgrade._check_state("testing")
        figures, note = self.get_figures()
        if note and self._is_fee_by_lines():
            raise UserError(note)
        return figures

    def _is_fee_by_lines(self):
        """Whether the customer pays by lines of code, so that they must be known."""
        today = self.upgrade.company_id._support_today()
        return any(
            service.type_id.basis == "lines" and not service._is_over(today)
            for service in self.upgrade.contract_id.service_ids
        )

    def get_obstacles(self):
        """Sentences that say what is missing before the upgrade can go live."""
        missing = []
        figures, note = self.get_figures()
        if note and self._is_fee_by_lines():
            missing.append(note)
        if left := self.upgrade.module_ids.filtered(lambda one: one.state != "done"):
            missing.append(
                self.env._(
                    "Decide on every module and finish it: %s.",
                    ", ".join(left.mapped("name")),
                )
            )
        missing += self._get_module_obstacles()
        accepted = self.upgrade._get_approval("acceptance")
        if not accepted:
            missing.append(self.env._("Put the customer's acceptance on record."))
        elif not self._is_same(accepted._get_figures(), figures):
            missing.append(
                self.env._(
                    "The figures are not those that the customer accepted "
                    "(%(accepted)s lines, now %(now)s). Ask again, and put it on "
                    "record.",
                    accepted=accepted.lines_after,
                    now=self.upgrade.lines_after,
                )
            )
        return missing

    def _is_same(self, accepted, figures):
        """Whether what the customer accepted is what would come now."""
        return all(
            not self.upgrade.currency_id.compare_amounts(
                accepted[name], figures.get(name, 0)
            )
            for name in ACCEPTED_FIGURES
        )

    def _get_module_obstacles(self):
        """Where the counted code is not what was decided about the modules."""
        count = self.upgrade._get_switch_instance().last_count_id
        if not count:
            return []
        there = set(count.module_ids.mapped("name"))
        billed = set(count.module_ids.filtered("billed").mapped("name"))
        decided = self.upgrade.module_ids.filtered(lambda one: one.state == "done")
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

    def _get_changes(self):
        """What goes live, as `support.contract._amend` takes it.

        New records are made beforehand and do not count yet: so the amendment changes
        values only, and can be undone.
        """
        return [
            (self.upgrade.instance_id, {"series": self.upgrade.to_series}),
            *self._get_source_changes(),
            *self._get_module_changes(),
        ]

    def _get_source_changes(self):
        """The instance's code comes from where the tested code came from."""
        instance = self.upgrade.instance_id
        new = {
            source._get_address(): source
            for source in self.upgrade._get_switch_instance().source_ids
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
        instance, tested = self.upgrade.instance_id, self.upgrade._get_switch_instance()
        there = tested.module_ids.filtered("in_last_count")
        if not there:
            return []
        covered = {module.name: module.covered for module in there}
        own = {module.name: module for module in instance.module_ids}
        for module in there.filtered(lambda module: module.name not in own):
            own[module.name] = module._with_permission().copy(
                {"instance_id": instance.id, "covered": False, "in_last_count": False}
            )
        return [
            (module, {"covered": covered.get(name, False)})
            for name, module in own.items()
            if module.covered != covered.get(name, False)
        ]

    def _get_reason(self):
        """The sentence that the amendment keeps, with the accepted figures."""
        accepted = self.upgrade._get_approval("acceptance")
        reason = self.env._(
            "Upgrade %(name)s from %(from)s to %(to)s, accepted by %(who)s on %(day)s.",
            name=self.upgrade.name,
            to=self.upgrade.to_series,
            who=accepted.given_by,
            day=fields.Date.to_string(accepted.date),
            **{"from": self.upgrade.from_series},
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
        return formatLang(self.env, amount, currency_obj=self.upgrade.currency_id)
