# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..term import AgreedValue


class SupportContractService(models.Model):
    """The figures of the agreement that a service has of its own."""

    _inherit = "support.contract.service"

    condition_ids = fields.One2many(
        "support.contract.condition", "service_id", string="Special Conditions"
    )

    def _get_agreed(self, key, on_date=None):
        """What holds for this service on a day: see `contract._get_agreed()`."""
        self.ensure_one()
        if not self.contract_id:
            return AgreedValue(None, "")  # a line of a form that is still empty
        day = on_date or self._get_agreed_day()
        return self.contract_id._get_agreed(key, day, service=self)

    def _get_agreed_day(self):
        """Today, or the nearest day on which the service runs."""
        self.ensure_one()
        day = self.contract_id._get_agreed_day()
        if self.date_start:
            day = max(day, self.date_start)
        return min(day, self.date_end) if self.date_end else day

    def _agree_price(self, price):
        """Agree on a price for this service; that of the terms needs no condition."""
        self.ensure_one()
        own = self.condition_ids.filtered(lambda condition: condition.key == "price")
        standard = self.contract_id._get_agreed(
            "price", self._get_agreed_day(), service_type=self.type_id
        ).value
        if standard is None:
            # Nothing was entered: activation will ask for the price.
            same = not price
        else:
            same = not self.currency_id.compare_amounts(price, standard)
        if same:
            own.unlink()
        elif own:
            own.value = price
        else:
            self.env["support.contract.condition"].create(
                {
                    "contract_id": self.contract_id.id,
                    "service_id": self.id,
                    "type_id": self.type_id.id,
                    "key": "price",
                    "value": price,
                }
            )
