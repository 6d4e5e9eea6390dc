# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the customer answers: yes, no, that they never said yes, that it ends."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, plaintext2html

from odoo.addons.support_contract.periods import ONE_DAY

from .approvers import Approvers
from .approving import lock, release

# Characters of what a customer writes.
LONGEST = 500


class Answer:
    """One answer. Of two at once the second finds what the first has left, see
    :func:`.approving.lock`.

    :param approval: `support.work.approval`
    """

    def __init__(self, approval):
        approval.ensure_one()
        self.approval, self.env = approval, approval.env
        # sudo: the customer answers, and what follows is written by the system.
        self.approval_sudo = approval.sudo()
        self.contract = self.approval_sudo.contract_id
        self.approvers = Approvers(approval)

    def accept(self, partner, name, via, order_number="", remark=""):
        """The customer says yes.

        :param partner: `res.partner` who says it
        :param name: as they wrote it
        :param via: ``portal``, ``link`` or ``phone``
        :param remark: what else they want to say, which the account manager reads
        :raise UserError: when it is decided, withdrawn or out of date, or may not be
            decided by them
        """
        self._check_open()
        if not self.approvers.may_decide(partner):
            raise UserError(
                self.env._("You may not approve that much for %s.", self.contract.name)
            )
        order_number, remark = _shorten(order_number), _shorten(remark)
        if self.contract.approval_order_required and not order_number:
            raise UserError(self.env._("Enter your order number."))
        vals = {"order_number": order_number, "decline_reason": remark}
        self._decide("accepted", partner, name, via, vals)
        if remark:
            self._leave_to_account_manager(self.env._("Approved with a remark"), remark)
        self._order_factor()
        release(self.contract)
        self.approval._notify_used_up()

    def decline(self, partner, name, via, reason=""):
        """The customer says no; what waits is left to the account manager."""
        self._check_open()
        self._check_may_answer(partner)
        reason = _shorten(reason)
        self._decide("declined", partner, name, via, {"decline_reason": reason})
        self._leave_to_account_manager(self.env._("The customer said no"), reason)

    def object(self, reason, partner=None):
        """The customer says that a yes was never given; the account manager follows it
        up. What is invoiced is corrected by an accountant.
        """
        approval = self.approval
        lock(approval)
        if partner is not None:
            self._check_may_answer(partner)
        by_phone = approval.state == "accepted" and approval.decided_via == "phone"
        if not by_phone or approval.objection:
            raise UserError(self.env._("There is nothing to object to."))
        text = _shorten(reason) or self.env._("Without a reason")
        self.approval_sudo.objection = text
        # sudo: as above. What is not invoiced yet waits again.
        charges_sudo = self.env["support.charge"].sudo()
        for charge in charges_sudo.search(
            [("approval_id", "=", approval.id), ("state", "=", "pending")]
        ):
            charge._set_state({"state": "approval", "approval_id": False}, text)
        self._leave_to_account_manager(self.env._("The customer objects"), text)

    def end(self, day, partner=None, reason=""):
        """End a standing approval; work of the days before stays covered.

        :param day: the first day whose work it covers no more, today or later
        :param partner: who of the customer ends it; None for a manager
        """
        approval = self.approval
        if partner is None:
            approval.check_access("write")
            if not self.env.user.has_group("support_contract.group_support_manager"):
                raise AccessError(self.env._("Only a manager ends an approval."))
        elif not self.approvers.may_end(partner):
            raise UserError(self.env._("Only your administrators end an approval."))
        lock(approval)
        earliest = approval._get_earliest_end()
        if not earliest:
            raise UserError(self.env._("There is no standing approval to end."))
        if not day or day < earliest:
            raise UserError(self.env._("Choose today or a later day."))
        if approval.date_end and approval.date_end < day:
            raise UserError(self.env._("It ends before that day."))
        self.approval_sudo._with_permission().date_end = day - ONE_DAY
        self._tell_end(day, partner, _shorten(reason))

    def _check_open(self):
        lock(self.approval)
        if self.approval.state != "sent":
            raise UserError(self.env._("This was decided or withdrawn meanwhile."))
        if not self.approval._is_open():
            raise UserError(
                self.env._("This offer is no longer valid. Ask us for a new one.")
            )

    def _check_may_answer(self, partner):
        """Refuse an answer from somebody who was not asked and has no say."""
        if not self.approvers.may_answer(partner):
            raise UserError(
                self.env._("You may not answer this for %s.", self.contract.name)
            )

    def _decide(self, state, partner, name, via, vals):
        self.approval_sudo.write(
            {
                "state": state,
                "date_decided": fields.Datetime.now(),
                "decided_by": partner.id,
                "decided_name": (name or partner.name or "").strip()[:128],
                "decided_via": via,
                **vals,
            }
        )
        name = self.approval.name
        self.contract._log_event(
            "charge",
            self.env._("%(approval)s: %(answer)s", approval=name, answer=state),
            record=self.approval,
        )

    def _order_factor(self):
        """Order the work for the evening, or whenever it was offered for, from the day
        that was planned, at the latest from today on: time of earlier days was for
        less.

        A former customer orders nothing more.
        """
        work, factor = self.approval_sudo._get_work(), self.approval_sudo.work_factor_id
        if factor and work and not work.work_factor_id:
            if not self.approvers.is_former():
                company = self.contract.company_id
                first = company._support_today()
                if planned := self.approval_sudo.date_planned:
                    first = min(first, company._support_date(planned))
                work.write({"work_factor_id": factor.id, "date_factor": first})

    def _leave_to_account_manager(self, summary, note):
        self.approval_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.contract._get_responsible_user().id,
            summary=summary,
            note=plaintext2html(note or ""),
        )

    def _tell_end(self, day, partner, reason):
        """Note the end in the contract's log, and tell customer and account manager."""
        manager = self.contract._get_responsible_user()
        text = self.env._(
            "%(approval)s ends: work from %(day)s on needs another approval. "
            "%(who)s: %(reason)s",
            approval=self.approval.name,
            day=format_date(self.env, day),
            who=(partner or self.env.user.partner_id).name,
            reason=reason or "–",
        )
        self.contract._log_event("charge", text, record=self.approval)
        self.approval_sudo.message_post(
            body=text,
            partner_ids=(self.approval_sudo.partner_id | manager.partner_id).ids,
            subtype_xmlid="mail.mt_comment",
        )


def _shorten(text):
    return (text or "").strip()[:LONGEST]
