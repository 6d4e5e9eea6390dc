# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.base.models.res_partner import _tz_get


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "support.history.mixin"]

    support_tz = fields.Selection(
        _tz_get,
        string="Support Time Zone",
        default="Europe/Stockholm",
        required=True,
        help="Contract days begin and end at midnight in this time zone.",
    )

    @api.model
    def _get_history_fields(self):
        """The settings of the suite."""
        return super()._get_history_fields() | {
            name
            for name, field in self._fields.items()
            if field.store and name.startswith("support_")
        }

    def _get_history_company(self):
        return self

    def _support_today(self):
        """Today's date in the company's own time zone.

        A company has no time zone in Odoo and a scheduled action runs in UTC, where
        the first of a month begins one or two hours late for a Swedish customer.
        """
        self.ensure_one()
        return datetime.now(ZoneInfo(self.support_tz)).date()

    def _support_date(self, moment):
        """The company's calendar day of ``moment``, a naive UTC datetime."""
        self.ensure_one()
        return (
            moment.replace(tzinfo=timezone.utc)
            .astimezone(ZoneInfo(self.support_tz))
            .date()
        )

    def _support_midnight(self, day):
        """When ``day`` begins for the company, as a naive UTC datetime."""
        self.ensure_one()
        midnight = datetime.combine(day, time.min, ZoneInfo(self.support_tz))
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    def _get_support_users(self, group):
        """People of the company in a group, by its external id; without the system."""
        self.ensure_one()
        return (
            self.env.ref(group)
            .all_user_ids.filtered(
                lambda user: user.active
                and user.id != SUPERUSER_ID
                and self in user.company_ids
            )
            .sorted("id")
        )
