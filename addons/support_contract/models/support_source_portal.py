# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import cloc
from ..cloc.addresses import CUSTOMER, admit

# States of a contract in which its customer may say where code has moved to.
OPEN = ("draft", "active", "notice")
# How many addresses of one instance can wait for us.
WAITING = 3


class SupportSource(models.Model):
    """Addresses that the customer has entered in the portal.

    Nothing is read from one before staff have put it to use, and then from the
    internet only: an address of our own network stays refused as long as nobody of
    ours has entered it.
    """

    _inherit = "support.source"

    entered_by_id = fields.Many2one(
        "res.partner",
        readonly=True,
        ondelete="restrict",
        help="The person of the customer who entered the address in the portal. It is "
        "read from the internet only, never from our own network.",
    )
    date_entered = fields.Datetime(string="Entered On", readonly=True)
    proposed = fields.Boolean(
        readonly=True,
        copy=False,
        help="Entered by the customer, and nobody of ours has put it to use yet.",
    )

    def write(self, vals):
        other = self.browse()
        if "url" in vals and "entered_by_id" not in vals:
            other = self.filtered(lambda source: source.url != vals["url"])
        result = super().write(vals)
        # sudo: notes of the system, which follow from what was written.
        if vals.get("active"):
            self.sudo().filtered("proposed").proposed = False
        if other:
            # Who writes another address answers for it.
            other.sudo().write({"entered_by_id": False, "date_entered": False})
        return result

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "entered_by_id",
            "date_entered",
            "proposed",
        }

    def _prepare_next_version_vals(self):
        return super()._prepare_next_version_vals() | {
            "entered_by_id": self.entered_by_id.id,
            "date_entered": self.date_entered,
        }

    def _get_address_policy(self):
        policy = super()._get_address_policy()
        if self.entered_by_id:
            return replace(policy, internal=False)
        return policy


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def _get_portal_sources(self):
        """What the customer's page shows: addresses that the customer has entered.

        One that we have entered may tell of our own network and its folders.
        """
        self.ensure_one()
        return self.all_source_ids.filtered(
            lambda source: source.entered_by_id and (source.active or source.proposed)
        )

    def _propose_address(self, url, branch, partner):
        """The customer says where the code is; staff put it to use.

        What was sent never changes: it may have been looked at already, and an
        amendment may put it to use on its day.

        :param partner: the person who says so
        :raise UserError: for what cannot be read, with what to do
        """
        self.ensure_one()
        url, branch = (url or "").strip(), (branch or "").strip()
        self._check_proposed_address(url, branch)
        sources = self._get_portal_sources()
        if sources.filtered(lambda s: (s.url, s.branch) == (url, branch)):
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
                "instance_id": self.id,
                "kind": "git",
                "url": url,
                "branch": branch,
                "active": False,
                "proposed": True,
                "entered_by_id": partner.id,
                "date_entered": fields.Datetime.now(),
            }
        )
        self._notify_proposed_address(source)

    def _check_proposed_address(self, url, branch):
        try:
            source = cloc.Source(url, branch)
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
        if not branch:
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

    def _notify_proposed_address(self, source):
        summary = self.env._("Look at the address of the code that the customer sent")
        waiting = self.activity_ids.filtered(
            lambda activity: activity.summary == summary
        )
        if not waiting:
            user = self.contract_id.user_id
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=escape(source.display_name),
                **({"user_id": user.id} if user else {}),
            )
        self.message_post(
            body=self.env._(
                "%(person)s entered the address %(address)s in the portal.",
                person=source.entered_by_id.name,
                address=source.display_name,
            )
        )
