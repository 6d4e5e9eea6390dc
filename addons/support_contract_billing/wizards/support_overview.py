# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.periods import calendar_month

from ..overview_month import get_month_domain

MANAGER = "support_contract.group_support_manager"
ACCOUNTANT = "support_contract.group_support_billing"


class SupportOverview(models.TransientModel):
    """The manager's first page, and the month review as the accountant's."""

    _inherit = "support.overview"

    invoiced = fields.Char(
        compute="_compute_invoiced",
        groups=ACCOUNTANT,
        help="What this month's invoices ask for, without tax.",
    )
    expected = fields.Char(compute="_compute_invoiced", groups=ACCOUNTANT)
    need_count = fields.Integer(
        "Needs Somebody", compute="_compute_needs", groups=ACCOUNTANT
    )
    failed_count = fields.Integer(compute="_compute_needs", groups=ACCOUNTANT)
    needs = fields.Char(compute="_compute_needs", groups=ACCOUNTANT)

    @api.depends_context("allowed_company_ids")
    def _compute_invoiced(self):
        charges = self.env["support.charge"]
        posted = Domain("move_id.state", "=", "posted")
        # A correction that waits is of the next invoice.
        domain = self._get_month_domain() & (
            posted
            | Domain("state", "!=", "waived") & Domain("kind", "!=", "correction")
        )
        expected, invoiced = (
            dict(charges._read_group(each, ["currency_id"], ["amount:sum"]))
            for each in (domain, domain & posted)
        )
        # Nothing was charged yet: still a sum.
        currencies = list(expected) or [self.env.company.currency_id]
        for overview in self:
            overview.invoiced, overview.expected = (
                " + ".join(one.format(sums.get(one, 0.0)) for one in currencies)
                for sums in (invoiced, expected)
            )

    @api.depends_context("allowed_company_ids")
    def _compute_needs(self):
        counts = {
            kind: self.env[model].search_count(domain)
            for kind, (model, domain) in self._get_needs().items()
        }
        names = {
            "failed": self.env._("%s failed", counts["failed"]),
            "waiting": self.env._("%s waits", counts["waiting"]),
            "unsent": self.env._("%s posted and not sent", counts["unsent"]),
        }
        for overview in self:
            overview.failed_count = counts["failed"]
            overview.need_count = sum(counts.values())
            overview.needs = ", ".join(
                name for kind, name in names.items() if counts[kind]
            )

    @api.model
    def _get_needs(self):
        """{kind: (model, domain)} of what waits for a person."""
        work = self.env["support.billing.overview"]._get_open_work()
        return {kind: work[kind] for kind in ("failed", "waiting", "unsent")}

    @api.model
    def _get_month_domain(self):
        month = calendar_month(self.env.company._support_today())
        return get_month_domain(self.env, month)

    @api.model
    def _get_page(self):
        """Until the first invoice was sent it is the page that leads there."""
        if not self.env.user.has_group(ACCOUNTANT):
            return super()._get_page()
        started = self.env["support.get.started"]
        if started._is_first_page():
            return started.action_open()
        return self._get_role_page()

    @api.model
    def _get_role_page(self):
        """The page of whoever has to do with money."""
        if self.env.user.has_group(MANAGER):
            return self._open_page(
                "support_contract_billing.support_overview_manager_view_form"
            )
        return self.action_review()

    # === BUTTONS === #

    def action_review(self):
        """The month review; a button."""
        return self.env["support.billing.overview"].action_open()

    def action_view_invoices(self):
        """This month's posted invoices; a button."""
        charges = self.env["support.charge"].search(
            self._get_month_domain() & Domain("move_id.state", "=", "posted")
        )
        return charges.move_id._get_support_action(self.env._("Invoices"))
