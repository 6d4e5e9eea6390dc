# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.support_contract.periods import Period


class SupportCharge(models.Model):
    """The charges of one month, as an accountant reviews it.

    A charge belongs to the month of its invoice's date; while it has no invoice, or a
    draft without a date, to the month from which it can be invoiced.
    """

    _inherit = "support.charge"

    @api.model
    def _get_month_domain(self, month):
        """Charges of a month, in the companies that are chosen.

        :param month: :class:`odoo.addons.support_contract.periods.Period`
        """

        def within(name):
            return Domain(name, ">=", month.start) & Domain(name, "<=", month.end)

        undated = Domain("move_id", "=", False) | Domain(
            "move_id.invoice_date", "=", False
        )
        return Domain("company_id", "in", self.env.companies.ids) & (
            within("move_id.invoice_date") | (undated & within("date"))
        )

    @api.model
    def _find_fee_changes(self, month):
        """Fees of a month that are new, or other than those of the month before.

        :param month: as in `_get_month_domain`
        :return: list of (charge, the charge of the same service before it or none,
            whether its contract was charged in an earlier month), those that cost most
            first
        """
        self.env.flush_all()
        found = self._search(self._get_month_domain(month)).subselect()
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
                found,
            )
        )
        # Read together, not one by one.
        every = self.browse(one for row in rows for one in row[:2] if one)
        return [
            (
                self.browse(charge).with_prefetch(every.ids),
                self.browse(before or ()).with_prefetch(every.ids),
                known,
            )
            for charge, before, known in rows
        ]

    @api.model
    def _find_ended_fees(self, before):
        """The last charges of services that ended, and are charged no more.

        :param before: the month before the one that is reviewed
        """
        self.env.flush_all()
        found = self._search(self._get_month_domain(before)).subselect()
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
                found,
            )
        )
        return self.browse(charge for (charge,) in rows)

    @api.model
    def _find_new_instances(self, month):
        """Instances whose lines are charged for the first time.

        :return: {contract: instances}
        """
        self.env.flush_all()
        found = self._search(self._get_month_domain(month)).subselect()
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
                found,
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

    def _explain_fee_change(self, before):
        """Why this charge is another amount than the one before it, in words.

        :param before: the charge of the same service before this one
        """
        self.ensure_one()
        sentences = self._describe_change(before)
        # The service is said beside it.
        name = f"{self.service_id.type_id.name}: "
        sentences = [sentence.removeprefix(name) for sentence in sentences]
        if any(
            charge.currency_id.compare_amounts(charge.amount, charge.monthly_amount)
            for charge in (self, before)
        ):
            sentences.append(
                self.env._(
                    "%(now)s is charged, and before %(before)s",
                    now=self._describe_days(),
                    before=before._describe_days(),
                )
            )
        return "\n".join(sentences)

    def _describe_days(self):
        """The days that are charged, such as 12–30 September 2026."""
        self.ensure_one()
        period = Period(self.period_start, self.period_end)
        return self.service_id._format_days(period)
