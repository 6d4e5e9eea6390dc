# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date, ormcache

from ..basis import Quantity, basis, registered_bases
from ..count_day import TOO_OLD
from ..term import FIGURES

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
            raise UserError(
                self.env._(
                    "%(type)s is charged by something that no installed add-on can "
                    "count. Choose another basis for that type.",
                    type=self.type_id.name,
                )
            )
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
        """Lines of the billed instances, by the counts that govern the period of
        `day`. Clause R2.
        """
        period = self._get_whole_period(day)
        governing = self._get_period_counts(period)
        if not governing:
            self._refuse_without_instance(period)
        for instance, found in governing.items():
            self._check_countable(instance, found, period)
        counts = self.env["support.count"].browse(
            [found.count.id for found in governing.values()]
        )
        waiting = [inst for inst, found in governing.items() if found.provisional]
        return Quantity(
            counts._get_billed_lines(),
            "lines",
            counts,
            provisional=bool(waiting),
            notes=tuple(self._format_provisional(inst, period) for inst in waiting),
        )

    def _check_countable(self, instance, found, period):
        """Refuse to charge by a count that is missing or too old, with what to do."""
        if found.rule == TOO_OLD:
            raise UserError(
                self.env._(
                    "The lines of %(instance)s were last counted on %(day)s, too long "
                    "before %(begin)s to be charged by the terms. Let its code be "
                    "counted and approve the count, or agree on another “%(what)s” in "
                    "a special condition. %(reason)s",
                    instance=instance.display_name,
                    day=format_date(self.env, found.count.seen),
                    begin=format_date(self.env, period.start),
                    what=self.env._(FIGURES["count_max_age"].label),
                    reason=instance.count_error or "",
                ).strip()
            )
        if not found.is_known:
            raise UserError(
                self.env._(
                    "%(instance)s has no approved line count. Count it, or approve its "
                    "count. %(reason)s",
                    instance=instance.display_name,
                    reason=instance.count_error or "",
                ).strip()
            )

    def _format_provisional(self, instance, period):
        """That an old count was taken, for the customer's invoice."""
        return self.env._(
            "Provisional: the code of %(instance)s could not be counted from %(day)s "
            "on. When it can, the difference follows.",
            instance=instance.name,
            day=format_date(self.env, self._get_count_day(period)),
        )

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
        """The billed instances of the period of `day`."""
        period = self._get_whole_period(day)
        instances = self._get_instances_of(period)
        if not instances:
            self._refuse_without_instance(period)
        return Quantity(len(instances), "instances")

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

    def _refuse_without_instance(self, period):
        part = self._get_charged_part(period) or period
        raise UserError(
            self.env._(
                "%(contract)s has no billed instance that is open on %(day)s. Add "
                "the instance whose lines of code are billed, or end the service.",
                contract=self.contract_id.name,
                day=format_date(self.env, part.start),
            )
        )

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
