# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is new in a month, and what changed: lines of the month review."""

from functools import cached_property

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.support_contract.periods import calendar_month

from .fees import explain_fee_change


def get_month_domain(env, month):
    """Charges of a month as an accountant reviews it, in the companies of the env.

    A charge belongs to the month of its invoice's date; while it has no invoice, or
    a draft without a date, to the month from which it can be invoiced.

    :param month: :class:`odoo.addons.support_contract.periods.Period`
    """

    def within(name):
        return Domain(name, ">=", month.start) & Domain(name, "<=", month.end)

    undated = Domain("move_id", "=", False) | Domain("move_id.invoice_date", "=", False)
    return Domain("company_id", "in", env.companies.ids) & (
        within("move_id.invoice_date") | (undated & within("date"))
    )


def describe_services(env, month):
    """Of which months the services are that are invoiced in ``month``, in words."""
    charges = env["support.charge"]
    domain = get_month_domain(env, month) & Domain("kind", "=", "recurring")
    [(first, last)] = charges._read_group(
        domain, aggregates=["period_start:min", "period_end:max"]
    )
    if not first or not last:
        return ""
    names = [format_date(env, day, date_format="LLLL y") for day in (first, last)]
    if names[0] == names[1]:
        return env._("services of %s", names[0])
    return env._("services of %(first)s to %(last)s", first=names[0], last=names[1])


