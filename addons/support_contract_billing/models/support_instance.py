# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_instance.cloc import CountError


class SupportInstance(models.Model):
    _inherit = "support.instance"

    date_code_seen = fields.Date(
        compute="_compute_date_code_seen",
        help="The last day on which code was read that nobody has rejected.",
    )

    @api.depends("count_ids.date_confirmed", "count_ids.state")
    def _compute_date_code_seen(self):
        # Later days come from a clock that was wrong.
        today = max(
            (company._support_today() for company in self.company_id),
            default=fields.Date.today(),
        )
        days = dict(
            self.env["support.count"]._read_group(
                [
                    ("instance_id", "in", self.ids),
                    ("state", "!=", "rejected"),
                    ("date_confirmed", "<=", today),
                ],
                ["instance_id"],
                ["date_confirmed:max"],
            )
        )
        for instance in self:
            instance.date_code_seen = days.get(instance._origin, False)

    def _was_counted_on(self, day):
        """Whether its code was read successfully on ``day``.

        A day to come, by a clock that was wrong, is as good as never.
        """
        counted = self.date_counted
        return bool(counted) and self.company_id._support_date(counted) == day

    def _count_or_note_failure(self):
        """Count one instance; what goes wrong is written down, not raised."""
        self.ensure_one()
        try:
            self._record_count(self._read_sources())
        except CountError as error:
            self.count_error = str(error)
