# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from odoo.addons.support_contract.transactions import commit_alone

from ..billing import UNIQUE
from .support_contract import ACCOUNTANTS

ACTIVITY = "support_contract_billing.activity_sending_failed"
CRON = "support_contract_billing.ir_cron_check_sending"
# The server for outgoing e-mail was down: tried again after so long, for so long.
PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=7)


class SupportContract(models.Model):
    """An invoice that did not reach its customer, said on its contract.

    Sending is Odoo's own work, and a failure stays with an e-mail that nobody looks at.
    A scheduled action of ours looks, in transactions of its own.
    """

    _inherit = "support.contract"

    sending_error = fields.Text(
        string="Not Sent",
        readonly=True,
        copy=False,
        help="Which invoices did not reach the customer, and why; the next success "
        "clears it.",
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"sending_error"}

    def action_send_again(self):
        """Try to send the invoices that did not reach the customer; a button."""
        self.check_access("read")
        if not self.env.user.has_group(ACCOUNTANTS):
            raise AccessError(self.env._("Only an accountant can send invoices."))
        # sudo: accountants send invoices, and need not be able to change contracts.
        for contract_sudo in self.sudo():
            if not contract_sudo._send_again():
                raise UserError(
                    self.env._("Every invoice of %s was sent.", contract_sudo.name)
                )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The invoices are sent again in some minutes."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _ask_for_sending_check(self):
        """Let the scheduled action look as soon as this transaction is over."""
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            # sudo: triggering a scheduled action needs Settings rights otherwise.
            cron.sudo()._trigger()

    @api.model
    def _cron_check_sending(self):
        """Note on contracts which of their invoices were not sent, and try again.

        Idempotent: the state of the e-mails decides, not who has been told.
        """
        contracts = self._get_sending_to_check()
        self.env["ir.cron"]._commit_progress(remaining=len(contracts))
        waiting = False
        for contract_id in contracts.ids:
            waiting |= self.browse(contract_id)._check_sending()
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if waiting and (cron := self.env.ref(CRON, raise_if_not_found=False)):
            cron._trigger(at=self.env.cr.now() + PAUSE)

    @api.model
    def _get_sending_to_check(self):
        """Contracts with an invoice that may have failed, or that did before."""
        failed = self.env["mail.notification"].search(
            [
                ("notification_type", "=", "email"),
                ("notification_status", "in", ("exception", "bounce")),
                ("mail_message_id.model", "=", "account.move"),
            ]
        )
        moves = self.env["account.move"].browse(failed.mail_message_id.mapped("res_id"))
        moves |= moves.search([("support_sending_error", "!=", False)])
        flagged = self.search([("sending_error", "!=", False)])
        return moves.exists()._get_support_contracts() | flagged

    def _check_sending(self):
        """See whether the invoices of one contract were sent; commits.

        :return: whether it waits for a server that is to be tried again
        """
        self.ensure_one()

        def check():
            if not self.try_lock_for_update(allow_referencing=True):
                raise LockError("locked")
            return self._update_sending_error()

        waiting = commit_alone(self.env, check, unique=UNIQUE)
        return waiting is None or waiting

    def _update_sending_error(self):
        self.ensure_one()
        problems = self.invoice_ids._get_sending_problems()
        text = "\n".join(f"{move.name}: {why}" for move, why in problems.items())
        if not text:
            if self.sending_error:
                self._clear_failure("sending_error", ACTIVITY)
            return False
        if text != self.sending_error:
            self._record_failure("sending_error", ACTIVITY, text, ACCOUNTANTS)
        return self._retry_mails(list(problems))

    def _retry_mails(self, moves):
        """Put e-mails that no server took back into the queue after a while.

        They left here in no part, so that nobody gets one twice.

        :return: whether there is something to try again, now or later
        """
        now = self.env.cr.now()
        waiting = self.env["mail.mail"]
        for move in moves:
            waiting |= (
                move._get_failed_notifications()
                .filtered(
                    lambda one: one.failure_type == "mail_smtp"
                    and one.mail_message_id.date > fields.Datetime.now() - PATIENCE
                )
                .mail_mail_id
            )
        due = waiting.filtered(
            lambda mail: mail.state == "exception" and mail.write_date <= now - PAUSE
        )
        if due:
            due.mark_outgoing()
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return bool(waiting)

    def _send_again(self):
        """Somebody has looked: what failed is tried again at once, whatever it was.

        :return: the invoices
        """
        self.ensure_one()
        problems = self.invoice_ids._get_sending_problems()
        anew = self.env["account.move"]
        for move in problems:
            mails = move._get_failed_notifications().mail_mail_id
            if not move.support_sending_error and mails:
                mails.filtered(lambda mail: mail.state == "exception").mark_outgoing()
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
            else:
                # An address that was wrong: the e-mail is gone, another one is made.
                anew |= move
        anew._queue_sending()
        return self.env["account.move"].union(*problems)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_support_contracts(self):
        """The contracts whose charges these invoices carry."""
        charges = self.env["support.charge"].search([("move_id", "in", self.ids)])
        return charges.contract_id
