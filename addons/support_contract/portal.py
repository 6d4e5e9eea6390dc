# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the customer sees of a contract in the portal: pages of cards."""

from dataclasses import dataclass, field

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.tools import format_date

from .asking import get_shown_questions
from .rights import RightJudge


@dataclass
class PortalPage:
    """One page of an agreement in the portal, with an address of its own.

    :param title: what its link says
    :param template: of its content
    :param sequence: its place among the others
    :param cards: codes of what it shows; whoever sees one of them sees the page
    :param draft_sequence: its place before the agreement begins; 0 where there is
        nothing on it then
    """

    title: str
    template: str
    sequence: int
    cards: set = field(default_factory=set)
    draft_sequence: int = 0


def get_pages(contract, cards):
    """The pages of a contract that somebody may open, in their order.

    :param cards: codes as ``contract._get_visible_cards()`` returns them
    :return: {code: :class:`PortalPage`}
    """
    order = "draft_sequence" if contract.state == "draft" else "sequence"
    pages = contract._get_portal_pages().items()
    return {
        code: page
        for code, page in sorted(pages, key=lambda item: getattr(item[1], order))
        if getattr(page, order) and not cards.isdisjoint(page.cards)
    }


class CustomerPage:
    """The rows of a customer's page: what they have, what is left and what it will
    cost, in everyday words. Clauses R7, R8 and R13.

    :param contract: ``support.contract`` in superuser mode
    """

    def __init__(self, contract):
        self.contract = contract
        self.env = contract.env
        self.today = contract.company_id._support_today()

    def get_overview(self, cards):
        """Texts and rows of the page: a dict; what is not among the cards is empty.

        :param cards: codes as ``contract._get_visible_cards()`` returns them
        """
        state = self.contract.state
        running = state in ("active", "notice")
        rights = "rights" in cards and state != "draft"
        costs = "costs" in cards and state != "ended"
        return {
            "services": self.get_services() if "services" in cards else [],
            "fee": self.get_fee() if "fee" in cards and running else None,
            "rights": self.get_rights() if rights else [],
            "costs": sorted(
                self.contract._get_portal_cost_rows() if costs else [],
                key=lambda row: row["sequence"],
            ),
            "prices": self.get_prices() if costs else None,
            "ends": self.get_ends() if "notice" in cards and running else [],
            "forms": self.get_forms(cards),
            "questions": get_shown_questions(self.contract, cards),
        }

    def get_forms(self, cards):
        """What the visitor can ask: list of :class:`.asking.Form`."""
        kinds = {card.removeprefix("ask_") for card in cards if card.startswith("ask_")}
        if not kinds or self.contract.state in ("ended", "cancelled"):
            return []
        forms = self.contract._get_portal_forms(kinds)
        return [form for kind, form in forms.items() if kind in kinds]

    def get_services(self):
        """Each service with what it is today: coming, running or over."""
        rows = []
        for service in self.contract.service_ids.sorted("date_start"):
            over = service._is_over(self.today)
            rows.append(
                {
                    "service": service,
                    "bound": service.date_min_end
                    and service.date_min_end >= self.today,
                    "renewal": self._describe_renewal(service),
                    "state": "over"
                    if over
                    else "coming"
                    if service.date_start > self.today
                    else "running",
                }
            )
        return rows

    def _describe_renewal(self, service):
        """When it renews and how that is prevented, in a sentence; empty if not."""
        renewal = service._get_renewal(max(self.today, service.date_start))
        return renewal.describe() if renewal else ""

    def get_rights(self):
        """The rights that some service of the contract gives, first those of today."""
        granted = self.contract.service_ids.type_id.grant_ids.sorted("sequence")
        judge = RightJudge(self.contract)
        return [judge.get_row(right) for right in granted]

    def get_fee(self):
        """What all services cost a month as of today, and what will change that.

        :return: dict of amount, and of sentences that are coming; None while the fee
            is not known
        """
        contract = self.contract
        fee = contract._get_known_monthly_fee()
        coming = contract._get_portal_coming()
        if not fee and not coming:
            return None
        return {
            "amount": fee and contract._format_portal_money(fee),
            "coming": coming,
        }

    def get_prices(self):
        """The price list: dict of services, hours, and what is always apart. R6, R7."""
        contract = self.contract
        running = contract.service_ids.filtered(
            lambda service: not service._is_over(self.today)
        )
        return {
            "services": [
                (service.type_id.name, service._get_price_in_words())
                for service in running.sorted("date_start")
            ],
            "hours": contract._get_hourly_rates(),
            "apart": contract._get_agreement().billed,
        }

    def get_costs(self):
        """What is taken off hourly rates."""
        contract, rows = self.contract, []
        if discount := self._get_discount():
            rows.append(
                {
                    "sequence": 30,
                    "name": self.env._("Discount on hourly rates"),
                    "amount": contract._format_figure("hourly_discount", discount),
                    "note": self.env._("for work that the agreement does not include"),
                }
            )
        return rows

    def get_ends(self):
        """When each service would end if the customer gave notice today, and why.

        Each row also has ``last``, the day after which nothing runs any more.
        """
        rows, days = [], []
        for service in self.contract.service_ids.sorted("date_start"):
            if service.date_end:
                if service.date_end >= self.today:
                    days.append(service.date_end)
                    rows.append(
                        {
                            "service": service,
                            "given": True,
                            "day": format_date(self.env, service.date_end),
                            "why": self.env._(
                                "Notice was given on %s.",
                                format_date(self.env, service.date_notice),
                            )
                            if service.date_notice
                            else "",
                        }
                    )
                continue
            end = service._get_earliest_end(self.today)
            days.append(end.day)
            rows.append(
                {
                    "service": service,
                    "given": False,
                    "day": format_date(self.env, end.day),
                    "why": service._explain_earliest_end(end),
                }
            )
        last = days and format_date(self.env, max(days))
        return [row | {"last": last} for row in rows]

    def _get_discount(self):
        """The discount on hourly rates of today, if the customer has the right."""
        contract = self.contract
        granted = contract.service_ids.type_id.grant_ids
        right = granted.filtered(lambda one: one.code == "discount")
        if not right or not RightJudge(contract).judge_right(right, self.today, {}):
            return 0.0
        return contract._get_agreed("hourly_discount").value


