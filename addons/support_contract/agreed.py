# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What holds for a contract on a day: its special conditions, else its terms."""

from bisect import bisect_right
from dataclasses import dataclass

from odoo.tools import LazyTranslate, float_round, formatLang

from .periods import ONE_DAY
from .read_once import get_remembered, remember

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
    :param unit: money, percent, months, minutes, days, number, or unknown where the
        add-on that had it is gone
    :param by_type: whether each type of service has its own
    :param least: the smallest value that makes sense
    :param most: the largest one, if there is any
    """

    label: object
    unit: str
    by_type: bool = False
    least: int = 0
    most: int | None = None


# Prices per unit know parts of an öre: 0.045 for a scan. Amounts do not.
PRICE_DECIMALS = 4

# See `_get_agreed_figures()` of `support.contract.condition`.
FIGURES = {
    "price": Figure(_lt("Price"), "money", by_type=True),
    "discount": Figure(_lt("Discount on the monthly fee"), "percent", by_type=True),
    "minimum": Figure(_lt("Minimum fee"), "money", by_type=True),
    "min_months": Figure(_lt("Minimum term"), "months", by_type=True),
    "renewal_months": Figure(_lt("Renewal"), "months", by_type=True),
    "notice_months": Figure(_lt("Notice period"), "months", by_type=True),
    "count_day": Figure(_lt("Count day (days before the period)"), "days", most=28),
    "count_max_age": Figure(_lt("Oldest line count"), "days"),
    "upgrade_fee": Figure(_lt("Upgrade fee"), "money"),
    "upgrades_per_period": Figure(_lt("Upgrades per period"), "number"),
    "upgrade_period_months": Figure(_lt("Upgrade period"), "months", least=1),
    "hourly_discount": Figure(_lt("Discount on hourly rates"), "percent"),
    "time_increment": Figure(_lt("Smallest time increment"), "minutes", least=1),
    "suspend_days": Figure(_lt("Days until rights are suspended"), "days"),
}
WHOLE_UNITS = ("months", "minutes", "days", "number")


class AgreedFigures:
    """The figures of one agreement.

    :param contract: ``support.contract``
    """

    def __init__(self, contract):
        self.contract = contract
        self.env = contract.env

    def get(self, key, day, service_type, service):
        """See ``contract._get_agreed()``.

        :return: :class:`AgreedValue`
        """
        own = self._get_memory_key(day, service)
        if own is None:
            return self._find(key, day, service_type, service)
        return remember(
            self.env,
            ("agreed", own, key, service_type.id, self.env.lang),
            lambda: self._find(key, day, service_type, service),
        )

    def get_several(self, keys, day, service):
        """{key: :class:`AgreedValue`} of a service on a day; see `get`."""

        def find():
            kind = service.type_id
            return {key: self.get(key, day, kind, service) for key in keys}

        own = self._get_memory_key(day, service)
        if own is None:
            return find()
        question = ("agreed", own, keys, service.type_id.id, self.env.lang)
        return remember(self.env, question, find)

    def _get_memory_key(self, day, service):
        """What a figure of a day depends on besides its name and type, or None where
        nothing is remembered.
        """
        contract = self.contract
        if (
            get_remembered(self.env) is None
            or not contract.id
            or (service and not isinstance(service.id, int))
        ):
            return None
        stretch = self._get_stretch(day)
        return remember(
            self.env,
            ("whose figures", contract.id, stretch, service.id),
            # Without conditions it is what these terms say to everybody.
            lambda: (
                (contract.id, stretch, service.id)
                if contract.condition_ids
                else contract._get_terms(day).id
            ),
        )

    def _find(self, key, day, service_type, service):
        terms = self.contract._get_terms(day)
        standard = terms._get_figure(key, service_type)
        condition = self._get_condition(key, day, service_type, service)
        if condition:
            value = condition.value
            if condition._get_figure(key).unit in WHOLE_UNITS:
                value = round(value)
            source = self._get_source(key, value, standard, terms)
            return AgreedValue(value, source, standard, condition.id)
        if key == "tiers" and self._get_condition("price", day, service_type, service):
            standard = ()  # the agreed price holds for every step
        source = self.env._("terms %s", terms.version)
        return AgreedValue(standard, source, standard)

    def get_change_days(self, keys, start, end, service):
        """Days after `start`, through `end`, on which one of the figures changes."""
        if get_remembered(self.env) is not None and (
            self._get_stretch(start) == self._get_stretch(end)
        ):
            return []
        days = set()
        for condition in self.contract.condition_ids:
            if any(
                condition._applies_to(key, service.type_id, service) for key in keys
            ):
                after = condition.date_end and condition.date_end + ONE_DAY
                days |= {condition.date_start, after}
        days.update(self._get_days_of_terms())
        return sorted(day for day in days if day and start < day <= end)

    def _get_days_of_terms(self):
        """Days of amendments that moved the contract to another version of the terms,
        which may change any figure.
        """
        # sudo: what was agreed does not depend on who asks.
        moves = self.contract.sudo().amendment_ids.line_ids.filtered(
            lambda line: line.model == self.contract._name
            and line.field_name == "terms_id"
        )
        return moves.amendment_id.mapped("date_effective")

    def _get_stretch(self, day):
        """Which of the stretches of days that have the same figures holds a day."""
        days = remember(
            self.env, ("figures", self.contract.id), self._get_days_of_figures
        )
        return bisect_right(days, day) if days else 0

    def _get_days_of_figures(self):
        """All days on which a figure of this contract can change, in order."""
        days = set(self._get_days_of_terms())
        for condition in self.contract.condition_ids:
            after = condition.date_end and condition.date_end + ONE_DAY
            days |= {condition.date_start, after}
        return sorted(filter(None, days))

    def get_kept_conditions_warning(self):
        """That special conditions hold under other terms as well, for a form."""
        contract = self.contract
        kept = [one._get_summary(contract.terms_id) for one in contract.condition_ids]
        return {
            "title": self.env._("Special conditions are kept"),
            "message": self.env._(
                "They hold under the new terms as well. Delete those that no "
                "longer apply:\n%s",
                "\n".join(kept),
            ),
            "type": "dialog",
        }

    def format(self, key, value):
        """The value with its unit, for a reader; empty where there is none."""
        if value is None or value is False or not key:
            return ""
        unit = self.contract.condition_ids._get_figure(key).unit
        if unit in WHOLE_UNITS:
            whole = round(value)
            return {
                "months": self.env._("%s months", whole),
                "days": self.env._("%s days", whole),
                "minutes": self.env._("%s minutes", whole),
            }.get(unit, str(whole))
        if unit == "percent":
            digits = 0 if value == round(value) else 2
            return self.env._("%s%%", formatLang(self.env, value, digits=digits))
        if unit == "unknown" and value == round(value):
            return formatLang(self.env, value, digits=0)
        return formatLang(
            self.env, value, digits=price_decimals(value, self.contract.currency_id)
        )

    def _get_condition(self, key, day, service_type, service):
        """The special condition in force; the most particular one, or none."""
        conditions = self.contract.condition_ids
        if not conditions:
            return conditions
        return conditions.filtered(
            lambda condition: condition._applies_to(key, service_type, service)
            and condition._holds_on(day)
        ).sorted(lambda condition: (not condition.service_id, not condition.type_id))[
            :1
        ]

    def _get_source(self, key, value, standard, terms):
        agreed = self.format(key, value)
        label = self.env._(self.contract.condition_ids._get_figure(key).label)
        if standard is None:
            return self.env._(
                "special condition: %(agreed)s (%(what)s)", agreed=agreed, what=label
            )
        return self.env._(
            "special condition: %(agreed)s instead of %(standard)s (%(what)s, terms "
            "%(version)s)",
            agreed=agreed,
            standard=self.format(key, standard),
            what=label,
            version=terms.version,
        )


def price_decimals(price, currency):
    """With how many decimals a price per unit is written: those of its currency, or
    all of them where it has parts of the smallest coin.
    """
    places = currency.decimal_places or 2
    coins = float_round(price, precision_digits=places)
    fine = float_round(price, precision_digits=PRICE_DECIMALS) != coins
    return PRICE_DECIMALS if fine else places


def format_price(env, price, currency):
    """A price per unit with its currency, for a reader."""
    text = formatLang(env, price, digits=price_decimals(price, currency))
    if not currency:
        return text
    # Odoo writes an amount with the decimals of its currency only.
    around = formatLang(env, 0, currency_obj=currency)
    return around.replace(formatLang(env, 0, digits=currency.decimal_places), text, 1)


def copy_conditions(contract, copied):
    """Give a copied contract the same conditions, for its own services."""
    services = contract.service_ids.sorted("id")
    new_services = copied.service_ids.sorted("id")
    same = len(services) == len(new_services)
    mapped = dict(zip(services, new_services, strict=True)) if same else {}
    for condition in contract.condition_ids:
        service = condition.service_id
        if not service or service in mapped:
            condition.copy(
                {
                    "contract_id": copied.id,
                    "service_id": mapped[service].id if service else False,
                }
            )
