# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from ..guard import amending


class SupportUpgrade(models.Model):
    """The way of an upgrade from the request to its test. Clauses R5, R8, R9, R12."""

    _inherit = "support.upgrade"

    def action_accept(self):
        """Promise the upgrade to the customer; a button."""
        for upgrade in self:
            upgrade._check_state("requested")
            if not upgrade._holds_right():
                upgrade._reserve_right(upgrade.company_id._support_today())
            upgrade._move("accepted", "date_accepted")
            upgrade._close_decision()

    def action_start(self):
        """Begin the work: take the right, make the instances, note the fee; a button.

        :raise UserError: when there is neither a right nor the customer's approval of
            a billable extra
        """
        for upgrade in self:
            upgrade._check_state("accepted")
            upgrade._check_contract_running()
            upgrade._check_instance_free()
            upgrade._take_right()
            fee = upgrade.contract_id._get_agreed(
                "upgrade_fee", upgrade.company_id._support_today()
            )
            upgrade._as_step().write({"fee_due": fee.value, "fee_source": fee.source})
            upgrade._move("started", "date_started")
            upgrade._log_step(upgrade.right_text)
            upgrade._create_instances()
            upgrade._list_modules()
            upgrade._on_started()

    def action_test(self):
        """Hand the upgraded instance to the customer for testing; a button."""
        for upgrade in self:
            upgrade._check_state("started")
            upgrade._move("testing", "date_testing")

    def action_rework(self):
        """Back to work after a test that did not pass; a button."""
        for upgrade in self:
            upgrade._check_state("testing")
            upgrade._void_acceptance()
            upgrade._move("started")

    def action_cancel(self):
        """Ask for the reason first; a button."""
        self.ensure_one()
        return self._get_cancel_action(self.env._("Cancel Upgrade"))

    def action_return_right(self):
        """Give back the right of work that was stopped; a button for managers."""
        self.ensure_one()
        return self._get_cancel_action(self.env._("Give the Right Back"))

    def _get_cancel_action(self, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "support.upgrade.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_upgrade_id": self.id},
        }

    def _cancel(self, kind, reason, return_right=False):
        """End an upgrade that does not go live.

        Before the work the right comes back by itself, afterwards only if a manager
        says so.

        :param kind: ``withdrawn`` by the customer or ``declined`` by us
        """
        self.ensure_one()
        self._check_state("requested", "accepted", "started", "testing")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the upgrade is cancelled."))
        started = bool(self.date_started)
        if started and return_right:
            self._check_may_return()
        self._as_step().write({"cancel_kind": kind, "cancel_reason": reason.strip()})
        self._move("cancelled", "date_cancelled", note=reason)
        self._close_decision()
        if started and return_right:
            self._return_right_after_start(reason)
        elif not started:
            self._return_right()
        self._end_instances(self.company_id._support_today())

    def _return_right_after_start(self, reason):
        """Let the customer have the right again although the work had begun."""
        self.ensure_one()
        self._check_may_return()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the right is given back."))
        if self.state != "cancelled" or not self._holds_right():
            raise UserError(
                self.env._("Only the right of a cancelled upgrade can be given back.")
            )
        self._return_right()
        self._log_step(
            self.env._("Right given back: %s", reason.strip()), kind="override"
        )

    def _check_may_return(self):
        if not self._is_manager():
            raise AccessError(
                self.env._(
                    "The work has started. Only a manager can give the right back."
                )
            )

    def _check_instance_free(self):
        """One instance is upgraded once at a time, from the version that it runs."""
        self.ensure_one()
        other = self.instance_id.upgraded_by_ids.filtered(
            lambda upgrade: upgrade.state in ("started", "testing")
        )[:1]
        if other:
            raise UserError(
                self.env._(
                    "%(upgrade)s is upgrading %(instance)s. Finish or cancel it first.",
                    upgrade=other.name,
                    instance=self.instance_id.display_name,
                )
            )
        runs = self.instance_id.series
        if runs and runs != self.from_series:
            raise UserError(
                self.env._(
                    "%(instance)s runs %(runs)s, not %(from)s. Correct the request.",
                    instance=self.instance_id.display_name,
                    runs=runs,
                    **{"from": self.from_series},
                )
            )

    def _take_right(self):
        """Make sure that the work may start.

        What was reserved with the request is taken; else what is left today; else the
        customer has to have approved a billable extra.
        """
        self.ensure_one()
        today = self.company_id._support_today()
        if not self._holds_right():
            self._reserve_right(today)
        verdict = self._get_upgrade_verdict(today)
        if self._holds_right() and verdict:
            return
        if not self._get_approval("extra"):
            raise UserError(
                self.env._(
                    "%(reason)s Wait until then, or put the customer's approval of a "
                    "billable extra on record.",
                    reason=verdict.reason,
                )
                if verdict.changes_on
                else self.env._(
                    "%(reason)s The upgrade can go on as a billable extra, with the "
                    "customer's approval on record.",
                    reason=verdict.reason,
                )
            )
        if self.right_no:
            self._drop_right()

    def _create_instances(self):
        """The customer's test and development instance of the new version. R5, R12."""
        self.ensure_one()
        missing = {"test", "development"} - set(
            self.upgrade_instance_ids.mapped("role")
        )
        # sudo: a consultant may start an upgrade, but not add instances as they like.
        instances_sudo = amending(self.env["support.instance"].sudo())
        instances_sudo.create(
            [
                self._prepare_instance_vals(role)
                for role in sorted(missing, reverse=True)
            ]
        )

    def _prepare_instance_vals(self, role):
        """Values of an instance that the upgrade needs.

        Its code comes from the same repositories, from the branches of the new version
        where they are named so, and the same modules are covered.
        """
        self.ensure_one()
        labels = dict(
            self.env["support.instance"]
            ._fields["role"]
            ._description_selection(self.env)
        )
        return {
            "name": f"{labels[role]} {self.to_series} ({self.name})",
            "contract_id": self.contract_id.id,
            "role": role,
            "billed": False,
            "series": self.to_series,
            "edition": self.instance_id.edition,
            "upgrade_id": self.id,
            "source_ids": [
                Command.create(vals) for vals in self._prepare_sources_vals()
            ],
            "module_ids": [
                Command.create(
                    {
                        "name": module.name,
                        "author": module.author,
                        "origin": module.origin,
                        "covered": module.covered,
                    }
                )
                for module in self.instance_id.module_ids
            ],
        }

    def _prepare_sources_vals(self):
        """Values of the sources of the new version, as far as they can be guessed."""
        self.ensure_one()
        # sudo: addresses of repositories are read here, not shown.
        return [
            {
                "sequence": source.sequence,
                "kind": source.kind,
                "url": source.url,
                "branch": (source.branch or "").replace(
                    self.from_series, self.to_series
                ),
                "subdirectory": source.subdirectory,
                **source._prepare_next_version_vals(),
            }
            for source in self.instance_id.sudo().source_ids
        ]

    def _list_modules(self):
        """One line for each of the covered modules, to decide on. Clause R9."""
        self.ensure_one()
        known = set(self.module_ids.mapped("name"))
        covered = self.instance_id.module_ids.filtered("covered")
        self.module_ids = [
            Command.create({"name": module.name, "lines_before": module.code_lines})
            for module in covered
            if module.in_last_count and module.name not in known
        ]

    def _on_started(self):
        """What follows from the start of the work; a hook. The fee is due now."""
        self.ensure_one()

    def _on_done(self):
        """What follows from going live; a hook."""
        self.ensure_one()

    def _end_instances(self, day):
        """Give the upgrade's test and development instances their last day. R5."""
        self.ensure_one()
        # sudo: the day follows from the upgrade, whoever moves it on.
        # One that was agreed to be billed closes on the day that is agreed.
        open_sudo = self.sudo().upgrade_instance_ids.filtered(
            lambda instance: instance.active and not instance.is_agreed
        )
        open_sudo.write({"date_end": day})

    def _ask_for_decision(self):
        """A to-do for the account manager: accept or decline the request."""
        self.ensure_one()
        user = self.contract_id.user_id
        if user and user != self.env.user:
            self.activity_schedule(
                "support_contract.activity_upgrade_request",
                user_id=user.id,
                note=self.right_text,
            )

    def _close_decision(self):
        self.activity_unlink(["support_contract.activity_upgrade_request"])

    def _check_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(upgrade)s is %(state)s. Load it again to see what is next.",
                    upgrade=self.name,
                    state=labels[self.state],
                )
            )

    def _move(self, state, date_field=None, note=""):
        """To the next state, with its day, written down in the event log."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        before = labels[self.state]
        values = {"state": state}
        if date_field:
            values[date_field] = self.company_id._support_today()
        self._as_step().write(values)
        self._log_step(note, before=before, after=labels[state])
