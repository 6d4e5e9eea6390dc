# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date

from ..basis import Quantity, basis, registered_bases

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
        bases = registered_bases(self.env.registry[self._name])
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

    @basis("fixed", _lt("Fixed price"))
    def _basis_fixed(self, day):
        return Quantity(1)

    @basis("lines", _lt("Lines of code"))
    def _basis_lines(self, day):
        """Lines in the latest approved counts of the billed instances. Clause R2."""
        instances = self._get_billed_instances(day)
        for instance in instances.filtered(lambda inst: not inst.last_count_id):
            raise UserError(
                self.env._(
                    "%(instance)s has no approved line count. Count it, or approve its "
                    "count. %(reason)s",
                    instance=instance.display_name,
                    reason=instance.count_error or "",
                ).strip()
            )
        counts = instances.last_count_id
        return Quantity(counts._get_billed_lines(), "lines", counts)

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
        return Quantity(len(self._get_billed_instances(day)), "instances")

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

    def _get_billed_instances(self, day):
        """The instances that a fee by lines or instances is computed from."""
        instances = self.contract_id._get_billed_instances(day)
        if not instances:
            raise UserError(
                self.env._(
                    "%(contract)s has no billed instance that is open on %(day)s. Add "
                    "the instance whose lines of code are billed, or end the service.",
                    contract=self.contract_id.name,
                    day=format_date(self.env, day),
                )
            )
        return instances

    def _get_activation_obstacles(self):
        """Sentences that say what this service lacks before it can be charged."""
        self.ensure_one()
        missing = []
        term = self.contract_id._get_term("price", self.date_start, service=self)
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
