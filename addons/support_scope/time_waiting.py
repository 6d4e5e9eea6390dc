# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Time that waits for somebody, or for its invoice: for the accountant's overview."""

from collections import defaultdict

from odoo.fields import Domain

from .timekeeping import LoggedTime


class WaitingTime:
    """Time of the companies of the environment that is on no invoice, by why.

    :param env: in superuser mode: who reviews a month need not read the time of others
    """

    def __init__(self, env):
        self.env = env
        self.today = env.company._support_today()
        self.month = self.today.replace(day=1)
        self.lines = env["account.analytic.line"]

    def find(self):
        """[(name, records, {currency: sum})]."""
        env = self.env
        waiting = env["support.charge"].search(
            [("company_id", "in", env.companies.ids), ("state", "=", "approval")]
        )
        return [
            *self._find_billed(),
            (
                env._("Charged time that waits for an approval"),
                waiting,
                self._sum_up([(one.currency_id, one.amount) for one in waiting]),
            ),
            *self._find_undecided(),
        ]

    def _search(self, domain):
        return self.lines.search(
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("support_charge_id", "=", False)
            & Domain(domain),
            order="date, id",
        )

    def _sum_up(self, amounts):
        """{currency: sum}."""
        sums = defaultdict(float)
        for currency, amount in amounts:
            sums[currency] += amount
        return dict(sums)

    def _find_billed(self):
        """Billed time without a charge: what it will cost, or why that is unknown."""
        contracts = self._search(
            [("support_verdict", "=", "billed"), ("support_by_hours", "=", True)]
        ).support_contract_id
        evidence = [
            one
            for one in contracts._get_uncharged_evidence()
            if isinstance(one, LoggedTime)
        ]
        found = {key: (self.lines.browse(), []) for key in ("running", "late", "yes")}
        unpriced = self.lines.search(contracts._get_open_time_domain())
        unpriced -= self.lines.union(*(one.line for one in evidence))
        for contract in contracts:
            own = [one for one in evidence if one.contract_id == contract]
            groups = contract._prepare_evidence_groups_vals(own)
            for _kind, vals, charged, error in groups:
                lines = self.lines.union(*(one.line for one in charged))
                if error:
                    unpriced |= lines
                    continue
                key = "running" if vals["period_start"] >= self.month else "late"
                if vals.get("state") == "approval":
                    key = "yes"
                records, amounts = found[key]
                found[key] = records | lines, amounts
                amounts.append((contract.currency_id, vals["amount"]))
        env = self.env
        names = {
            "running": env._("Billed time of this month"),
            "late": env._("Billed time of earlier months, not invoiced yet"),
            "yes": env._("Billed time that needs an approval"),
        }
        return [
            *(
                (names[key], records, self._sum_up(amounts))
                for key, (records, amounts) in found.items()
            ),
            (env._("Billed time without a price"), unpriced, {}),
        ]

    def _find_undecided(self):
        env = self.env
        names = {
            "undecided": env._("Time that is undecided"),
            "no_contract": env._("Time without a contract"),
            "needs_reproduction": env._("Time that waits for a reproduction"),
        }
        found = []
        for verdict, name in names.items():
            lines = self._search([("support_verdict", "=", verdict)])
            if lines:
                age = (self.today - lines[0].date).days
                name = env._(
                    "%(name)s, the oldest for %(days)s days", name=name, days=age
                )
            found.append((name, lines, {}))
        return found
