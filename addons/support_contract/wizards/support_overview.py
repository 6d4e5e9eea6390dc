# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from ..windows import get_list_action

# How many rows a list names; all of them are a click away.
MOST_CUSTOMERS = 40
MOST = 6
# Days ahead.
ENDING = 90
SOON = 30
ENDS = Domain("kind", "=", "end")


class SupportOverview(models.TransientModel):
    """The first page: what needs whoever asks, and their customers.

    One menu opens the page of the user's role: an add-on above has its own page by
    `_get_page`, a tile by a field and an inherited view. The consultant's page is here.
    """

    _name = "support.overview"
    _description = "Overview"
    _inherit = "support.window.mixin"

    query = fields.Char("Customer or Contract")
    customer_ids = fields.One2many("support.overview.customer", "overview_id")
    customer_count = fields.Integer("My Customers", readonly=True)
    is_searched = fields.Boolean(readonly=True)
    has_more = fields.Boolean(readonly=True)
    activity_ids = fields.Many2many("mail.activity", compute="_compute_activity_ids")
    ending_count = fields.Integer("Ends Within 90 Days", compute="_compute_soon")
    soon_ids = fields.Many2many("support.deadline", compute="_compute_soon")
    change_ids = fields.Many2many(
        "support.contract.amendment", compute="_compute_change_ids"
    )

    @api.depends_context("uid")
    def _compute_display_name(self):
        for overview in self:
            overview.display_name = self.env._("Overview")

    @api.depends_context("uid")
    def _compute_activity_ids(self):
        """The user's to-dos, the oldest first."""
        activities = self.env["mail.activity"].search(
            [("user_id", "=", self.env.uid)], order="date_deadline, id", limit=MOST
        )
        for overview in self:
            overview.activity_ids = activities

    @api.depends_context("allowed_company_ids")
    def _compute_soon(self):
        """How many contracts end, in part or whole, and what happens next."""
        deadlines = self.env["support.deadline"]
        [[ending]] = deadlines._read_group(
            self._get_soon_domain(ENDING) & ENDS,
            aggregates=["contract_id:count_distinct"],
        )
        soon = deadlines.search(self._get_soon_domain(SOON), limit=MOST)
        for overview in self:
            overview.ending_count = ending
            overview.soon_ids = soon

    @api.depends_context("allowed_company_ids")
    def _compute_change_ids(self):
        """What was agreed and is not in force yet, the next one first."""
        changes = self.env["support.contract.amendment"].search(
            [
                ("state", "=", "scheduled"),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="date_effective, id",
            limit=MOST,
        )
        for overview in self:
            overview.change_ids = changes

    @api.model_create_multi
    def create(self, vals_list):
        overviews = super().create(vals_list)
        for overview in overviews:
            overview._fill()
        return overviews

    # === BUTTONS === #

    @api.model
    def action_open(self):
        """The page of the user's role; the menu."""
        return self._get_page()

    def action_open_my_day(self):
        """The consultant's page; a button on the pages of other roles."""
        return self._open_page("support_contract.support_overview_view_form")

    def action_find(self):
        """List the contracts that fit what was typed; a button."""
        self._fill()
        return True

    def action_all_customers(self):
        self.check_access("read")
        return self._list_contracts(self.env._("My Customers"), self._get_domain())

    def action_view_ending(self):
        self.check_access("read")
        return get_list_action(
            self.env._("Ends Within 90 Days"),
            "support.deadline",
            list(self._get_soon_domain(ENDING) & ENDS),
            view_mode="list,calendar",
        )

    def action_new_contract(self):
        self.check_access("read")
        name = self.env._("New Contract")
        return get_list_action(name, "support.contract", [], view_mode="form")

    # === PAGES === #

    @api.model
    def _get_page(self):
        """The action that opens the first page of the user; extend for a role."""
        return self.action_open_my_day()

    @api.model
    def _open_page(self, view):
        """A fresh look with the form ``view``."""
        view = self.env.ref(view)
        return self.create({})._get_records_action(
            name=self.env._("Overview"), views=[(view.id, "form")], context={}
        )

    @api.model
    def _list_contracts(self, name, domain):
        return get_list_action(name, "support.contract", list(domain))

    @api.model
    def _get_soon_domain(self, days):
        """Domain of the deadlines of so many days, today's among them."""
        today = self.env.company._support_today()
        return Domain(
            [
                ("date", ">=", today),
                ("date", "<=", fields.Date.add(today, days=days)),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    # === MY CUSTOMERS === #

    def _fill(self):
        """Name the contracts of the user, or those that fit what was typed."""
        contracts = self.env["support.contract"]
        domain = self._get_domain()
        found = contracts.search(domain, order="partner_id, id", limit=MOST_CUSTOMERS)
        self.customer_count = (
            len(found)
            if len(found) < MOST_CUSTOMERS
            else contracts.search_count(domain)
        )
        self.has_more = self.customer_count > len(found)
        self.is_searched = bool(self.query)
        self.customer_ids.overview_id = False
        rows = [
            {"overview_id": self.id, "sequence": sequence, "contract_id": contract.id}
            for sequence, contract in enumerate(found)
        ]
        self.env["support.overview.customer"].create(rows)
        self.invalidate_recordset()

    def _get_domain(self):
        """Contracts in the list: as typed, else those of the user that go on."""
        own = Domain("company_id", "in", self.env.companies.ids)
        if text := (self.query or "").strip():
            return own & self._get_found_domain(text)
        return (
            own & Domain("state", "not in", ("ended", "cancelled")) & self._get_mine()
        )

    @api.model
    def _get_mine(self):
        """Domain of the contracts that the user works with; extend."""
        return Domain("user_id", "=", self.env.uid)

    @api.model
    def _get_found_domain(self, text):
        """Domain of the contracts that somebody means by ``text``; extend."""
        return Domain("name", "ilike", text) | Domain("partner_id", "ilike", text)
