# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from odoo.addons.support_contract.periods import calendar_month

# Of one row; a sum of many can still be priced.
MAX_QUANTITY = 1e9


class SupportUsage(models.Model):
    """Quantities that can be charged: numbers, and never less than nothing in sum."""

    _inherit = "support.usage"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalize_vals(vals)
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._normalize_vals(vals)
        before = (
            self._get_months() if vals.keys() & {"quantity", "date", "type_id"} else ()
        )
        result = super().write(vals)
        self._check_balance(before)
        return result

    def unlink(self):
        before = self._get_months()
        result = super().unlink()
        self._check_balance(before)
        return result

    @api.model
    def _normalize_vals(self, vals):
        """Refuse what is no quantity; one reference has one spelling."""
        if isinstance(vals.get("reference"), str):
            vals["reference"] = vals["reference"].strip()
        if "quantity" not in vals:
            return
        try:
            number = float(vals["quantity"] or 0)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or abs(number) > MAX_QUANTITY:
            raise ValidationError(
                self.env._(
                    "The quantity has to be a number of at most %s.",
                    f"{MAX_QUANTITY:,.0f}",
                )
            )

    def _get_months(self):
        """{(contract, kind, first day of the month)} of these."""
        return {
            (usage.contract_id, usage.type_id, usage.date.replace(day=1))
            for usage in self
        }

    @api.model
    def _check_balance(self, months):
        """No more is taken back than was there, on days with the same price.

        :param months: as `_get_months` gives them
        :raise ValidationError: names what takes back too much
        """
        for contract, kind, first in months:
            month = calendar_month(first)
            usages = contract._get_usages(kind, month)
            if not any(usage.quantity < 0 for usage in usages):
                continue
            for piece in contract._get_usage_pieces(kind, month):
                own = usages._filter_in_period(piece)
                total = sum(own.mapped("quantity"))
                if float_compare(total, 0, precision_digits=6) >= 0:
                    continue
                last = own.filtered(lambda usage: usage.quantity < 0).sorted("id")[-1:]
                last._refuse(
                    self.env._(
                        "only %s is left of that month to take back",
                        f"{total - last.quantity:.12g}",
                    )
                    if piece == month
                    else self.env._(
                        "only %(left)s is left to take back from %(start)s to %(end)s, "
                        "while that price held",
                        left=f"{total - last.quantity:.12g}",
                        start=piece.start,
                        end=piece.end,
                    )
                )
