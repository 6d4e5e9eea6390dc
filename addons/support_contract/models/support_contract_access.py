# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.tools import consteq

from ..portal import Card


class SupportContract(models.Model):
    """Who of the customer sees what in the portal.

    Portal users have no access to any model. Every page takes its contract, in
    superuser mode, from `_get_portal_contract` and shows the cards that it allows.
    """

    _inherit = "support.contract"

    contact_ids = fields.One2many(
        "support.contract.contact", "contract_id", string="Portal Access"
    )
    date_sent = fields.Datetime(
        string="Sent to Sign",
        readonly=True,
        copy=False,
        help="From then on the customer's administrators see the draft in the portal.",
    )

    def write(self, vals):
        former = {contract: contract.partner_id for contract in self}
        result = super().write(vals)
        if "partner_id" in vals:
            for contract, customer in former.items():
                if contract.partner_id != customer:
                    # The links in e-mails to the former customer open nothing more.
                    contract.access_token = False
        return result

    def message_post(self, **kwargs):
        if self.env.context.get("support_mark_sent"):
            drafts = self.filtered(lambda contract: contract.state == "draft")
            drafts.date_sent = fields.Datetime.now()
            receivers = self.env["res.partner"].browse(kwargs.get("partner_ids"))
            drafts._give_access(receivers, "administrator")
        return super().message_post(**kwargs)

    def _sign(self, name, signature, user, address):
        """Whoever has signed sees afterwards what was signed."""
        result = super()._sign(name, signature, user, address)
        if not user._is_public():
            self._give_access(user.partner_id, "administrator")
        return result

    def _set_state(self, state, note=""):
        """The contact for invoices sees what is invoiced, unless somebody chose."""
        result = super()._set_state(state, note)
        if state == "active":
            for contract in self.filtered(lambda contract: not contract.contact_ids):
                # sudo: a consultant may not read every contact of the customer.
                people = contract.sudo().partner_id.commercial_partner_id.child_ids
                contract._give_access(
                    people.filtered(
                        lambda person: person.type == "invoice" and person.email
                    ),
                    "finance",
                )
        return result

    def _give_access(self, people, role):
        """Give a role to persons of the customer who have none yet.

        Only to those who know what they will see: who were sent the link that opens
        everything, who have signed, or who get the invoices. Others of the customer
        get a role from staff.
        """
        for contract in self:
            # sudo: who may send an agreement need not be a manager; what is given is
            # decided here, and is in the log.
            contract_sudo = contract.sudo()
            for person in people.sudo() - contract_sudo.contact_ids.partner_id:
                same = contract_sudo.partner_id.commercial_partner_id
                if person.commercial_partner_id != same or person.is_company:
                    continue
                if person.active and person != contract_sudo.partner_id:
                    contract_sudo.contact_ids.create(
                        {
                            "contract_id": contract.id,
                            "partner_id": person.id,
                            "role": role,
                        }
                    )

    def action_invite(self):
        """Give the people with a role an account in the portal; Odoo's own wizard."""
        self.ensure_one()
        people = self.contact_ids.partner_id
        wizard = self.env["portal.wizard"].with_context(active_ids=people.ids)
        return wizard.action_open_wizard()

    @api.model
    def _get_portal_cards(self):
        """{code: :class:`..portal.Card`}: what of a contract customers are shown.

        Extend it with a module's own cards.
        """
        return {
            "services": Card(roles=("administrator", "key_user", "finance")),
            "costs": Card(roles=("administrator", "finance")),
            "rights": Card(roles=("administrator", "key_user")),
            "notice": Card(roles=("administrator", "finance")),
            "agreement": Card(roles=("administrator", "finance")),
            "sign": Card(roles=("administrator",)),
        }

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
            lambda contract: contract._get_visible_cards(user)
        )

    @api.model
    def _get_portal_contract(self, contract_id, user, access_token=None, card=None):
        """One contract in superuser mode, checked for this visitor.

        :param user: who is logged in, or the public user
        :param access_token: what the link in our message carries: whoever has it may
            read everything and sign, as with Odoo's own documents
        :param card: what is to be shown, of `_get_portal_cards`; any by default
        :raise MissingError: if there is no such contract
        :raise AccessError: if nothing, or not this card, is for the visitor
        """
        # sudo: see above; the token or the user is checked before it is returned.
        contract_sudo = self.sudo().browse(contract_id).exists()
        if not contract_sudo:
            raise MissingError(self.env._("This agreement does not exist."))
        cards = contract_sudo._get_visible_cards(user, access_token)
        if not cards or (card and card not in cards):
            raise AccessError(self.env._("This agreement is not yours."))
        return contract_sudo

    def _get_visible_cards(self, user, access_token=None):
        """What of this contract the visitor may see: a frozenset of cards' codes."""
        self.ensure_one()
        cards = self._get_portal_cards()
        token = self.access_token
        if token and access_token and consteq(token, access_token):
            return frozenset(cards)
        if not user.active or user._is_public():
            return frozenset()
        if user._is_internal():
            readable = self.with_user(user).sudo(False).has_access("read")
            return frozenset(cards) if readable else frozenset()
        roles = self._get_portal_roles(user)
        if self.state == "cancelled":
            return frozenset()
        if self.state == "draft" and not (self.date_sent and "administrator" in roles):
            return frozenset()
        return frozenset(
            code for code, card in cards.items() if not roles.isdisjoint(card.roles)
        )

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
