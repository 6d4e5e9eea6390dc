# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.rights import RightJudge
from odoo.addons.support_contract.transactions import go_through, work_alone
from odoo.addons.support_contract.windows import fill_count, lists

from ..availability import split_series

REVOKE = "support_adaptation.activity_revoke"


class SupportContract(models.Model):
    """Access to adaptations is a right of the contract. Clause R11."""

    _inherit = "support.contract"

    adaptation_access_ids = fields.One2many(
        "support.adaptation.access", "contract_id", string="Access to Adaptations"
    )
    adaptation_access_count = fields.Integer(
        "Adaptations", compute="_compute_adaptation_access_count"
    )

    @api.depends("adaptation_access_ids.date_revoked")
    def _compute_adaptation_access_count(self):
        fill_count(
            self,
            "adaptation_access_count",
            "support.adaptation.access",
            domain=[("date_revoked", "=", False)],
        )

    action_view_adaptations = lists(
        "support_adaptation.support_adaptation_access_action"
    )

    def _describe_availability(self, adaptation):
        """For which of the Odoo versions of this customer an adaptation exists."""
        if not self or not adaptation:
            return ""
        known, lacking = split_series(
            self._get_run_series(), adaptation.release_ids.mapped("series")
        )
        parts = []
        if known:
            parts.append(self.env._("exists for %s", ", ".join(known)))
        if lacking:
            parts.append(self.env._("not yet for %s", ", ".join(lacking)))
        return ", ".join(parts)

    def _get_run_series(self):
        """Odoo versions of the customer's systems that are in use: a set."""
        today = self.company_id._support_today()
        running = self.instance_ids.filtered(
            lambda instance: not instance.date_end or instance.date_end >= today
        )
        return set(filter(None, running.mapped("series")))

    # === WHEN THE RIGHT ENDS === #

    @api.model
    def _cron_find_ended_access(self):
        """A to-do for each contract with access to what it has no right to any more; a
        scheduled action.
        """
        open_access = self.env["support.adaptation.access"].search(
            [("date_revoked", "=", False)]
        )
        overdue = open_access.filtered("is_overdue").contract_id
        known = overdue.filtered(lambda contract: contract.activity_search([REVOKE]))

        def remind(contract):
            work_alone(
                contract,
                contract._remind_to_revoke,
                lambda error: None,  # it is tried again on the next day
                "nobody could be told to revoke access",
            )

        go_through(overdue - known, remind)

    def _remind_to_revoke(self):
        self.ensure_one()
        overdue = self.adaptation_access_ids.filtered("is_overdue")
        self.activity_schedule(
            REVOKE,
            note=", ".join(overdue.mapped("display_name")),
            user_id=self._get_responsible_user().id,
        )

    def _clear_revoke_activity(self):
        """Nothing is left to revoke: take the to-do away."""
        for contract in self:
            if not any(contract.adaptation_access_ids.mapped("is_overdue")):
                contract.activity_unlink([REVOKE])

    # === PORTAL === #

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {
            "adaptations": ("administrator", "key_user"),
        }

    @api.model
    def _get_portal_pages(self):
        pages = super()._get_portal_pages()
        pages["code"].cards.add("adaptations")
        return pages

    def _prepare_portal_overview(self, cards):
        shown = "adaptations" in cards and self.state in ("active", "notice")
        return super()._prepare_portal_overview(cards) | {
            "adaptations": self._prepare_portal_adaptations() if shown else [],
        }

    def _prepare_portal_adaptations(self):
        """Rows of what this customer has a right or access to, by area."""
        granted = self.service_ids.type_id.grant_ids
        open_access = self.adaptation_access_ids.filtered("is_open")
        adaptations = self.env["support.adaptation"].search(
            [("right_id", "in", granted.ids)]
        )
        areas = dict(adaptations._selection_area())
        judge, today = RightJudge(self), self.company_id._support_today()
        allowed = {
            right: bool(judge.judge_right(right, today, {}))
            for right in (adaptations | open_access.adaptation_id).right_id
        }
        rows = []
        for adaptation in adaptations | open_access.adaptation_id:
            own = open_access.filtered(
                lambda access, mine=adaptation: access.adaptation_id == mine
            )
            rows.append(
                {
                    "adaptation": adaptation,
                    "area": areas.get(adaptation.area, adaptation.area),
                    "allowed": allowed.get(adaptation.right_id, False),
                    "availability": self._describe_availability(adaptation),
                    "accesses": own,
                    # Where it is kept is for those who have access.
                    "releases": adaptation.release_ids
                    if own
                    else adaptation.release_ids.browse(),
                }
            )
        return rows
