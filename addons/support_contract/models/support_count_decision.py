# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import plaintext2html

from .support_contract import MANAGERS
from .support_evidence import DECIDED

ACTIVITY = "support_contract.activity_count_review"
APPROVERS = "support_contract.group_support_approver"


class SupportCount(models.Model):
    """Who decided on a count, when and why."""

    _name = "support.count"
    _inherit = ["support.count", "mail.activity.mixin"]

    decided_by_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        readonly=True,
        help="Empty: there was nothing new to see, and nobody had to.",
    )
    decided_on = fields.Datetime(readonly=True)
    decision_reason = fields.Text(string="Reason", readonly=True)

    def action_approve(self):
        """Approve with all that is to see in it; a button."""
        self._check_undecided_for(self.env._("approved"))
        self._decide("approved")

    def action_reject(self):
        """Ask for the reason; a button."""
        self._check_undecided_for(self.env._("rejected"))
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject the Count"),
            "res_model": "support.count.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_count_ids": [fields.Command.set(self.ids)]},
        }

    def _check_undecided_for(self, what):
        if self.filtered(lambda count: count.state in DECIDED):
            raise UserError(
                self.env._("Only an undecided count can be %s.", what),
            )

    def _check_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group(APPROVERS):
            raise AccessError(
                self.env._("Only a count approver can decide on a count.")
            )

    def _decide(self, state, reason=""):
        """Decide as the current user, who must be an approver."""
        self._check_may_decide()
        # sudo: nobody has write access to counts, the decision is all that changes.
        for count in self.sudo():
            count._lock_to_decide()
            count._check_undecided_for(self.env._("decided"))
            if state == "approved":
                count._check_sound()
            count._note_decision(state, reason, self.env.user)
            if state == "approved":
                count._close_older()
            count.contract_id.with_user(self.env.user)._log_event(
                "count",
                reason,
                record=count.with_user(self.env.user),
                field_name="state",
                before=count._label("to_review"),
                after=count._label(state),
            )

    def _lock_to_decide(self):
        """Somebody else may be deciding at this moment.

        :raise LockError: with what to do
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError as error:
            raise LockError(
                self.env._(
                    "Somebody else is at %s just now. Look at it again in a minute.",
                    self.display_name,
                )
            ) from error

    def _check_sound(self):
        """Nobody approves what somebody has changed since it was counted: from then on
        it could not be put right.

        :raise UserError: with what contradicts
        """
        self.ensure_one()
        if found := self._get_contradictions():
            raise UserError(
                self.env._(
                    "%(count)s cannot be approved: it was changed after it was made. "
                    "Reject it and count again.\n%(found)s",
                    count=self.display_name,
                    found="\n".join(found),
                )
            )

    def _label(self, state):
        return dict(self._fields["state"]._description_selection(self.env))[state]

    def _note_decision(self, state, reason="", user=None):
        """From here on the count never changes."""
        self.ensure_one()
        if state == "approved":
            holds = self.flag_ids.filtered("waits")
            holds.accepted = True
            # The database refuses flags of a decided count: they come first.
            holds.flush_recordset()
        self.write(
            {
                "state": state,
                "decided_by_id": user.id if user else False,
                "decided_on": fields.Datetime.now(),
                "decision_reason": reason or False,
            }
        )
        self.flush_recordset()
        self.activity_unlink([ACTIVITY])

    def _close_older(self):
        """Nobody needs to decide on what a newer approved count has replaced."""
        self.ensure_one()
        older = self.search(
            [
                ("instance_id", "=", self.instance_id.id),
                ("id", "<", self.id),
                ("state", "in", ("draft", "to_review")),
            ]
        )
        for count in older:
            count._note_decision(
                "rejected",
                self.env._("A newer count of the instance was approved."),
            )

    def _approve_if_unquestioned(self):
        """Approve what needs nobody's eyes; the rest waits for an approver.

        Only a hold that is new or has grown since the latest approved count waits.
        """
        for count in self:
            if count.flag_ids.filtered("waits"):
                count.state = "to_review"
                count._ask_for_review()
            else:
                count._note_decision("approved")
                count._close_older()

    def _ask_for_review(self):
        """One to-do for each instance, on its newest count."""
        self.ensure_one()
        self.search(
            [
                ("instance_id", "=", self.instance_id.id),
                ("id", "!=", self.id),
                ("state", "=", "to_review"),
            ]
        ).activity_unlink([ACTIVITY])
        notes = [
            self.env._(
                "%s things are new to see before a fee is computed from it.",
                self.hold_count,
            )
        ]
        user = self._get_approver()
        if not user:
            user = self._get_substitute()
            notes.append(
                self.env._(
                    "Nobody in %s may decide on it: let somebody have the right “Count "
                    "Approver”.",
                    self.company_id.name,
                )
            )
        if user:
            # A note is HTML, and a name may hold anything.
            note = plaintext2html(" ".join(notes))
            self.activity_schedule(ACTIVITY, user_id=user.id, note=note)

    def _get_approver(self):
        """Who decides: the account manager if an approver, else the first approver."""
        self.ensure_one()
        approvers = self._get_company_users(APPROVERS)
        manager = self.contract_id.user_id & approvers
        return (manager or approvers)[:1]

    def _get_substitute(self):
        """Who sees to it that somebody may decide: a manager of the company, else the
        account manager."""
        self.ensure_one()
        account_manager = self.contract_id.user_id.filtered("active")
        return (self._get_company_users(MANAGERS) or account_manager)[:1]

    def _get_company_users(self, group):
        """People of the count's company in a group, by its external id."""
        return (
            self.env.ref(group)
            .all_user_ids.filtered(
                lambda user: user.active
                and user.id != SUPERUSER_ID
                and self.company_id in user.company_ids
            )
            .sorted("id")
        )


class SupportEvent(models.Model):
    _inherit = "support.event"

    @api.model
    def _selection_kind(self):
        return [*super()._selection_kind(), ("count", self.env._("Line Count"))]
