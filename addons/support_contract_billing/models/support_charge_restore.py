# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class SupportCharge(models.Model):
    """Which waived charges can be charged after all."""

    _inherit = "support.charge"

    def _get_corrections_waived_along(self):
        """Later corrections that were waived together with one of these charges."""
        result = self.browse()
        for charge in self:
            result |= charge._get_later_corrections().filtered(
                lambda later, charge=charge: later.state == "waived"
                and not later.is_dropped
                and later.decision_date == charge.decision_date
            )
        return result

    def _check_restorable(self):
        """Each correction is the difference to what was charged when it was made.

        So it is worth something only beside the very same charges before it.

        :raise UserError: when the customer would pay another sum than what is right
        """
        for charge in self:
            if charge.is_dropped:
                raise UserError(
                    self.env._(
                        "“%s” was dropped because the agreement changed again, and is "
                        "not owed.",
                        charge.name,
                    )
                )
            if charge.currency_id.is_zero(charge.amount):
                raise UserError(
                    self.env._(
                        "“%s” costs nothing, so there is nothing to charge after all.",
                        charge.name,
                    )
                )
            for earlier in charge._get_earlier_charges() - self:
                if (
                    earlier.state == "waived"
                    and not earlier.is_dropped
                    and earlier.decision_date
                    and earlier.decision_date >= charge.decision_date
                ):
                    raise UserError(
                        self.env._(
                            "“%(charge)s” puts “%(corrected)s” right, which is "
                            "waived. Charge that after all.",
                            charge=charge.name,
                            corrected=earlier.name,
                        )
                    )
            for later in charge._get_later_corrections():
                if later in self:
                    fits = later.decision_date == charge.decision_date
                else:
                    fits = later.state == "waived"
                if fits:
                    continue
                raise UserError(
                    self.env._(
                        "“%(charge)s” was corrected after it was waived: "
                        "“%(correction)s”. Correct that instead.",
                        charge=charge.name,
                        correction=later.name,
                    )
                )
