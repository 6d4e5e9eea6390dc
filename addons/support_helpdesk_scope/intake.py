# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whose work a ticket is: the customers that its sender can be of, and the running
contracts of these.
"""

from collections import defaultdict

from odoo.tools import email_normalize


class Intake:
    """Finds customers and contracts of many tickets in a few queries.

    In superuser mode: who opens a ticket need not see contracts, nor other customers.

    :param tickets: `helpdesk.ticket`
    """

    def __init__(self, tickets):
        self.tickets = tickets.sudo()
        self.env = self.tickets.env
        self.people = self._find_people()
        self.contracts = self._find_contracts()

    def get_people(self, ticket):
        """Who the sender can be: the customer that was chosen, or everybody with the
        sender's address.
        """
        ticket = ticket.sudo()
        if ticket.partner_id:
            return ticket.partner_id
        nobody = self.env["res.partner"]
        return self.people.get(_get_address(ticket), nobody).filtered(
            lambda one: one.company_id in (one.company_id.browse(), _of(ticket))
        )

    def get_customers(self, ticket):
        """The commercial entities that the sender belongs to."""
        return self.get_people(ticket).commercial_partner_id

    def get_contracts(self, ticket):
        """The contracts of these that run today."""
        ticket = ticket.sudo()
        return self.env["support.contract"].union(
            *(
                self.contracts[customer, _of(ticket)]
                for customer in self.get_customers(ticket)
                if (customer, _of(ticket)) in self.contracts
            )
        )

    def is_clear(self, ticket):
        """Whether nobody has to choose: one customer, with one running contract."""
        return len(self.get_customers(ticket)) == len(self.get_contracts(ticket)) == 1

    def _find_people(self):
        """{address: partners}"""
        strangers = self.tickets.filtered(lambda one: not one.partner_id)
        addresses = strangers.mapped("partner_email")
        return find_known_people(self.env, addresses).grouped("email_normalized")

    def _find_contracts(self):
        """{(customer, company): contracts that run today}"""
        customers = self.env["res.partner"].union(
            *(self.get_customers(ticket) for ticket in self.tickets)
        )
        found = defaultdict(self.env["support.contract"].browse)
        if not customers:
            return found
        contracts = self.env["support.contract"].search(
            [
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("state", "in", ("active", "notice")),
            ]
        )
        for contract in contracts:
            if contract._get_services_on(contract.company_id._support_today()):
                customer = contract.partner_id.commercial_partner_id
                found[customer, contract.company_id] |= contract
        return found


def find_known_people(env, addresses):
    """Contacts of customers with these addresses, in superuser mode.

    Another card of the same person, with neither company nor contract, is no customer.

    :param addresses: as in mails, with names or without
    """
    addresses = {email_normalize(one or "") for one in addresses} - {False, ""}
    if not addresses:
        return env["res.partner"].sudo()
    # sudo: whoever opens a ticket need not see other customers.
    people = (
        env["res.partner"].sudo().search([("email_normalized", "in", list(addresses))])
    )
    private = people.filtered(
        lambda one: not one.parent_id and not one.commercial_partner_id.is_company
    )
    return people - private + _filter_with_contract(private)


def _filter_with_contract(people):
    contracts = people.env["support.contract"].search(
        [("partner_id.commercial_partner_id", "in", people.commercial_partner_id.ids)]
    )
    owing = contracts.partner_id.commercial_partner_id
    return people.filtered(lambda one: one.commercial_partner_id in owing)


def get_usual_instance(contract):
    """The instance that work on a contract is about if nobody says otherwise."""
    instances = contract.instance_ids
    production = instances.filtered(lambda one: one.role == "production")
    for found in (instances, production):
        if len(found) == 1:
            return found
    return instances.browse()


def _of(ticket):
    return ticket.company_id or ticket.env.company


def _get_address(ticket):
    """The sender's address, as it is compared."""
    return email_normalize(ticket.partner_email or "") or ""
