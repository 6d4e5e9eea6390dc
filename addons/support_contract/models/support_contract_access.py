# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.tools import consteq

# What the portal shows of a contract, part by part.
EVERYTHING = frozenset(
    {
        "agreement",
        "sign",
        "costs",
        "notice",
        "services",
        "rights",
        "upgrades",
        "instances",
    }
)


class SupportContract(models.Model):
    """Who of the customer sees what in the portal.

    Portal users have no access to any model. Every page takes its contract, in
    superuser mode, from `_get_portal_contract` and shows the sections that it allows.
    """

    _inherit = "support.contract"

    # Extend with a module's own pages: `_portal_sections = Parent | {…}`.
    _portal_sections = {
        "administrator": EVERYTHING,
        "key_user": frozenset({"services", "rights", "upgrades", "instances"}),
        "finance": frozenset({"services", "agreement", "costs", "notice"}),
    }

    contact_ids = fields.One2many(
        "support.contract.contact", "contract_id", string="Portal Access"
    )
    date_sent = fields.Datetime(
        string="Sent to Sign",
        readonly=True,
        copy=False,
        help="From then on the customer's administrators see the draft in the portal.",
    )

    def message_post(self, **kwargs):
        if self.env.context.get("support_mark_sent"):
            drafts = self.filtered(lambda contract: contract.state == "draft")
            drafts.date_sent = fields.Datetime.now()
        return super().message_post(**kwargs)

    def action_invite(self):
        """Give the people with a role an account in the portal; Odoo's own wizard."""
        self.ensure_one()
        people = self.contact_ids.partner_id
        wizard = self.env["portal.wizard"].with_context(active_ids=people.ids)
        return wizard.action_open_wizard()

    @api.model
    def _get_portal_contracts(self, user):
        """Contracts of which a user sees something, in superuser mode.

        Drafts are for administrators, once they were sent.
        """
        # sudo: portal users have no access to the models; who sees what is decided
        # here and nowhere else.
        partner = user.partner_id
        contracts_sudo = self.sudo().search(
            Domain("state", "in", ("draft", "active", "notice", "ended"))
            & (
                Domain("partner_id", "=", partner.id)
                | Domain("contact_ids.partner_id", "=", partner.id)
            )
        )
        return contracts_sudo.filtered(
            lambda contract: contract._get_portal_sections(user)
        )

    @api.model
    def _get_portal_contract(self, contract_id, user, access_token=None, section=None):
        """One contract in superuser mode, checked for this visitor.

        :param user: who is logged in, or the public user
        :param access_token: what the link in our message carries: whoever has it may
            read everything and sign, as with Odoo's own documents
        :param section: what is to be shown, one of `EVERYTHING`; any by default
        :raise MissingError: if there is no such contract
        :raise AccessError: if nothing, or not this section, is for the visitor
        """
        # sudo: see above; the token or the user is checked before it is returned.
        contract_sudo = self.sudo().browse(contract_id).exists()
        if not contract_sudo:
            raise MissingError(self.env._("This agreement does not exist."))
        sections = contract_sudo._get_portal_sections(user, access_token)
        if not sections or (section and section not in sections):
            raise AccessError(self.env._("This agreement is not yours."))
        return contract_sudo

    def _get_portal_sections(self, user, access_token=None):
        """What of this contract the visitor may see: a frozenset of sections."""
        self.ensure_one()
        token = self.access_token
        if token and access_token and consteq(token, access_token):
            return EVERYTHING
        if not user.active or user._is_public():
            return frozenset()
        if user._is_internal():
            readable = self.with_user(user).sudo(False).has_access("read")
            return EVERYTHING if readable else frozenset()
        roles = self._get_portal_roles(user)
        if self.state == "cancelled":
            return frozenset()
        if self.state == "draft" and not (self.date_sent and "administrator" in roles):
            return frozenset()
        return frozenset().union(*(self._portal_sections[role] for role in roles))

    def _get_portal_roles(self, user):
        """The roles of a portal user on this contract.

        The person who is the contract's own customer is an administrator. A person
        who has left the customer, or whose customer has passed the contract on, has
        no role, whatever was entered once.
        """
        self.ensure_one()
        partner = user.partner_id
        own = self.contact_ids.filtered(
            lambda contact: contact.partner_id == partner and contact._is_of_customer()
        )
        roles = set(own.mapped("role"))
        if partner == self.partner_id:
            roles.add("administrator")
        return frozenset(roles)
