# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import ExclusionViolation, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import format_date

from ..upgrade_ledger import Booking


class SupportUpgrade(models.Model):
    """The right that an upgrade reserves when it is asked for. Clause R8."""

    _inherit = "support.upgrade"

    period_start = fields.Date(
        string="Right of the Period From",
        readonly=True,
        copy=False,
        help="First day of the period whose right is used.",
    )
    right_no = fields.Integer(
        string="Right Number",
        readonly=True,
        copy=False,
        help="Which of the period's rights is used, the first one if there are "
        "several. Empty for a billable extra.",
    )
    right_count = fields.Integer(
        string="Rights Used",
        readonly=True,
        copy=False,
        help="More than one where the terms count every version that is passed.",
    )
    date_reserved = fields.Date(
        readonly=True, copy=False, help="From this day on the right is not free."
    )
    date_right_returned = fields.Date(
        string="Right Given Back On",
        readonly=True,
        copy=False,
        help="From this day on the right is free again.",
    )
    right_status = fields.Selection(
        [
            ("none", "No right left"),
            ("reserved", "Right reserved"),
            ("used", "Right used"),
            ("extra", "Billable extra"),
            ("returned", "Right given back"),
        ],
        string="Right",
        compute="_compute_right",
    )
    right_text = fields.Char(string="Upgrade Right", compute="_compute_right")

    # The database keeps two starts at the same moment from using one right. Odoo writes
    # an empty number as 0, so `IS NOT NULL` would let no second extra exist.
    _right_uniq = models.UniqueIndex(
        "(contract_id, period_start, right_no) "
        "WHERE right_no > 0 AND state != 'cancelled'",
        "Somebody else has just taken this upgrade right. Try again to see what is "
        "left.",
    )
    # The same where an upgrade uses several rights, and where the work was stopped and
    # the right stays used. A range of one number stands for the number itself, so that
    # `=` works in a GiST index without the extension btree_gist.
    _rights_no_overlap = models.Constraint(
        """EXCLUDE USING gist (
            int4range(contract_id, contract_id, '[]') WITH =,
            daterange(period_start, period_start, '[]') WITH =,
            int4range(right_no, right_no + right_count) WITH &&
        ) WHERE (right_no > 0 AND date_right_returned IS NULL)""",
        "Somebody else has just taken this upgrade right. Try again to see what is "
        "left.",
    )

    @api.depends(
        "state",
        "right_no",
        "period_start",
        "date_right_returned",
        "date_started",
        "contract_id",
        "to_series",
        "from_series",
    )
    @api.depends_context("lang")
    def _compute_right(self):
        for upgrade in self:
            upgrade.right_status = upgrade._get_right_status()
            upgrade.right_text = upgrade._get_right_text()

    def action_reserve_right(self):
        """Look again for a right, for a request that did not find one; a button."""
        for upgrade in self.filtered(lambda upgrade: not upgrade._holds_right()):
            upgrade._check_state("requested", "accepted")
            upgrade._reserve_right(upgrade.company_id._support_today())
            if upgrade._holds_right():
                upgrade._log_step(upgrade.right_text)

    def _holds_right(self):
        """Whether a right is reserved or used by this upgrade."""
        self.ensure_one()
        return bool(self.right_no) and not self.date_right_returned

    def _get_right_count(self):
        """How many rights the upgrade uses, by the terms."""
        self.ensure_one()
        counting = self.contract_id._get_agreed("upgrade_counting").value
        return self.version_steps if counting == "version_step" else 1

    def _get_booking(self):
        """What the ledger knows about the right; None without one."""
        self.ensure_one()
        if not self.right_no:
            return None
        return Booking(
            period_day=self.period_start,
            reserved_on=self.date_reserved,
            started_on=self.date_started or None,
            returned_on=self.date_right_returned or None,
            count=self.right_count,
        )

    def _get_right_status(self):
        self.ensure_one()
        if self._holds_right():
            return "used" if self.date_started else "reserved"
        if self.right_no:
            return "returned"
        return "extra" if self.date_started else "none"

    def _get_right_text(self):
        """In words, what the customer is owed for this upgrade."""
        self.ensure_one()
        status = self._get_right_status()
        if status == "none":
            # A new request asks for its own day; later on the day of the start counts.
            day = None if self._origin else self.date_requested
            return self._get_upgrade_verdict(day).reason if self.contract_id else ""
        if status == "extra":
            return self.env._("A billable extra, outside the upgrade rights.")
        patterns = {
            "reserved": self.env._("Reserved from the period that began on %s."),
            "used": self.env._("Used from the period that began on %s."),
            "returned": self.env._("Given back to the period that began on %s."),
        }
        return patterns[status] % format_date(self.env, self.period_start)

    def _get_upgrade_verdict(self, on_date=None):
        """May this upgrade start? :return: :class:`..verdict.Verdict`"""
        self.ensure_one()
        return self.contract_id._right("upgrade", on_date, upgrade=self)

    def _reserve_right(self, day):
        """Take rights of the period that holds ``day``, if enough are free.

        Nothing happens without: the request stays, and looks again when it starts.

        :raise ConcurrencyError: when somebody takes the same right at this moment; Odoo
            tries again then, with another look at what is left
        """
        self.ensure_one()
        contract, count = self.contract_id, self._get_right_count()
        ledger = contract._get_upgrade_ledger()
        period = ledger.period_at(day)
        if not period:
            return
        entry = ledger.entry(period, self.company_id._support_today())
        # Not `left`: a request that is entered late keeps the right of its own day.
        if entry.granted - entry.used - entry.reserved < count:
            return
        # Before the change, so that what fails below is this change and no other.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                number = self._get_free_right_no(period, entry.granted, count)
                self._as_step().write(
                    {
                        "period_start": period.start,
                        "right_no": number,
                        "right_count": count,
                        "date_reserved": day,
                        "date_right_returned": False,
                    }
                )
                self.env.flush_all()
        except (UniqueViolation, ExclusionViolation) as error:
            raise ConcurrencyError(str(error)) from error

    def _get_free_right_no(self, period, granted, count):
        """The lowest number from which ``count`` rights are free.

        Others in the period move to lower numbers where the free ones are scattered.
        """
        self.ensure_one()
        contract = self.contract_id
        before = contract._get_booking_before()
        first = 1 + (before.count if before and before.period_day in period else 0)
        holders = (contract._get_upgrades_of(period) - self).sorted("right_no")
        taken = {
            number
            for upgrade in holders
            for number in range(
                upgrade.right_no, upgrade.right_no + upgrade.right_count
            )
        }
        for number in range(first, granted - count + 2):
            if taken.isdisjoint(range(number, number + count)):
                return number
        number = first
        for upgrade in holders:
            # Upwards, one at a time: the database never sees two on one number.
            upgrade._as_step().right_no = number
            self.env.flush_all()
            number += upgrade.right_count
        return number

    def _return_right(self):
        """Give the right back to its period."""
        self.ensure_one()
        if self._holds_right():
            today = self.company_id._support_today()
            self._as_step().date_right_returned = today

    def _drop_right(self):
        """Forget the reservation, as if it had never been made."""
        self.ensure_one()
        self._as_step().write(
            {
                "period_start": False,
                "right_no": False,
                "right_count": 0,
                "date_reserved": False,
                "date_right_returned": False,
            }
        )
        self.env.flush_all()

    def _renew_right(self):
        """Reserve again, for what is asked for now."""
        self.ensure_one()
        count, day = self._get_right_count(), self.date_requested
        period = self.contract_id._get_upgrade_ledger().period_at(day)
        if (
            self._holds_right()
            and self.right_count == count
            and period
            and self.period_start in period
        ):
            return
        self._drop_right()
        self._reserve_right(day)