class MonthLines:
    """Lines about the charges of one month, in the order an accountant thinks.

    :param env: its companies are reviewed together
    :param month: :class:`odoo.addons.support_contract.periods.Period`
    :param most: how many lines a section names
    """

    def __init__(self, env, month, most):
        self.env, self.month, self.most = env, month, most
        self.charges = env["support.charge"]

    def find_new_charges(self):
        """The charges of fees that are new."""
        return self.charges.union(
            *(charge for charge, before, _known in self._changes if not before)
        )

    def find_changed_charges(self):
        """The charges of fees that changed or ended, and corrections."""
        changed = (charge for charge, _before, _known in self._fee_changes)
        return self.charges.union(*changed, self._ended, self._corrections)

    def find_whole_charges(self):
        """The charges of whole months of which a part was charged before."""
        return self.charges.union(
            *(charge for charge, _before, _known in self._whole_months)
        )

    # -- new ------------------------------------------------------------------------

    def prepare_new_vals(self):
        """Contracts, services and instances that are charged for the first time.

        :return: (how many there are, values of a line for the first of them)
        """
        changes = [one for one in self._changes if not one[1]]
        Instance = self.env["support.instance"]
        # Read together, not contract by contract.
        every = self.find_new_charges()
        every.service_id.type_id.mapped("name")
        every.contract_id.mapped("partner_id.name")
        older = {charge.contract_id for charge, _before, known in changes if known}
        instances = self._find_new_instances()
        found = []
        for contract, charges in every.grouped("contract_id").items():
            if contract not in older:
                added = instances.pop(contract, Instance)
                found.append((self._prepare_new_contract_vals, charges, added))
                continue
            found += [(self._prepare_new_service_vals, charge) for charge in charges]
        found += [
            (self._prepare_new_instance_vals, contract, instance)
            for contract, added in instances.items()
            for instance in added
        ]
        # Only what is shown is put into words.
        shown = [prepare(*about) for prepare, *about in found[: self.most]]
        return len(found), shown

    def _prepare_new_instance_vals(self, contract, instance):
        return {
            "section": "new",
            "name": self.env._("Instance: %s", instance.name),
            "contract_id": contract.id,
            "reason": self.env._("Its lines are charged for the first time."),
            "res_model": instance._name,
            "res_domain": [["id", "=", instance.id]],
        }

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
        changes = self._fee_changes
        number = len(changes) + len(self._ended) + len(self._corrections)
        vals_list = self._explain_changes(changes)
        vals_list += [
            self._prepare_change_vals(
                charge,
                charge.amount,
                0.0,
                self.env._(
                    "Ended on %s", format_date(self.env, charge.service_id.date_end)
                ),
            )
            for charge in self._ended[: self.most]
        ]
        vals_list += [
            self._prepare_correction_vals(charge)
            for charge in self._corrections[: self.most]
        ]
        return number, vals_list[: self.most]

    def prepare_whole_vals(self):
        """Fees that are the agreed ones, and of which a part was charged before.

        :return: as `prepare_new_vals`
        """
        vals_list = self._explain_changes(self._whole_months)
        return (
            len(self._whole_months),
            [{**vals, "section": "whole"} for vals in vals_list],
        )

    def _explain_changes(self, changes):
        """Values of a line for each of the first of these."""
        changes = changes[: self.most]
        every = self.charges.union(*(charge for charge, _before, _known in changes))
        every.service_id.type_id.mapped("name")
        return [
            self._prepare_change_vals(
                charge,
                previous.amount,
                charge.amount,
                explain_fee_change(charge, previous),
            )
            for charge, previous, _known in changes
        ]

    def _prepare_change_vals(self, charge, before, after, reason):
        return {
            "section": "changed",
            # A fee, usage or time is of no service.
            "name": charge.service_id.type_id.name or charge.product_id.name,
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
        reason = charge.display_name
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

    # -- what is in the database ------------------------------------------------------

    def _get_query(self, month):
        """The charges of a month, as a subselect."""
        self.env.flush_all()
        return self.charges._search(get_month_domain(self.env, month)).subselect()

    @cached_property
    def _changes(self):
        """Fees of the month that are new, or other than those of the month before.

        A list of (charge, the charge of the same service before it or none, whether its
        contract was charged in an earlier month), those that cost most first.
        """
        rows = self.env.execute_query(
            SQL(
                """
WITH months AS (%s)
SELECT charge.id, before.id, EXISTS (
    SELECT FROM support_charge other
    WHERE other.contract_id = charge.contract_id
        AND other.kind = 'recurring'
        AND other.period_start < charge.period_start
        AND other.id NOT IN (SELECT id FROM months)
)
FROM support_charge charge
LEFT JOIN LATERAL (
    SELECT * FROM support_charge earlier
    WHERE earlier.service_id = charge.service_id
        AND earlier.kind = 'recurring'
        AND earlier.period_start < charge.period_start
    ORDER BY earlier.period_start DESC, earlier.id DESC
    LIMIT 1
) before ON TRUE
WHERE charge.id IN (SELECT id FROM months)
    AND charge.kind = 'recurring'
    AND (
        before.id IS NULL
        OR before.amount != charge.amount
        OR before.monthly_amount != charge.monthly_amount
    )
ORDER BY abs(charge.amount - COALESCE(before.amount, 0)) DESC, charge.id
                """,
                self._get_query(self.month),
            )
        )
        # Read together, not one by one.
        every = [one for row in rows for one in row[:2] if one]
        return [
            (
                self.charges.browse(charge).with_prefetch(every),
                self.charges.browse(before or ()).with_prefetch(every),
                known,
            )
            for charge, before, known in rows
        ]

    @cached_property
    def _whole_months(self):
        """Those of `_changes` in which no more happened than that a month is whole."""
        return [
            (charge, before, known)
            for charge, before, known in self._changes
            if before
            and charge.monthly_amount == before.monthly_amount
            and charge.amount == charge.monthly_amount
        ]

    @cached_property
    def _fee_changes(self):
        """Those of `_changes` in which a fee became another one."""
        whole = {charge.id for charge, _before, _known in self._whole_months}
        return [one for one in self._changes if one[1] and one[0].id not in whole]

    @cached_property
    def _ended(self):
        """The last charges of services that ended before the month, and are charged
        no more.
        """
        before = calendar_month(self.month.start - relativedelta(days=1))
        rows = self.env.execute_query(
            SQL(
                """
SELECT charge.id
FROM support_charge charge
JOIN support_contract_service service ON service.id = charge.service_id
WHERE charge.id IN %s
    AND charge.kind = 'recurring'
    AND service.date_end <= charge.period_end
    AND NOT EXISTS (
        SELECT FROM support_charge later
        WHERE later.service_id = charge.service_id
            AND later.kind = 'recurring'
            AND later.period_start > charge.period_start
    )
ORDER BY charge.amount DESC, charge.id
                """,
                self._get_query(before),
            )
        )
        return self.charges.browse(charge for (charge,) in rows)

    @cached_property
    def _corrections(self):
        return self.charges.search(
            Domain("kind", "=", "correction") & get_month_domain(self.env, self.month)
        )

    def _find_new_instances(self):
        """Instances whose lines are charged for the first time.

        :return: {contract: instances}
        """
        rows = self.env.execute_query(
            SQL(
                """
WITH months AS (%s), charged AS (
    SELECT count.instance_id, charge.contract_id,
        charge.id IN (SELECT id FROM months) AS within, charge.period_start
    FROM support_charge charge
    JOIN support_charge_support_count_rel evidence
        ON evidence.support_charge_id = charge.id
    JOIN support_count count ON count.id = evidence.support_count_id
)
SELECT contract_id, instance_id FROM charged
WHERE within AND NOT EXISTS (
    SELECT FROM charged other
    WHERE other.instance_id = charged.instance_id
        AND NOT other.within AND other.period_start < charged.period_start
)
GROUP BY contract_id, instance_id
ORDER BY contract_id, instance_id
                """,
                self._get_query(self.month),
            )
        )
        instances = {}
        for contract, instance in rows:
            instances.setdefault(contract, []).append(instance)
        contracts = self.env["support.contract"].browse(instances)
        # Read together, not contract by contract.
        every = [instance for _contract, instance in rows]
        Instance = self.env["support.instance"]
        return {
            contract: Instance.browse(instances[contract.id]).with_prefetch(every)
            for contract in contracts
        }
