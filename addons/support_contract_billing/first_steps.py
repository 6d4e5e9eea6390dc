# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From nothing to the first invoice: the rows of the page "Get Started".

Whether one is done is computed from facts, so that they can be done in any order, here
or elsewhere. Add-ons add theirs in ``_get_steps`` of `support.get.started`.
"""

from dataclasses import dataclass
from functools import cached_property

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import config, format_amount, format_date, format_datetime

from odoo.addons.support_contract.windows import get_dialog

from .previewing import preview_invoices
from .recipients import describe_address

CRON = "support_contract_billing.ir_cron_count_and_bill"
ACCOUNTANTS = "support_contract.group_support_billing"
MANAGERS = "support_contract.group_support_manager"
# Of so many contracts the page computes what they would be invoiced.
MOST_PREVIEWED = 50


@dataclass(frozen=True)
class Standing:
    """How one step stands.

    :param text: what there is, or what is missing
    :param waits: another step comes first, and the buttons are off
    :param button: its label; without one there is nothing to press
    :param other: the label of a second button
    """

    text: str
    done: bool = False
    waits: bool = False
    button: str = ""
    other: str = ""


class Facts:
    """What several steps look at, read once for the page.

    :param company: `res.company`, itself as the company of its environment
    """

    def __init__(self, company):
        self.company, self.env = company, company.env

    @cached_property
    def contracts(self):
        """Drafts and running contracts, the oldest first."""
        return self.env["support.contract"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "in", ("draft", "active", "notice")),
            ],
            order="id",
        )

    @cached_property
    def running(self):
        return self.contracts.filtered(lambda one: one.state != "draft")

    @cached_property
    def posted_domain(self):
        """Domain of the posted documents that ask for charges of ours."""
        return Domain(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("invoice_line_ids.support_charge_ids", "!=", False),
            ]
        )

    @cached_property
    def first_invoice(self):
        """The first invoice that reached its customer, or was posted to be handed over;
        none before.
        """
        # sudo: that there is one is no secret.
        invoices_sudo = self.env["account.move"].sudo()
        ours = self.posted_domain & Domain("move_type", "=", "out_invoice")
        sent = Domain("is_move_sent", "=", True)
        # sudo: as above.
        if self.company.sudo().support_billing_policy != "send":
            sent = Domain.TRUE
        return invoices_sudo.search(ours & sent, order="id", limit=1)

    @cached_property
    def previews(self):
        """What would be invoiced next: (day, list of previews)."""
        if len(self.running) > MOST_PREVIEWED:
            return None, []
        preview = self.env["support.billing.preview"]
        for day in preview._get_days():
            if found := preview_invoices(self.running, day):
                return day, found
        return None, []


class Step:
    """One row of the page.

    :param facts: the :class:`Facts` of the page
    """

    # A row keeps it: unique among the steps.
    code = ""

    def __init__(self, facts):
        self.facts, self.company, self.env = facts, facts.company, facts.env

    def get_name(self):
        """What there is to do, in a few words."""
        raise NotImplementedError

    def find(self):
        """The :class:`Standing`. Writes nothing."""
        raise NotImplementedError

    def press(self):
        """What the button does.

        :return: an action
        """
        raise NotImplementedError

    def press_other(self):
        """What the second button does."""
        raise NotImplementedError

    def is_manager(self):
        return self.env.user.has_group(MANAGERS)

    def open(self, record):
        return record._get_records_action(name=record.display_name, context={})


class Mail(Step):
    code = "mail"

    def get_name(self):
        return self.env._("Mail goes out")

    @cached_property
    def server_sudo(self):
        # sudo: whether there is one is no secret; what is in it is not shown.
        return self.env["ir.mail_server"].sudo().search([], order="sequence", limit=1)

    def _find_sent(self):
        """Whether any e-mail of this database has ever left."""
        # sudo: that one left is no secret.
        mails_sudo = self.env["mail.mail"].sudo()
        notes_sudo = self.env["mail.notification"].sudo()
        sent = [
            ("notification_type", "=", "email"),
            ("notification_status", "=", "sent"),
        ]
        return mails_sudo.search_count(
            [("state", "=", "sent")], limit=1
        ) or notes_sudo.search_count(sent, limit=1)

    @cached_property
    def server(self):
        """Its address; empty without one. Odoo's configuration file can name it."""
        named = config.get("smtp_server")
        if self.server_sudo:
            return self.server_sudo.smtp_host or named
        return "" if named in (False, "localhost") else named

    def find(self):
        test = self.env._("Send Me a Test")
        setup = self.env.is_system() and self.env._("Set Up") or ""
        server = self.server
        if not self.server_sudo and not server:
            return Standing(
                self.env._("No server for outgoing mail.")
                if setup
                else self.env._(
                    "No server for outgoing mail: an administrator enters it."
                ),
                button=setup,
            )
        if not self._find_sent():
            return Standing(
                self.env._("%s: no e-mail has left yet.", server),
                button=test,
                other=setup,
            )
        return Standing(server, done=True, button=test)

    def press(self):
        if self.server_sudo or self.server:
            return send_test(self.env)
        return self.press_other()

    def press_other(self):
        view = self.env.ref("support_contract_billing.ir_mail_server_view_form_first")
        action = get_dialog(
            self.env._("Server for Outgoing Mail"),
            "ir.mail_server",
            name=self.company.name,
        )
        # sudo: the record opens with the rights of who presses.
        record = self.server_sudo.sudo(False)
        return action | {"views": [(view.id, "form")], "res_id": record.id}


