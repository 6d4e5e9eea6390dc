# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The figures of an agreement that can be agreed differently with one customer."""

from dataclasses import dataclass

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class AgreedValue:
    """What holds on one day, and who says so.

    :param value: the figure; None where neither the terms nor a special condition
        name one
    :param source: in words: the version of the terms, or the special condition with
        what the terms say instead
    :param standard: what the terms say; the same as `value` without a condition
    :param condition_id: id of the `support.contract.condition`, or None
    """

    value: object
    source: str
    standard: object = None
    condition_id: int | None = None

    @property
    def is_special(self):
        """Whether a special condition decides."""
        return self.condition_id is not None


@dataclass(frozen=True)
class Figure:
    """A figure that a special condition can change.

    :param label: its name
    :param unit: money, percent, months, minutes, days or number
    :param by_type: whether each type of service has its own
    :param least: the smallest value that makes sense
    :param most: the largest one, if there is any
    """

    label: object
    unit: str
    by_type: bool = False
    least: int = 0
    most: int | None = None


FIGURES = {
    "price": Figure(_lt("Price"), "money", by_type=True),
    "discount": Figure(_lt("Discount on the monthly fee"), "percent", by_type=True),
    "minimum": Figure(_lt("Minimum fee"), "money", by_type=True),
    "min_months": Figure(_lt("Minimum term"), "months", by_type=True),
    "notice_months": Figure(_lt("Notice period"), "months", by_type=True),
    "count_day": Figure(_lt("Days to count before"), "days", most=28),
    "count_max_age": Figure(_lt("Oldest line count"), "days"),
    "upgrade_fee": Figure(_lt("Upgrade fee"), "money"),
    "upgrades_per_period": Figure(_lt("Upgrades per period"), "number"),
    "upgrade_period_months": Figure(_lt("Upgrade period"), "months", least=1),
    "hourly_discount": Figure(_lt("Discount on hourly rates"), "percent"),
    "time_increment": Figure(_lt("Smallest time increment"), "minutes", least=1),
    "suspend_days": Figure(_lt("Days until rights are suspended"), "days"),
}
WHOLE_UNITS = ("months", "minutes", "days", "number")
