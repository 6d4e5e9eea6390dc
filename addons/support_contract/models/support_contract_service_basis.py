# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, ormcache

from ..basis import Quantity, basis, registered_bases
from ..periods import ONE_DAY, calendar_month, period_at

_lt = LazyTranslate(__name__)


class SupportContractService(models.Model):
    """How much of a service there is: one registered method per basis. `basis.py`."""

    _inherit = "support.contract.service"

    user_count = fields.Integer(
        string="Users",
        help="The agreed number of users, for services that are charged by users.",
    )

    _user_count_positive = models.Constraint(
        "CHECK (user_count >= 0)", "The number of users cannot be negative."
    )

    def _get_quantity(self, day):
        """How much of the service there is on `day`.

        :return: :class:`..basis.Quantity`
        :raise UserError: when it cannot be known, with what to do
        """
        self.ensure_one()
        bases = self._get_bases()
        if self.type_id.basis not in bases:
            self._refuse_uncounted()
        method, _label = bases[self.type_id.basis]
        return getattr(self, method)(day)

    @api.model
    @ormcache()
    def _get_bases(self):
        """What is registered, looked for once: it takes as long as pricing a month."""
        return registered_bases(self.env.registry[self._name])

    @basis("fixed", _lt("Fixed price"))
    def _basis_fixed(self, day):
        return Quantity(1)

    @basis("lines", _lt("Lines of code"))
    def _basis_lines(self, day):
        """Lines of the code that is billed on `day`. Clause R2.

        For the add-on that counts code; without it nobody knows.
        """
        self._refuse_uncounted()

    @basis("users", _lt("Users"))
    def _basis_users(self, day):
        users = self._value_on("user_count", day)
        if not users:
            raise UserError(
                self.env._("Enter the number of users of %s.", self.display_name)
            )
        return Quantity(users, "users")

    @basis("instances", _lt("Instances"))
    def _basis_instances(self, day):
        """Systems that are billed on `day`; for the add-on that knows of them."""
        self._refuse_uncounted()

    @basis("usage", _lt("Usage"))
    def _basis_usage(self, day):
        """What was metered in the month of `day`. Clause R6."""
        return Quantity(self._get_usage(day), self.type_id.name)

    def _get_usage(self, day):
        """The number of metered units in the month of `day`.

        For the add-on that keeps the meters. It passes on to here what it does not
        know: nothing is ever charged as zero because a figure is missing.
        """
        raise UserError(
            self.env._(
                "No usage of %(service)s is known for %(day)s. Import it first.",
                service=self.display_name,
                day=day,
            )
        )

    def _refuse_uncounted(self):
        raise UserError(
            self.env._(
                "%(type)s is charged by something that no installed add-on can "
                "count. Choose another basis for that type.",
                type=self.type_id.name,
            )
        )

    def _get_whole_period(self, day):
        """The whole billing period that holds ``day``, by the terms.

        :return: :class:`..periods.Period`
        """
        self.ensure_one()
        if self._get_agreed("calendar").value == "month":
            return calendar_month(day)
        anchor = self.contract_id.date_start or self.date_start
        return period_at(anchor, day, months=1)

    def _get_next_period(self, day):
        """The first whole period after ``day`` with days of the service, or None."""
        self.ensure_one()
        first = self._get_whole_period(day).end + ONE_DAY
        period = self._get_whole_period(max(first, self.date_start))
        return period.clip(end=self.date_end) and period

    def _get_charged_part(self, period):
        """The days of a whole period that the service is charged for here.

        :return: :class:`..periods.Period`, or None without such a day
        """
        before = self.contract_id.billed_through
        start = max(self.date_start, before + ONE_DAY if before else self.date_start)
        return period.clip(start, self.date_end)

    def _get_activation_obstacles(self):
        """Sentences that say what this service lacks before it can be charged."""
        self.ensure_one()
        missing = []
        term = self.contract_id._get_agreed("price", self.date_start, service=self)
        if term.value is None:
            missing.append(
                self.env._(
                    "Agree on a price for %s: the terms have none.", self.type_id.name
                )
            )
        if self.type_id.basis == "users" and not self.user_count:
            missing.append(
                self.env._("Enter the number of users of %s.", self.type_id.name)
            )
        return missing
