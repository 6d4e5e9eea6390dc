# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is new in a month, and what changed: lines of the overview."""

from functools import cached_property

from dateutil.relativedelta import relativedelta

from odoo.tools import format_date

from odoo.addons.support_contract.periods import calendar_month

from .month_review import MonthReview
from .specification import explain_fee_change


class MonthLines:
    """Lines about the charges of one month, in the order an accountant thinks.

    :param env: its companies are reviewed together
    :param month: :class:`odoo.addons.support_contract.periods.Period`
    :param most: how many lines a section names
    """

    def __init__(self, env, month, most):
        self.env, self.month, self.most = env, month, most
        self._review = MonthReview(env, month)

    @cached_property
    def _changes(self):
        """Fees that are new or changed, as `MonthReview.find_fee_changes`."""
        return self._review.find_fee_changes()

    def find_new_charges(self):
        """The charges of fees that are new."""
        return self._browse(lambda before: not before)

    def find_changed_charges(self):
        """The charges of fees that changed or ended, and corrections."""
        ended, corrections = self._find_ended_and_corrected()
        return self._browse(bool) | ended | corrections

    def _browse(self, wanted):
        return self.env["support.charge"].browse(
            charge.id for charge, before, _known in self._changes if wanted(before)
        )

    # -- new ------------------------------------------------------------------------

    def prepare_new_vals(self):
        """Contracts, services and instances that are charged for the first time.

        :return: (how many there are, values of a line for the first of them)
        """
        changes = [one for one in self._changes if not one[1]]
        Charge, Instance = self.env["support.charge"], self.env["support.instance"]
        # Read together, not contract by contract.
        every = Charge.browse([charge.id for charge, _before, _known in changes])
        every.service_id.type_id.mapped("name")
        every.contract_id.mapped("partner_id.name")
        fees, older = {}, set()
        for charge, _before, known in changes:
            fees[charge.contract_id] = fees.get(charge.contract_id, Charge) | charge
            if known:
                older.add(charge.contract_id)
        instances = self._review.find_new_instances()
        vals_list = []
        for contract, charges in fees.items():
            if contract not in older:
                vals_list.append(
                    self._prepare_new_contract_vals(
                        charges, instances.pop(contract, Instance)
                    )
                )
                continue
            vals_list += [self._prepare_new_service_vals(charge) for charge in charges]
        vals_list += [
            {
                "section": "new",
                "name": self.env._("Instance: %s", instance.name),
                "contract_id": contract.id,
                "reason": self.env._("Its lines are charged for the first time."),
                "res_model": instance._name,
                "res_domain": [["id", "=", instance.id]],
            }
            for contract, added in instances.items()
            for instance in added
        ]
        return len(vals_list), vals_list[: self.most]

    def _prepare_new_contract_vals(self, charges, instances):
        contract = charges.contract_id
        services = ", ".join(charges.service_id.type_id.mapped("name"))
        reason = services
        if instances:
            reason = self.env._(
                "%(services)s (%(instances)s)",
                services=services,
                instances=", ".join(instances.mapped("name")),
            )
        if contract.billed_through:
            reason += "\n" + self.env._(
                "Billed elsewhere until %s",
                format_date(self.env, contract.billed_through),
            )
        return {
            "section": "new",
            "name": self.env._("Contract: %s", contract.name),
            "contract_id": contract.id,
            "currency_id": contract.currency_id.id,
            "amount": sum(charges.mapped("amount")),
            "reason": reason,
            "res_model": contract._name,
            "res_domain": [["id", "=", contract.id]],
        }

    def _prepare_new_service_vals(self, charge):
        return {
            "section": "new",
            "name": self.env._("Service: %s", charge.service_id.type_id.name),
            "contract_id": charge.contract_id.id,
            "currency_id": charge.currency_id.id,
            "amount": charge.amount,
            "reason": self.env._(
                "Since %s", format_date(self.env, charge.service_id.date_start)
            ),
            "res_model": charge._name,
            "res_domain": [["id", "=", charge.id]],
        }

    # -- changed --------------------------------------------------------------------

    def prepare_changed_vals(self):
        """Fees that differ from the month before, those that ended, and corrections.

        :return: as `prepare_new_vals`
        """
        changes = [one for one in self._changes if one[1]]
        number = len(changes)
        changes = changes[: self.most]
        Charge = self.env["support.charge"]
        every = Charge.browse([charge.id for charge, _before, _known in changes])
        every.service_id.type_id.mapped("name")
        ended, corrections = self._find_ended_and_corrected()
        number += len(ended) + len(corrections)
        vals_list = [
            self._prepare_change_vals(
                charge,
                previous.amount,
                charge.amount,
                explain_fee_change(charge, previous),
            )
            for charge, previous, _known in changes
        ]
        vals_list += [
            self._prepare_change_vals(
                charge,
                charge.amount,
                0.0,
                self.env._(
                    "Ended on %s", format_date(self.env, charge.service_id.date_end)
                ),
            )
            for charge in ended[: self.most]
        ]
        vals_list += [
            self._prepare_correction_vals(charge) for charge in corrections[: self.most]
        ]
        return number, vals_list[: self.most]

    def _find_ended_and_corrected(self):
        """The last charges of what ended before the month, and its corrections."""
        Charge = self.env["support.charge"]
        before = calendar_month(self.month.start - relativedelta(days=1))
        corrections = Charge.search(
            [("kind", "=", "correction"), *Charge._get_month_domain(self.month)]
        )
        return MonthReview(self.env, before).find_ended_fees(), corrections

    def _prepare_change_vals(self, charge, before, after, reason):
        return {
            "section": "changed",
            "name": charge.service_id.type_id.name,
            "contract_id": charge.contract_id.id,
            "currency_id": charge.currency_id.id,
            "before": before,
            "amount": after,
            "difference": after - before,
            "reason": reason,
            "res_model": charge._name,
            "res_domain": [["id", "=", charge.id]],
        }

    def _prepare_correction_vals(self, charge):
        """What was charged for a month, what is right, and why it was not at once."""
        chain = charge._get_correction_chain()
        after = chain[: chain.ids.index(charge.id) + 1]
        before = after - charge
        reason = charge.name
        if charge.correction_origin == "agreement":
            reason += "\n" + self.env._(
                "The agreement changed: %s",
                charge.amendment_id.reason or self.env._("after it was charged"),
            )
        return self._prepare_change_vals(
            charge,
            before._get_charged(),
            after._get_charged(),
            reason,
        )
