# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who of the customer is asked, says yes, ends a standing approval, and sees of it.

An approval is of one customer: who has the contract, or had it before. Whoever the
contract has passed on to neither sees nor decides what was asked for the days before.
"""


class Approvers:
    """
    :param approval: `support.work.approval`
    """

    def __init__(self, approval):
        # sudo: neither staff nor customers need see contacts and amendments.
        self.approval = approval.sudo()
        self.contract = self.approval.contract_id
        self.customer = self.approval.customer_id or self.contract.partner_id
        self.company = self.customer.commercial_partner_id

    def find_customer(self):
        """Whose time is asked about: that of the asked person's company.

        Of several customers in turn; today's, where the person is of none.
        """
        person = self.approval.partner_id.commercial_partner_id
        customers = self.contract._get_customers()
        own = customers.filtered(lambda one: one.commercial_partner_id == person)
        return (own or customers)[:1]

    def is_former(self):
        """Whether the contract has passed on to another company since."""
        return self.contract.partner_id.commercial_partner_id != self.company

    def may_decide(self, person):
        """Whether this person's yes is enough: by a role with a limit.

        Of a former customer by the role of then. Where none is left that may say yes,
        whom we ask may, of the same company.
        """
        if not self._is_of_customer(person):
            return False
        if person == self.customer and not person.is_company:
            return True
        contacts = self._get_contacts()
        approvers = contacts.filtered("may_approve")
        if self.is_former() and not approvers:
            asked = person == self.approval.partner_id and not person.is_company
            return asked and person not in contacts.partner_id
        amount = self.approval._get_asked_amount()
        return any(
            not one.approval_limit
            or one.currency_id.compare_amounts(amount, one.approval_limit) <= 0
            for one in approvers
            if one.partner_id == person
        )

    def may_answer(self, person):
        """Whether they may say no, or object: who was asked, and who may say yes."""
        return bool(person) and (person == self.get_asked() or self.may_decide(person))

    def may_end(self, person):
        """Whether they may end a standing approval: the customer's administrators."""
        if self.is_former() or not self._is_of_customer(person):
            return False
        roles = self._get_contacts().filtered(lambda one: one.partner_id == person)
        return "administrator" in roles.mapped("role") or (
            person == self.customer and not person.is_company
        )

    def may_see(self, user, access_token=None):
        """Whether a visitor sees it: by the role, or by the link until it expires.

        The link is for the asked person's own company. Who is logged in as somebody
        else has it by mistake.
        """
        if self.approval.state == "draft":
            return False
        if user._is_internal():
            return self.approval.with_user(user).sudo(False).has_access("read")
        if self.approval._get_link_person(access_token, user):
            return True
        if user._is_public():
            return False
        person = user.partner_id
        if self.is_former():
            return False
        cards = self.contract._get_visible_cards(user)
        return "approvals" in cards or (
            "own_approvals" in cards and self.concerns(person)
        )

    def concerns(self, person):
        """Whether somebody who sees no prices otherwise needs to see this one."""
        return person in self.approval.partner_id | self.approval.decided_by or (
            self.approval._is_open() and self.may_decide(person)
        )

    def may_have_link(self, person):
        """Whether a link in a mail opens it for a person."""
        return (
            self.approval.state != "draft"
            and self._is_of_customer(person)
            and self.may_answer(person)
        )

    def get_asked(self):
        """Who got the link: the asked person, or who said yes by phone."""
        if self.approval.decided_via == "phone":
            return self.approval.decided_by
        return self.approval.partner_id

    def get_decider(self, user, access_token=None):
        """(who of the customer decides, ``portal`` or ``link``).

        Who is logged in decides as themselves; who has the link only, as the person
        whom it was mailed to.
        """
        if user._is_public():
            return self.approval._get_link_person(access_token, user), "link"
        if user._is_internal():
            return self.approval.partner_id.browse(), "portal"
        return user.partner_id, "portal"

    def _get_contacts(self):
        """People of the customer with a role on the contract."""
        return self.contract.contact_ids.filtered(
            lambda contact: self._is_of_customer(contact.partner_id)
        )

    def _is_of_customer(self, person):
        return bool(
            person
            and person.active
            and person.commercial_partner_id.id == self.company.id
        )
