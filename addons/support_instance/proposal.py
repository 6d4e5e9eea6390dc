# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer says in the portal where the code of a system is."""

from markupsafe import escape

from odoo import fields
from odoo.exceptions import UserError

from . import cloc
from .cloc.addresses import CUSTOMER, admit

# How many addresses of one instance can wait for us.
WAITING = 3


class AddressProposal:
    """An address that the customer proposes for the code of an instance.

    What was sent never changes: it may have been looked at already, and an amendment
    may put it to use on its day.

    :param instance: `support.instance`
    :param partner: the person who says so
    """

    def __init__(self, instance, url, branch, partner):
        instance.ensure_one()
        self.env = instance.env
        self.instance = instance
        self.url = (url or "").strip()
        self.branch = (branch or "").strip()
        self.partner = partner

    def make(self):
        """A source that is not counted, and a to-do for the account manager.

        :raise UserError: for what cannot be read, with what to do
        """
        self._check_address()
        sources = self.instance._get_portal_sources()
        if sources.filtered(lambda s: (s.url, s.branch) == (self.url, self.branch)):
            raise UserError(self.env._("We know this address already."))
        if len(sources.filtered("proposed")) >= WAITING:
            raise UserError(
                self.env._(
                    "We are looking at the addresses that you have sent already. Ask "
                    "your contact at our office if something is wrong with them."
                )
            )
        source = sources.create(
            {
                "instance_id": self.instance.id,
                "kind": "git",
                "url": self.url,
                "branch": self.branch,
                "active": False,
                "proposed": True,
                "entered_by_id": self.partner.id,
                "date_entered": fields.Datetime.now(),
            }
        )
        self._notify_staff(source)

    def _check_address(self):
        try:
            source = cloc.Source(self.url, self.branch)
        except cloc.CountError as error:
            raise UserError(
                self.env._(
                    "This is no address of a repository, or no name of a branch. Enter "
                    "an address such as https://git.example.com/company/odoo.git and "
                    "a branch such as main."
                )
            ) from error
        if source.secret:
            raise UserError(
                self.env._(
                    "The address contains a password or token. Leave it out: we will "
                    "ask you for it in a safe way."
                )
            )
        if not self.branch:
            raise UserError(self.env._("Enter the branch that the system runs."))
        try:
            admit(source.url, CUSTOMER, proxies=False)
        except cloc.CountError as error:
            # The same words for a name that is not there and for one that leads
            # inside: nobody learns from them what our network has.
            raise UserError(
                self.env._(
                    "We cannot reach this address from the internet. Enter the one "
                    "that anybody outside your network would use, or ask your contact "
                    "at our office to enter it."
                )
            ) from error

    def _notify_staff(self, source):
        instance = self.instance
        summary = self.env._("Look at the address of the code that the customer sent")
        waiting = instance.activity_ids.filtered(
            lambda activity: activity.summary == summary
        )
        if not waiting:
            user = instance.contract_id.user_id
            instance.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=escape(source.display_name),
                **({"user_id": user.id} if user else {}),
            )
        instance.message_post(
            body=self.env._(
                "%(person)s entered the address %(address)s in the portal.",
                person=source.entered_by_id.name,
                address=source.display_name,
            )
        )
