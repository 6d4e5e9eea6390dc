# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer asks and orders on the pages of an agreement, and is answered."""

from dataclasses import dataclass, field

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .agreed import format_price

# Of one text; and of open questions of one agreement, lest a form fills a database.
LONGEST, MOST_OPEN = 4000, 20
# How many questions a page shows.
SHOWN = 10
LAYOUT = "mail.mail_notification_light"


@dataclass
class Form:
    """What a page lets a customer ask.

    :param kind: of the question
    :param title: what it is for
    :param label: of the field for the text
    :param now: what happens when it is sent
    :param button: the word on it
    :param choice: label of what is chosen from, if anything is
    :param options: list of (value, text) to choose from
    :param extra: name of another template in the form
    """

    kind: str
    title: str
    label: str
    now: str
    button: str
    choice: str = ""
    options: list = field(default_factory=list)
    extra: str = ""


def get_forms(contract, kinds):
    """{kind: :class:`Form`} of what can be asked of this agreement now.

    :param kinds: those that are wanted
    """
    env = contract.env
    who = contract.user_id.name or contract.company_id.name
    now = env._(
        "You get a receipt by mail. %s answers by mail, and the answer stays here.", who
    )
    forms = {
        "question": Form(
            "question",
            env._("Ask a question"),
            env._("Your question"),
            now,
            env._("Ask"),
        )
    }
    if contract.state not in ("active", "notice") or kinds <= {"question"}:
        return forms
    forms["order"] = Form(
        "order",
        env._("Order or change"),
        env._("What you would like, and from when"),
        env._(
            "Nothing changes yet. You get a receipt by mail; %s answers with what it "
            "costs and from when, and you say yes to that first.",
            who,
        ),
        env._("Send the order"),
        env._("Service"),
        [
            *((str(one.id), text) for one, text in _get_offers(contract)),
            ("", env._("Something else")),
        ],
    )
    ending = _get_services_to_end(contract)
    if ending:
        forms["end"] = Form(
            "end",
            env._("Ask to end it"),
            env._("Anything you want to tell us"),
            env._(
                "The day on which you ask counts. Nothing ends yet: you get a receipt "
                "by mail, and %s confirms the last day.",
                who,
            ),
            env._("Ask to end it"),
            env._("What ends"),
            [
                ("", env._("The whole agreement")),
                *((str(one.id), one.type_id.name) for one in ending),
            ],
        )
    return forms


def _get_offers(contract):
    """Pairs of a type of service that can be ordered and its price in words."""
    env, today = contract.env, contract.company_id._support_today()
    running = contract.service_ids.filtered(lambda one: not one._is_over(today))
    prices = contract.terms_id.price_ids.filtered(
        lambda price: not price.is_example
        and price.basis not in ("hours", "usage")
        and price.type_id not in running.type_id
    )
    return [
        (
            price.type_id,
            env._(
                "%(service)s, %(price)s a month",
                service=price.type_id.name,
                price=format_price(env, price.price_unit, contract.currency_id),
            )
            if price.basis == "fixed"
            else price.type_id.name,
        )
        for price in prices
    ]


def _get_services_to_end(contract):
    today = contract.company_id._support_today()
    return contract.service_ids.filtered(
        lambda service: not service.date_end and not service._is_over(today)
    )


