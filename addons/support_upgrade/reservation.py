# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import ExclusionViolation, UniqueViolation

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import format_date

from .upgrade_ledger import Booking

# What the right was reserved for; it stays once the work has started.
REQUEST_FIELDS = {
    "contract_id",
    "instance_id",
    "from_series",
    "to_series",
    "date_requested",
}


class Reservation:
    """The rights of a period that an upgrade takes when it is asked for. Clause R8."""

    def __init__(self, upgrade):
        upgrade.ensure_one()
        self.upgrade = upgrade
        self.contract = upgrade.contract_id
        self.env = upgrade.env

    def reserve(self, day):
        """Take rights of the period that holds ``day``, if enough are free.

        Nothing happens without: the request stays, and looks again when it starts.

        :raise ConcurrencyError: when somebody takes the same right at this moment; Odoo
            tries again then, with another look at what is left
        """
        upgrade, count = self.upgrade, self.get_count()
        ledger = self.contract._get_upgrade_ledger()
        period = ledger.period_at(day)
        if not period:
            return
        entry = ledger.entry(period, upgrade.company_id._support_today())
        # Not `left`: a request that is entered late keeps the right of its own day.
        if entry.granted - entry.used - entry.reserved < count:
            return
        # Before the change, so that what fails below is this change and no other.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                number = self._get_free_number(period, entry.granted, count)
                upgrade._with_permission().write(
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

    def _get_free_number(self, period, granted, count):
        """The lowest number from which ``count`` rights are free.

        Others in the period move to lower numbers where the free ones are scattered.
        """
        before = self.contract._get_booking_before()
        first = 1 + (before.count if before and before.period_day in period else 0)
        holders = (self.contract._get_upgrades_of(period) - self.upgrade).sorted(
            "right_no"
        )
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
            upgrade._with_permission().right_no = number
            self.env.flush_all()
            number += upgrade.right_count
        return number

    def give_back(self):
        """Let the period have the right again."""
        if self.upgrade._holds_right():
            today = self.upgrade.company_id._support_today()
            self.upgrade._with_permission().date_right_returned = today

    def drop(self):
        """Forget the reservation, as if it had never been made."""
        self.upgrade._with_permission().write(
            {
                "period_start": False,
                "right_no": False,
                "right_count": 0,
                "date_reserved": False,
                "date_right_returned": False,
            }
        )
        self.env.flush_all()

    def renew(self):
        """Reserve again, for what is asked for now."""
        upgrade = self.upgrade
        count, day = self.get_count(), upgrade.date_requested
        period = self.contract._get_upgrade_ledger().period_at(day)
        if (
            upgrade._holds_right()
            and upgrade.right_count == count
            and period
            and upgrade.period_start in period
        ):
            return
        self.drop()
        self.reserve(day)

    def get_booking(self):
        """What the ledger knows about the right; None without one."""
        if not self.upgrade.right_no:
            return None
        return Booking(
            period_day=self.upgrade.period_start,
            reserved_on=self.upgrade.date_reserved,
            started_on=self.upgrade.date_started or None,
            returned_on=self.upgrade.date_right_returned or None,
            count=self.upgrade.right_count,
        )

    def get_count(self):
        """How many rights the upgrade uses, by the terms."""
        counting = self.contract._get_agreed("upgrade_counting").value
        return self.upgrade.version_steps if counting == "version_step" else 1

    def get_status(self):
        upgrade = self.upgrade
        if upgrade._holds_right():
            return "used" if upgrade.date_started else "reserved"
        if upgrade.right_no:
            return "returned"
        return "extra" if upgrade.date_started else "none"

    def get_text(self):
        """In words, what the customer is owed for this upgrade."""
        status = self.get_status()
        if status == "none":
            if not self.contract:
                return ""
            # A new request asks for its own day; later on the day of the start counts.
            day = None if self.upgrade._origin else self.upgrade.date_requested
            return self.contract._right("upgrade", day, upgrade=self.upgrade).reason
        if status == "extra":
            return self.env._("A billable extra, outside the upgrade rights.")
        patterns = {
            "reserved": self.env._("Reserved from the period that began on %s."),
            "used": self.env._("Used from the period that began on %s."),
            "returned": self.env._("Given back to the period that began on %s."),
        }
        return patterns[status] % format_date(self.env, self.upgrade.period_start)


def check_request_open(upgrades, names):
    """Refuse to change what was asked for once it cannot change any more."""
    env = upgrades.env
    if "contract_id" in names:
        raise UserError(
            env._("An upgrade stays with its contract. Make another request.")
        )
    if upgrades.filtered(lambda one: one.state not in ("requested", "accepted")):
        raise UserError(
            env._("The work has started: what was asked for cannot change.")
        )
    if "date_requested" in names and not upgrades._is_manager():
        raise UserError(env._("Only a manager can correct the day of the request."))