class Terms(Step):
    code = "terms"

    def get_name(self):
        return self.env._("Terms and prices")

    @cached_property
    def published(self):
        return (
            self.env["support.contract"].with_company(self.company)._default_terms_id()
        )

    def _find_draft(self):
        return self.env["support.terms"].search(
            [("state", "=", "draft"), ("company_id", "in", [self.company.id, False])],
            order="id desc",
            limit=1,
        )

    def _describe(self, terms):
        price = terms.price_ids.filtered(lambda one: one.basis == "lines")[:1]
        if not price:
            return terms.display_name
        amount = format_amount(self.env, price.price_unit, terms.currency_id)
        return self.env._(
            "%(terms)s: %(amount)s per started %(step)s lines a month",
            terms=terms.display_name,
            amount=amount,
            step=price.step,
        )

    def find(self):
        button = self.env._("Set My Prices") if self.is_manager() else ""
        if self.published:
            return Standing(self._describe(self.published), done=True, button=button)
        if draft := self._find_draft():
            return Standing(
                self.env._("Not published: %s", self._describe(draft)), button=button
            )
        return Standing(self.env._("There are none."), button=button)

    def press(self):
        """A draft to write prices in: none that customers signed on changes."""
        if draft := self._find_draft():
            return self.open(draft)
        if self.published:
            return self.published.action_new_version()
        return {
            "type": "ir.actions.act_window",
            "name": self.get_name(),
            "res_model": "support.terms",
            "view_mode": "form",
        }


class Contract(Step):
    code = "contract"

    def get_name(self):
        return self.env._("First contract")

    @cached_property
    def draft(self):
        return self.facts.contracts.filtered(lambda one: one.state == "draft")[-1:]

    def _may_activate(self):
        return self.is_manager() and not self.draft._get_activation_obstacles()

    def find(self):
        new = self.env._("New Contract") if self.is_manager() else ""
        if running := self.facts.running:
            names = running[:1].display_name
            if len(running) > 1:
                names = self.env._("%s contracts run.", len(running))
            return Standing(names, done=True, button=new)
        if not self.draft:
            return Standing(
                self.env._("The customer, what they bought and what they run."),
                waits=not Terms(self.facts).published,
                button=new,
            )
        name, missing = self.draft.display_name, self.draft._get_activation_obstacles()
        if not missing and self.is_manager():
            return Standing(
                self.env._("%s is signed.", name),
                button=self.env._("Activate"),
                other=self.env._("Open"),
            )
        return Standing(
            "\n".join([name, *missing]), button=self.env._("Open"), other=new
        )

    def press(self):
        if self.facts.running or not self.draft:
            return self._make()
        if self._may_activate():
            self.draft.action_activate()
            return None
        return self.open(self.draft)

    def press_other(self):
        return self.open(self.draft) if self._may_activate() else self._make()

    def _make(self):
        """A new contract that proposes maintenance."""
        maintenance = self.env.ref(
            "support_contract.service_type_maintenance", raise_if_not_found=False
        )
        context = {}
        if maintenance in Terms(self.facts).published.price_ids.type_id:
            context["default_service_ids"] = [
                Command.create({"type_id": maintenance.id})
            ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Contract"),
            "res_model": "support.contract",
            "view_mode": "form",
            "context": context,
        }


class Count(Step):
    code = "count"

    def get_name(self):
        return self.env._("First line count")

    @cached_property
    def instances(self):
        """Those whose lines are billed."""
        return self.facts.contracts.instance_ids.filtered("billed")

    def find(self):
        if counted := self.instances.filtered("last_count_id")[:1]:
            count = counted.last_count_id
            return Standing(
                self.env._(
                    "%(instance)s: %(lines)s lines on %(day)s",
                    instance=counted.display_name,
                    lines=f"{count.code_lines:,}".replace(",", "\N{NO-BREAK SPACE}"),
                    day=format_date(self.env, count.date),
                ),
                done=True,
            )
        if not self.instances:
            by_lines = self.facts.contracts.service_ids.filtered(
                lambda service: service.type_id.basis == "lines"
            )
            if self.facts.running and not by_lines:
                return Standing(
                    self.env._("Nothing is charged by lines of code."), done=True
                )
            return Standing(
                self.env._("Needs a contract with an instance."),
                waits=True,
                button=self.env._("Count Now"),
            )
        instance = self.instances[0]
        if waiting := instance.count_ids.filtered(lambda one: one.state == "to_review"):
            return Standing(
                self.env._("%s: somebody has to look at it.", waiting[0].display_name),
                button=self.env._("Open"),
            )
        if not instance.source_ids:
            return Standing(
                self.env._("%s: its code has no address yet.", instance.display_name),
                button=self.env._("Open"),
            )
        return Standing(
            instance.count_error
            or instance.count_news
            or self.env._("%s: never counted", instance.display_name),
            button=self.env._("Count Now"),
            other=self.env._("Open"),
        )

    def press(self):
        instance = self.instances[:1]
        if not instance:
            raise UserError(self.find().text)
        waiting = instance.count_ids.filtered(lambda one: one.state == "to_review")
        if waiting:
            return self.open(waiting[0])
        if not instance.source_ids:
            return self.open(instance)
        instance.action_count()
        # The page shows what came of it.
        return None

    def press_other(self):
        return self.open(self.instances[:1])


