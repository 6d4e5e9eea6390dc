# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import models
from odoo.tools import format_date

# A server reports every night. One night may fail; after these days somebody looks.
SILENT_DAYS = 3


class SupportSource(models.Model):
    """On which day the code was seen that a source tells of. Clause R2.

    What is read here is seen today. A report that a person has pasted is what was
    agreed to count by, until it is too old. What the customer's own server sent was
    seen when it came: read again here, it says nothing about today.
    """

    _inherit = "support.source"

    def _get_day_seen(self):
        """The last day, the company's, on which what it tells was so."""
        self.ensure_one()
        today = self.company_id._support_today()
        if self.kind != "upload":
            return today
        received = self._get_report_sudo().date_received
        # A day to come, by a clock that was wrong, is no day on which it was seen.
        return min(self.company_id._support_date(received), today)

    def _get_missing_report_warning(self):
        """A sentence that says since when nothing came, or False."""
        self.ensure_one()
        day = self._get_day_seen()
        if self.company_id._support_today() - day <= timedelta(days=SILENT_DAYS):
            return False
        return self.env._(
            "The server has sent no report since %s. Look why it does not report.",
            format_date(self.env, day),
        )


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def _get_day_seen(self, readings):
        """The day on which all of these readings were so.

        :param readings: as `_read_sources` returns it
        """
        self.ensure_one()
        return min(source._get_day_seen() for source, __ in readings)

    def _get_missing_report_warning(self, readings):
        """Why these readings tell nothing about today although they succeeded, or
        False."""
        self.ensure_one()
        found = (source._get_missing_report_warning() for source, __ in readings)
        return "\n".join(filter(None, found)) or False
