# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import formatLang

from ..periods import ONE_DAY
from ..term import FIGURES, WHOLE_UNITS, AgreedValue


class SupportContract(models.Model):
    """What holds for a contract on a day: its special conditions, else its terms."""

    _inherit = "support.contract"

    condition_ids = fields.One2many(
        "support.contract.condition", "contract_id", string="Special Conditions"
    )

    def copy(self, default=None):
        copies = super().copy(default)
        for contract, copied in zip(self, copies, strict=True):
            contract._copy_conditions(copied)
        return copies

    @api.onchange("terms_id")
    def _onchange_terms_id(self):
        """Special conditions survive a change of the terms, and nobody overlooks it."""
        if not self.condition_ids or self.terms_id == self._origin.terms_id:
            return None
        kept = [
            condition._get_summary(self.terms_id) for condition in self.condition_ids
        ]
        return {
            "warning": {
                "title": self.env._("Special conditions are kept"),
                "message": self.env._(
                    "They hold under the new terms as well. Delete those that no "
                    "longer apply:\n%s",
                    "\n".join(kept),
                ),
                "type": "dialog",
            }
        }

    def _get_agreed(self, key, on_date=None, service_type=None, service=None):
        """The value of one figure or rule on a day, and who says so.

        The only way in which anything reads the terms of a contract.

        :param key: a figure (`FIGURES`: price, discount, minimum, min_months, …), a
            figure of the price line (step, tiers), or a field of the terms (calendar,
            timing, count_day, sign_activates, …)
        :param on_date: the day; by default today, but not before the contract starts
        :param service_type: `support.service.type`, for figures of a service
        :param service: `support.contract.service`, instead of its type: so that a
            condition of that one service is seen as well
        :return: :class:`..term.AgreedValue`; its value is None where a price was
            never agreed
        """
        self.ensure_one()
        day = on_date or self._get_agreed_day()
        service = service or self.env["support.contract.service"]
        service_type = service_type or service.type_id
        terms = self._get_terms(day)
        standard = terms._get_figure(key, service_type)
        condition = self._get_condition(key, day, service_type, service)
        if condition:
            value = condition.value
            if FIGURES[key].unit in WHOLE_UNITS:
                value = round(value)
            source = self._get_condition_source(key, value, standard, terms)
            return AgreedValue(value, source, standard, condition.id)
        if key == "tiers" and self._get_condition("price", day, service_type, service):
            standard = ()  # the agreed price holds for every step
        source = self.env._("terms %s", terms.version)
        return AgreedValue(standard, source, standard)

    def _get_terms(self, on_date):
        """The version of the terms on a day; whatever changes it later extends this."""
        self.ensure_one()
        return self.terms_id

    def _get_agreed_day(self):
        """Today, or the first day of a contract that is still to come."""
        self.ensure_one()
        company = self.company_id or self.env.company
        today = company._support_today()
        return max(today, self.date_start) if self.date_start else today

    def _get_condition(self, key, day, service_type, service):
        """The special condition in force; the most particular one, or none."""
        if not self.condition_ids:
            return self.condition_ids
        return self.condition_ids.filtered(
            lambda condition: condition._applies_to(key, service_type, service)
            and condition._holds_on(day)
        ).sorted(lambda condition: (not condition.service_id, not condition.type_id))[
            :1
        ]

    def _get_condition_source(self, key, value, standard, terms):
        agreed = self._format_figure(key, value)
        label = self.env._(FIGURES[key].label)
        if standard is None:
            return self.env._(
                "special condition: %(agreed)s (%(what)s)", agreed=agreed, what=label
            )
        return self.env._(
            "special condition: %(agreed)s instead of %(standard)s (%(what)s, terms "
            "%(version)s)",
            agreed=agreed,
            standard=self._format_figure(key, standard),
            what=label,
            version=terms.version,
        )

    def _get_agreed_changes(self, keys, start, end, service):
        """Days after `start`, through `end`, on which one of the figures changes.

        Between them the figures stay the same, so that a price holds for whole parts.
        """
        days = set()
        for condition in self.condition_ids:
            if any(
                condition._applies_to(key, service.type_id, service) for key in keys
            ):
                after = condition.date_end and condition.date_end + ONE_DAY
                days |= {condition.date_start, after}
        return sorted(day for day in days if day and start < day <= end)

    def _format_figure(self, key, value):
        """The value with its unit, for a reader; empty where there is none."""
        if value is None or value is False or not key:
            return ""
        unit = FIGURES[key].unit
        if unit in WHOLE_UNITS:
            return self._format_whole(unit, round(value))
        if unit == "percent":
            digits = 0 if value == round(value) else 2
            return self.env._("%s%%", formatLang(self.env, value, digits=digits))
        places = self.currency_id.decimal_places or 2
        fine = round(value, places) != round(value, 4)
        return formatLang(self.env, value, digits=4 if fine else places)

    def _format_whole(self, unit, value):
        if unit == "months":
            return self.env._("%s months", value)
        if unit == "days":
            return self.env._("%s days", value)
        if unit == "minutes":
            return self.env._("%s minutes", value)
        return str(value)

    def _copy_conditions(self, copied):
        """Give a copied contract the same conditions, for its own services."""
        services = self.service_ids.sorted("id")
        new_services = copied.service_ids.sorted("id")
        same = len(services) == len(new_services)
        mapped = dict(zip(services, new_services, strict=True)) if same else {}
        for condition in self.condition_ids:
            service = condition.service_id
            if not service or service in mapped:
                condition.copy(
                    {
                        "contract_id": copied.id,
                        "service_id": mapped[service].id if service else False,
                    }
                )

    def _get_activation_obstacles(self):
        missing = super()._get_activation_obstacles()
        terms = self.terms_id
        if terms.currency_id != self.currency_id:
            missing.append(
                self.env._(
                    "Its currency is %(currency)s and that of its terms %(other)s: "
                    "choose terms in its currency.",
                    currency=self.currency_id.name,
                    other=terms.currency_id.name,
                )
            )
        for service in self.service_ids:
            missing += service._get_activation_obstacles()
        return missing