class Preview(Step):
    code = "preview"

    def get_name(self):
        return self.env._("First preview")

    def find(self):
        look = self.env._("Look")
        if not self.facts.running:
            return Standing(
                self.env._("Needs a contract that is active."), waits=True, button=look
            )
        if len(self.facts.running) > MOST_PREVIEWED:
            return Standing(
                self.env._("%s contracts run.", len(self.facts.running)),
                done=True,
                button=look,
            )
        day, previews = self.facts.previews
        if not previews:
            return Standing(
                self.env._("Nothing is due in the coming months."), button=look
            )
        if failed := [one for one in previews if one.error]:
            return Standing(failed[0].error, button=look)
        return Standing(self._describe(day, previews), done=True, button=look)

    def _describe(self, day, previews):
        currency = previews[0].contracts.currency_id
        total = sum(
            one.totals[2] for one in previews if one.contracts.currency_id == currency
        )
        values = {
            "day": format_date(self.env, day),
            "total": format_amount(self.env, total, currency),
        }
        if len(previews) > 1:
            return self.env._(
                "%(number)s invoices on %(day)s, %(total)s with tax",
                number=len(previews),
                **values,
            )
        address = describe_address(previews[0].recipient, self.company)
        return self.env._(
            "1 invoice on %(day)s, %(total)s with tax, to %(address)s",
            address=address or previews[0].recipient.display_name,
            **values,
        )

    def press(self):
        return self.env["support.billing.preview"].action_open_all()


class Start(Step):
    code = "start"

    def get_name(self):
        return self.env._("Start")

    def find(self):
        # sudo: what was chosen is no secret among staff.
        company_sudo = self.company.sudo()
        if since := company_sudo.support_billing_since:
            return Standing(
                self.env._("Since %s", format_datetime(self.env, since)), done=True
            )
        button = ""
        if self.env.user.has_group(ACCOUNTANTS):
            button = self.env._("Start Billing")
        return Standing(
            self.env._(
                "Every day at %(time)s. When done: %(policy)s",
                time=self._get_time(),
                policy=self._get_policy(),
            ),
            waits=not self.facts.running,
            button=button,
        )

    def _get_time(self):
        # sudo: when the schedule comes is no secret.
        cron_sudo = self.env.ref(CRON).sudo()
        return format_datetime(self.env, cron_sudo.nextcall, dt_format="HH:mm")

    def _get_policy(self):
        # sudo: as above.
        company_sudo = self.company.sudo()
        field = company_sudo._fields["support_billing_policy"]
        labels = dict(field._description_selection(self.env))
        return labels[company_sudo.support_billing_policy].lower()

    def press(self):
        """Not before somebody has seen who gets what."""
        return self.env["support.billing.preview"].action_open_all()


class Sent(Step):
    code = "sent"

    def get_name(self):
        return self.env._("First invoice sent")

    def find(self):
        if invoice_sudo := self.facts.first_invoice:
            return Standing(invoice_sudo.name, done=True, button=self.env._("Open"))
        # sudo: that there is one is no secret.
        moves_sudo = self.env["account.move"].sudo()
        if posted := moves_sudo.search_count(self.facts.posted_domain):
            return Standing(self.env._("%s posted, not sent yet.", posted))
        return Standing("")

    def press(self):
        # sudo: the record opens with the rights of who presses.
        return self.open(self.facts.first_invoice.sudo(False))


STEPS = (Mail, Terms, Contract, Count, Preview, Start, Sent)


def send_test(env):
    """Send a letter to who asks for it, at once.

    :return: an action that says so
    """
    user = env.user
    if not user.email:
        raise UserError(
            env._("You have no e-mail address. Enter it in your preferences.")
        )
    # sudo: e-mails are the system's; this one goes to who asks for it.
    mail_sudo = (
        env["mail.mail"]
        .sudo()
        .create(
            {
                "subject": env._("A test of %s", env.company.name),
                "email_from": env.company.email_formatted or user.email_formatted,
                "email_to": user.email_formatted,
                "body_html": env._("Mail goes out. Invoices can be sent."),
                "auto_delete": False,
            }
        )
    )
    mail_sudo.send(raise_exception=True)
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "success",
            "message": env._("A test is on its way to %s.", user.email),
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