class PortalAccess:
    """Who of the customer sees what of a contract.

    :param contract: ``support.contract`` in superuser mode
    """

    def __init__(self, contract):
        self.contract = contract
        self.env = contract.env

    def get_cards(self, user, access_token):
        """Codes of the cards that a visitor may see: a frozenset.

        :param access_token: what the link in our message carries; opens what its
            person may see, and to sign a draft
        """
        contract = self.contract
        cards = contract._get_portal_cards()
        if user._is_internal():
            # The customer signs, not we.
            cards.pop("sign")
            readable = contract.with_user(user).sudo(False).has_access("read")
            return frozenset(cards) if readable else frozenset()
        roles = self.get_roles(contract._get_link_person(access_token, user))
        if user.active and not user._is_public():
            roles |= self.get_roles(user.partner_id)
        if not self._is_shown_to(roles):
            return frozenset()
        return frozenset(
            code for code, allowed in cards.items() if not roles.isdisjoint(allowed)
        )

    def _is_shown_to(self, roles):
        """Whether people with these roles see anything of it."""
        if self.contract.state == "draft":
            return bool(self.contract.date_sent and "administrator" in roles)
        return self.contract.state != "cancelled" and bool(roles)

    def may_have_link(self, person):
        """Whether a link in a mail opens anything for a person today."""
        if self.contract.state == "ended" or not (person and person.active):
            return False
        return self._is_shown_to(self.get_roles(person))

    def get_roles(self, partner):
        """The roles of a person of the customer on this contract.

        The person who is the contract's own customer is an administrator. A person
        who has left the customer, or whose customer has passed the contract on, has
        no role, whatever was entered once.
        """
        own = self.contract.contact_ids.filtered(
            lambda contact: contact.partner_id == partner and contact._is_of_customer()
        )
        roles = set(own.mapped("role"))
        if partner and partner == self.contract.partner_id:
            roles.add("administrator")
        return frozenset(roles)

    def give(self, people, role):
        """Make contacts of the contract, with a role, of persons who have no role yet.

        Only of those who know what they will see: who were sent the link that opens
        everything, who have signed, or who get the invoices. Others of the customer
        get a role from staff. What is given is in the log.

        :param people: `res.partner`; who is not of the customer is passed over
        """
        contract = self.contract
        # sudo: whoever sends an agreement need not read every contact.
        for person in people.sudo() - contract.contact_ids.partner_id:
            same = contract.partner_id.commercial_partner_id
            if person.commercial_partner_id != same or person.is_company:
                continue
            if person.active and person != contract.partner_id:
                contract.contact_ids.create(
                    {
                        "contract_id": contract.id,
                        "partner_id": person.id,
                        "role": role,
                    }
                )

    def give_to_invoice_contacts(self):
        """The contact for invoices sees what is invoiced, unless somebody chose."""
        people = self.contract.partner_id.commercial_partner_id.child_ids
        payers = people.filtered(lambda one: one.type == "invoice" and one.email)
        self.give(payers, "finance")


def find_contracts(user):
    """Contracts of which a user sees something, in superuser mode.

    Drafts are for administrators, once they were sent.
    """
    # sudo: portal users have no access to the models; who sees what is decided here
    # and nowhere else.
    partner = user.partner_id
    contracts_sudo = (
        user.env["support.contract"]
        .sudo()
        .search(
            Domain("state", "in", ("draft", "active", "notice", "ended"))
            & (
                Domain("partner_id", "=", partner.id)
                | Domain("contact_ids.partner_id", "=", partner.id)
            )
        )
    )
    return contracts_sudo.filtered(lambda contract: contract._get_visible_cards(user))


def find_contract(contract_id, user, access_token=None, card=None):
    """One contract in superuser mode, after a check that the visitor may see it.

    :param user: who is logged in, or the public user
    :param access_token: what the link in our message carries: whoever has it sees what
        the person sees to whom it was mailed, and signs for them
    :param card: what is to be shown, of ``contract._get_portal_cards()``; any of them
        by default
    :raise MissingError: when there is no such contract
    :raise AccessError: when nothing of it, or not that card, is for the visitor
    """
    # sudo: portal users have no access to the model; the token or the user is
    # checked before the contract is returned.
    contract_sudo = user.env["support.contract"].sudo().browse(contract_id).exists()
    if not contract_sudo:
        raise MissingError(user.env._("This agreement does not exist."))
    cards = contract_sudo._get_visible_cards(user, access_token)
    if not cards or (card and card not in cards):
        raise AccessError(user.env._("This agreement is not yours."))
    return contract_sudo