class Asking:
    """One question of a visitor who may ask it.

    :param contract: ``support.contract`` in superuser mode
    :param kind: of the question; that the visitor may ask it is checked before
    :param person: `res.partner`, who asks
    """

    def __init__(self, contract, kind, person):
        self.contract, self.env = contract, contract.env
        self.kind, self.person = kind, person

    def ask(self, text, choice="", sent=None):
        """Write it down, let somebody know, and send a receipt.

        :param text: what the visitor wrote
        :param choice: the value of what was chosen, of the form's options
        :param sent: what else the form sent: {name: text}
        :return: ``support.question``
        :raise UserError: with what to do
        """
        if not self.person.partner_share:
            raise UserError(self.env._("The customer asks, not we."))
        form = self.contract._get_portal_forms({self.kind}).get(self.kind)
        if not form:
            raise UserError(self.env._("That cannot be asked of this agreement now."))
        text = (text or "").strip()
        if not text and not form.options:
            raise UserError(self.env._("Write what you would like to know."))
        if len(text) > LONGEST:
            raise UserError(self.env._("That is too long: write less."))
        if choice not in dict([*form.options, ("", "")]):
            raise UserError(self.env._("Choose one of the lines."))
        own = self.contract.question_ids.filtered(lambda one: one.state == "open")
        if len(own) >= MOST_OPEN:
            raise UserError(
                self.env._(
                    "There are many questions of yours that we have not answered yet. "
                    "Call us."
                )
            )
        question = self.env["support.question"].create(
            self._prepare_vals(form, text, choice)
            | self.contract._prepare_question_vals(self.kind, choice, sent or {})
        )
        self._tell(question)
        question._after_asking()
        self._send_receipt(question, form)
        return question

    def _prepare_vals(self, form, text, choice):
        contract = self.contract
        return {
            "contract_id": contract.id,
            "customer_id": contract.partner_id.commercial_partner_id.id,
            "partner_id": self.person.id,
            "kind": self.kind,
            "text": text or dict(form.options)[choice],
        }

    def _tell(self, question):
        """A to-do with who looks after the contract."""
        responsible = self.contract._get_responsible_user()
        name = question.with_context(lang=responsible.lang).display_name
        # Who answers the receipt by mail is heard.
        question.message_subscribe(responsible.partner_id.ids)
        question.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=name,
            note=plaintext2html(question.text),
            user_id=responsible.id,
        )

    def _send_receipt(self, question, form):
        """What they asked, and what happens now."""
        send(
            question,
            self.env._("We have received: %s", question.display_name),
            Markup("<p>%s</p>%s<p>%s</p>")
            % (self.env._("You wrote:"), plaintext2html(question.text), form.now),
        )


class Answer:
    """What staff answers a question.

    :param question: ``support.question``
    """

    def __init__(self, question):
        self.question, self.env = question, question.env

    def send(self):
        """Send it to whoever asked; it stays on the page.

        :raise UserError: when there is nothing to send, or it was sent
        """
        question = self.question
        if question.state != "open":
            raise UserError(self.env._("This is answered already."))
        if not (question.answer or "").strip():
            raise UserError(self.env._("Write the answer."))
        # sudo: written by the system alone.
        question_sudo = question.sudo()._with_permission()
        question_sudo.write(
            {
                "state": "answered",
                "answered_by_id": self.env.user.id,
                "date_answered": fields.Datetime.now(),
            }
        )
        question_sudo.activity_feedback(["mail.mail_activity_data_todo"])
        in_theirs = question_sudo.with_context(lang=question_sudo.partner_id.lang)
        env = in_theirs.env
        send(
            in_theirs,
            env._("Our answer: %s", in_theirs.display_name),
            Markup("%s<p>%s</p>%s")
            % (
                plaintext2html(question_sudo.answer),
                env._("You wrote:"),
                plaintext2html(question_sudo.text),
            ),
        )
        question_sudo._after_answer()


def send(question, subject, body):
    """Mail something about a question to whoever asked it, with where it is kept.

    :param question: ``support.question`` in superuser mode, in the reader's language
    """
    contract = question.contract_id
    link = f"{contract.get_base_url()}{contract._get_portal_link(None)}"
    body += Markup('<p><a href="%s">%s</a></p>') % (
        link,
        question.env._("Your support agreement"),
    )
    author = contract.user_id.partner_id or contract.company_id.partner_id
    question.message_post(
        subject=subject,
        body=body,
        author_id=author.id,
        email_from=author.email_formatted or contract.company_id.email_formatted,
        partner_ids=question.partner_id.ids,
        message_type="auto_comment",
        subtype_xmlid="mail.mt_note",
        email_layout_xmlid=LAYOUT,
        # A receipt is sent by whoever it is for.
        notify_author=True,
    )


def get_shown_questions(contract, cards):
    """The questions that a page shows, in superuser mode, the newest first.

    Administrators see those of everybody, others their own.

    :param cards: codes of the cards of the page that the visitor sees
    """
    if not any(card.startswith("ask_") for card in cards):
        return contract.env["support.question"]
    customer = contract.partner_id.commercial_partner_id
    shown = contract.question_ids.filtered(
        lambda one: f"ask_{one.kind}" in cards and one.customer_id == customer
    )
    if "questions" not in cards:
        person = contract.env.context.get("support_visitor")
        shown = shown.filtered(lambda one: one.partner_id.id == person)
    return shown[:SHOWN]
