# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A customer's message on an invoice: one to-do until somebody has answered.

The to-do is on the contract, whose account manager need not read invoices. Nothing is
held by a message: that is a button on the to-do.
"""

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext, plaintext2html

from .billing import ACCOUNTANTS

QUESTION = "support_contract_billing.activity_invoice_question"
RECEIPT = "support_contract_billing.mail_template_question_receipt"
# What a program has sent by itself, such as a note of absence or an invoice of ours.
AUTOMATIC = "support_automatic_message"
# How much of a message stands in the to-do; all of it is on the invoice.
LONGEST = 1000


class InvoiceMessage:
    """
    :param move: the invoice on which it was written
    :param message: `mail.message`
    """

    def __init__(self, move, message):
        # sudo: customers and mail gateways read neither contracts nor to-dos.
        self.move, self.message = move.sudo(), message.sudo()
        self.env = self.move.env

    def follow(self):
        """Make a to-do of a customer's message, close it at an answer of staff."""
        author = self.message.author_id
        ours = self.move.company_id.partner_id.commercial_partner_id
        if not self._is_conversation() or not self.move.support_contract_ids:
            return
        if author and not author.partner_share:
            get_questions(self.move).action_feedback()
        elif author.commercial_partner_id != ours:
            self._ask()

    def _is_conversation(self):
        return (
            self.message.message_type in ("comment", "email")
            and self.message.subtype_id == self.env.ref("mail.mt_comment")
            and not self.env.context.get(AUTOMATIC)
        )

    def _ask(self):
        contract = self.move.support_contract_ids.sorted("id")[:1]
        user = contract._get_responsible_user(ACCOUNTANTS)
        note = self._describe(user)
        if asked := get_questions(self.move):
            asked[0].note = (asked[0].note or Markup()) + note
            return
        contract.activity_schedule(
            QUESTION,
            note=note,
            user_id=user.id,
            support_move_id=self.move.id,
        )
        # Before the message is sent to who follows: they answer it by mail as well.
        self.move.message_subscribe(user.partner_id.ids)
        self._send_receipt()

    def _describe(self, user):
        """Who wrote what on which invoice, in the language of who answers."""
        text = html2plaintext(self.message.body or "").strip()
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]}…"
        head = self.env(context={"lang": user.lang})._(
            "%(author)s about %(invoice)s:",
            author=self.message.author_id.name or self.message.email_from or "?",
            invoice=self.move.name,
        )
        return Markup("<p><b>%s</b></p>%s") % (head, plaintext2html(text))

    def _send_receipt(self):
        """To who is known to be of the customer: nobody else is written to.

        Once for each to-do, so that two programs do not answer each other for ever.
        """
        author = self.message.author_id
        same = self.move.commercial_partner_id
        if author.email and author.commercial_partner_id == same:
            self.move.message_post_with_source(
                self.env.ref(RECEIPT),
                message_type="auto_comment",
                subtype_xmlid="mail.mt_note",
                partner_ids=author.ids,
            )


def get_questions(moves):
    """To-dos about messages of customers on these invoices, the oldest first."""
    # sudo: to-dos are on contracts, which whoever answers need not read.
    activities_sudo = moves.env["mail.activity"].sudo()
    return activities_sudo.search(
        [
            ("activity_type_id", "=", moves.env.ref(QUESTION).id),
            ("support_move_id", "in", moves.ids),
        ],
        order="id",
    )


def find_questions(env):
    """(invoices with an open question, since when) of the chosen companies."""
    # sudo: to-dos are closed to who does not read the contract.
    activities_sudo = env["mail.activity"].sudo()
    found = activities_sudo.search(
        [
            ("activity_type_id", "=", env.ref(QUESTION).id),
            ("support_move_id.company_id", "in", env.companies.ids),
        ],
        order="id",
    )
    moves = env["account.move"].browse(found.support_move_id.ids)
    return moves, found[:1].create_date


def find_held(env):
    """Invoices of ours that somebody holds, and that are still to be paid."""
    return env["account.move"].search(
        [
            ("company_id", "in", env.companies.ids),
            ("payment_state", "=", "blocked"),
            ("state", "=", "posted"),
            ("amount_residual", "!=", 0),
            ("support_contract_ids", "!=", False),
        ]
    )


def can_hold(move):
    """Whether an invoice is still to be paid, and not held already."""
    return move.state == "posted" and move.payment_state in ("not_paid", "partial")


def hold(activity):
    """Put off the invoice that a customer asks about: it is not overdue meanwhile.

    :param activity: `mail.activity`
    :raise AccessError: for who may not hold charges of its contract either
    """
    env = activity.env
    # sudo: account managers answer customers and need not read invoices.
    move_sudo = activity.sudo().support_move_id
    # Only an invoice of that contract: people can write any other into a to-do.
    contract_sudo = move_sudo.support_contract_ids.filtered(
        lambda one: (one._name, one.id) == (activity.res_model, activity.res_id)
    )
    contract_sudo.sudo(False).check_access("read")
    if not env.user.has_group("support_contract.group_support_user"):
        raise AccessError(env._("Only consultants hold an invoice."))
    if not contract_sudo or not can_hold(move_sudo):
        raise UserError(env._("There is nothing to hold: it is paid or held already."))
    move_sudo.action_toggle_block_payment()
    move_sudo.message_post(body=env._("Held until the customer is answered."))
