# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import formatLang

from ...asking import get_forms
from ...portal import CustomerPage, PortalAccess, PortalPage


class SupportCustomerPagesMixin(models.AbstractModel):
    """What the customer's pages of a contract show to whom: hooks to extend.

    They are extended on the contract; what they answer with is in `portal`, and what
    can be asked there in `asking`.
    """

    _name = "support.customer.pages.mixin"
    _description = "With Pages for Its Customer"

    @api.model
    def _get_portal_cards(self):
        """{code: roles that see it}: what of a contract customers are shown.

        Roles are those of `support.contract.contact`. Extend it with a module's own
        cards.
        """
        return {
            "services": ("administrator", "key_user", "finance"),
            "fee": ("administrator", "finance"),
            "costs": ("administrator", "finance"),
            "rights": ("administrator", "key_user"),
            "notice": ("administrator", "finance"),
            "agreement": ("administrator", "finance"),
            "sign": ("administrator",),
            "questions": ("administrator",),
            "ask_question": ("administrator", "key_user", "finance"),
            "ask_order": ("administrator",),
            "ask_end": ("administrator",),
        }

    @api.model
    def _get_portal_pages(self):
        """{code: :class:`..portal.PortalPage`}: where the cards are.

        Extend it with a module's own pages, or add its cards to one of these.
        """
        return {
            "today": PortalPage(
                self.env._("Today"),
                "support_contract.portal_today",
                10,
                {
                    *("services", "fee", "rights", "notice", "questions"),
                    *("ask_question", "ask_order", "ask_end"),
                },
            ),
            "costs": PortalPage(
                self.env._("Costs"), "support_contract.portal_costs", 20, {"costs"}
            ),
            "agreement": PortalPage(
                self.env._("Agreement"),
                "support_contract.portal_agreement",
                40,
                {"agreement", "sign"},
                draft_sequence=10,
            ),
        }

    def _get_visible_cards(self, user, access_token=None):
        """What of this contract the visitor may see: a frozenset of cards' codes."""
        self.ensure_one()
        return PortalAccess(self).get_cards(user, access_token)

    def _prepare_portal_overview(self, cards):
        """What the customer's page shows; extend to add what another card needs.

        :param cards: codes as `_get_visible_cards` returns them
        :return: dict of texts and rows; a card that is not allowed is empty
        """
        self.ensure_one()
        return CustomerPage(self).get_overview(cards)

    def _get_portal_forms(self, kinds):
        """{kind: :class:`..asking.Form`}: what the pages let a customer ask; extend.

        Each is on the page of its card, ``ask_KIND``, for the roles of that card.

        :param kinds: those that are wanted; others need not be made
        """
        self.ensure_one()
        return get_forms(self, kinds)

    def _prepare_question_vals(self, kind, choice, sent):
        """Values of a question beside its text; extend by kind.

        :param choice: of the options of its form, which it is one of
        :param sent: what else the form sent: {name: text}
        """
        if choice and kind == "order":
            return {"type_id": int(choice)}
        if choice and kind == "end":
            return {"service_id": int(choice)}
        return {}

    def _get_portal_coming(self):
        """What will change the monthly fee, and why: sentences, the next one first."""
        self.ensure_one()
        return []

    def _get_portal_cost_rows(self):
        """What is charged beside the monthly fee: rows of name, amount, note.

        Extend it with what another module charges; ``sequence`` orders the rows.
        """
        return CustomerPage(self).get_costs()

    def _format_portal_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _get_portal_link(self, token, suffix="", **query):
        """An address of this contract for the visitor that came with ``token``.

        Never with a token of our own: a visitor with a role sees what the role says.
        """
        self.ensure_one()
        if token:
            query["access_token"] = token
        text = "&".join(f"{key}={value}" for key, value in query.items())
        return f"/my/support/{self.id}{suffix}" + (f"?{text}" if text else "")

    def _get_page_link(self, page, token=None, **query):
        """The address of a page of the portal; that of the first page names none."""
        suffix = f"/{page}" if page in self._get_portal_pages() else ""
        return self._get_portal_link(token, "" if page == "today" else suffix, **query)
