# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date

# What of each part is agreed, and told of a day.
SERVICE_FIELDS = ("price_unit", "date_start", "date_min_end", "date_notice", "date_end")
CONDITION_FIELDS = ("key", "type_id", "service_id", "value", "date_start", "date_end")


class SupportContract(models.Model):
    """The whole contract as it was, is or will be on a day."""

    _inherit = "support.contract"

    def _get_state_on(self, day):
        """What was agreed on ``day``, as the amendments up to now have it.

        :return: dict of ``day``, ``partner_id``, ``terms_id``, ``currency_id`` and
            lists of (record, {field: value on that day}): ``services`` that ran and
            ``conditions`` in force. Extend it with what else was agreed.
        """
        self.ensure_one()
        return {
            "day": day,
            "partner_id": self._value_on("partner_id", day),
            "terms_id": self._value_on("terms_id", day),
            "currency_id": self._value_on("currency_id", day),
            "services": [
                (service, values)
                for service in self.service_ids
                if service._runs_on(day, values := service._values_on(day))
            ],
            "conditions": [
                (condition, values)
                for condition in self.condition_ids
                if condition._was_in_force(day, values := condition._values_on(day))
            ],
        }


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _values_on(self, day):
        self.ensure_one()
        return {name: self._value_on(name, day) for name in SERVICE_FIELDS}

    def _runs_on(self, day, values):
        """Whether it ran, by its ``values`` of the day."""
        ended = values["date_end"] and values["date_end"] < day
        return values["date_start"] <= day and not ended


class SupportContractCondition(models.Model):
    _inherit = "support.contract.condition"

    def _values_on(self, day):
        self.ensure_one()
        return {name: self._value_on(name, day) for name in CONDITION_FIELDS}

    def _was_in_force(self, day, values):
        """Whether it was in force, by its ``values`` of the day."""
        started = not values["date_start"] or values["date_start"] <= day
        return started and (not values["date_end"] or day <= values["date_end"])

    def _describe_on(self, values):
        """One sentence about it, with the ``values`` of a day."""
        self.ensure_one()
        contract = self.contract_id
        text = self.env._(
            "%(what)s: %(agreed)s",
            what=self._name_figure(
                values["key"], values["type_id"] or values["service_id"].type_id
            ),
            agreed=contract._format_figure(values["key"], values["value"]),
        )
        if values["date_start"]:
            first = format_date(self.env, values["date_start"])
            text = self.env._("%(text)s, from %(day)s", text=text, day=first)
        if values["date_end"]:
            last = format_date(self.env, values["date_end"])
            text = self.env._("%(text)s, until %(day)s", text=text, day=last)
        return text
