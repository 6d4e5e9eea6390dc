# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is new, changed and over in the charges of one month."""

from odoo.tools import SQL


class MonthReview:
    """The charges of one month, as an accountant reviews it.

    :param env: its companies are reviewed together
    :param month: :class:`odoo.addons.support_contract.periods.Period`; which charges
        belong to it says `support.charge._get_month_domain`
    """

    def __init__(self, env, month):
        self.env, self.month = env, month
        self.charges = env["support.charge"]

    def _get_query(self):
        """The charges of the month, as a subselect."""
        self.env.flush_all()
        domain = self.charges._get_month_domain(self.month)
        return self.charges._search(domain).subselect()

    def find_fee_changes(self):
        """Fees of the month that are new, or other than those of the month before.

        :return: list of (charge, the charge of the same service before it or none,
            whether its contract was charged in an earlier month), those that cost most
            first
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
                self._get_query(),
            )
        )
        # Read together, not one by one.
        every = self.charges.browse(one for row in rows for one in row[:2] if one)
        return [
            (
                self.charges.browse(charge).with_prefetch(every.ids),
                self.charges.browse(before or ()).with_prefetch(every.ids),
                known,
            )
            for charge, before, known in rows
        ]

    def find_ended_fees(self):
        """The last charges of services that ended in the month, and are charged no
        more.
        """
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
                self._get_query(),
            )
        )
        return self.charges.browse(charge for (charge,) in rows)

    def find_new_instances(self):
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
                self._get_query(),
            )
        )
        instances = {}
        for contract, instance in rows:
            instances.setdefault(contract, []).append(instance)
        contracts = self.env["support.contract"].browse(instances)
        return {
            contract: self.env["support.instance"].browse(instances[contract.id])
            for contract in contracts
        }
