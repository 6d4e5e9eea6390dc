# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang


class SupportContract(models.Model):
    """What the customer has, what is left and what it will cost, in everyday words.

    Clauses R7, R8 and R13.
    """

    _inherit = "support.contract"

    def _prepare_portal_overview(self, cards):
        """What the customer's page shows; extend to add what another card needs.

        :param cards: codes as `_get_visible_cards` returns them
        :return: dict of texts and rows; a card that is not allowed is empty
        """
        self.ensure_one()
        running = self.state in ("active", "notice")
        return {
            "services": self._prepare_portal_services() if "services" in cards else [],
            "rights": self._prepare_portal_rights()
            if "rights" in cards and self.state != "draft"
            else [],
            "costs": self._prepare_portal_costs()
            if "costs" in cards and self.state != "ended"
            else [],
            "ends": self._prepare_portal_ends()
            if "notice" in cards and running
            else [],
        }

    def _prepare_portal_services(self):
        """Each service with what it is today: coming, running or over."""
        today = self.company_id._support_today()
        rows = []
        for service in self.service_ids.sorted("date_start"):
            over = service.date_end and service.date_end < today
            rows.append(
                {
                    "service": service,
                    "bound": service.date_min_end and service.date_min_end >= today,
                    "state": "over"
                    if over
                    else "coming"
                    if service.date_start > today
                    else "running",
                }
            )
        return rows

    def _prepare_portal_rights(self):
        """The rights that some service of the contract gives, first those of today."""
        granted = self.service_ids.type_id.grant_ids.sorted("sequence")
        return [self._prepare_right_row(right) for right in granted]

    def _prepare_portal_costs(self):
        """What the customer pays, before it is charged: rows of name, amount, note."""
        return sorted(self._get_portal_cost_rows(), key=lambda row: row["sequence"])

    def _get_portal_cost_rows(self):
        """Extend it with what another module charges; ``sequence`` orders the rows."""
        rows = []
        if fee := self._get_known_monthly_fee():
            rows.append(
                {
                    "sequence": 10,
                    "name": self.env._("All services, a whole month as of today"),
                    "amount": self._format_portal_money(fee),
                    "note": self.env._("without VAT and without what is metered"),
                }
            )
        if discount := self._get_portal_discount():
            rows.append(
                {
                    "sequence": 30,
                    "name": self.env._("Discount on hourly rates"),
                    "amount": self._format_figure("hourly_discount", discount),
                    "note": self.env._("for work that the agreement does not include"),
                }
            )
        return rows

    def _get_portal_discount(self):
        """The discount on hourly rates of today, if the customer has the right."""
        known = self.service_ids.type_id.grant_ids.mapped("code")
        if "discount" not in known or not self._right("discount"):
            return 0.0
        return self._get_agreed("hourly_discount").value

    def _get_known_monthly_fee(self):
        """The fee of a month, or 0 while it cannot be computed."""
        try:
            return self._get_monthly_fee()
        except UserError:
            return 0.0

    def _prepare_portal_ends(self):
        """When each service would end if the customer gave notice today, and why."""
        today = self.company_id._support_today()
        rows = []
        for service in self.service_ids.sorted("date_start"):
            if service.date_end:
                if service.date_end >= today:
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
            end = service._get_earliest_end(today)
            rows.append(
                {
                    "service": service,
                    "given": False,
                    "day": format_date(self.env, end.day),
                    "why": service._explain_earliest_end(end),
                }
            )
        return rows

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
