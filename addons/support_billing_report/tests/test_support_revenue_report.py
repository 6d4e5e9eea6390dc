# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon
from odoo.addons.support_instance.tests.repository import module_files


@tagged("post_install", "-at_install")
class TestSupportRevenueReport(SupportBillingCommon):
    """Monthly recurring revenue and its movements, worked out by hand."""

    def _bill(self, contract, day):
        with self._on(day):
            contract.sudo()._bill()

    def _movements(self, contract):
        self.env.invalidate_all()  # the rows are numbered anew with each look
        rows = self.env["support.revenue.report"].search(
            [("contract_id", "=", contract.id)]
        )
        found = {}
        for row in rows:
            key = (row.month.strftime("%Y-%m"), row.movement)
            found[key] = found.get(key, 0) + row.amount
        return found

    def test_months_of_two_services(self):
        """September: maintenance from the 12th, 1,250 lines → 13 × 180.00 = 2,340.00 a
        month (charged for 19 days); operations 2,400.00. October: 1,450 lines → 15 ×
        180.00. November: 1,310 lines → 14, from now on at 200.00. December: operations
        has ended with November.
        """
        contract = self._create_contract(
            [("maintenance", "2026-09-12"), ("operations", "2026-09-01")]
        )
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 1250))
        instance = self._create_instance(contract, repository)
        with self._on("2026-09-01"):
            contract.action_activate()
        maintenance, operations = contract.service_ids.sorted("type_id")
        if maintenance.type_id != self.type_maintenance:
            maintenance, operations = operations, maintenance
        # The first count, and those of the count days before October and November.
        with self._on("2026-09-12"):
            instance.action_count()
        repository.commit(module_files("acme_base", 1450))
        with self._on("2026-09-24"):
            instance.action_count()
        self._bill(contract, "2026-10-01")
        self._bill(contract, "2026-11-01")
        with self._on("2026-10-20"):
            contract._amend(
                date(2026, 11, 1), "New price", [(maintenance, {"price_unit": 200.0})]
            )
            contract._amend(
                date(2026, 10, 20), "Ended", [(operations, {"date_end": "2026-11-30"})]
            )
        repository.commit(module_files("acme_base", 1310))
        with self._on("2026-10-25"):
            instance.action_count()
        self._bill(contract, "2026-12-01")
        self._bill(contract, "2027-01-01")
        self.assertEqual(
            self._movements(contract),
            {
                ("2026-09", "new"): 4740.0,
                ("2026-10", "kept"): 4740.0,
                ("2026-10", "grown"): 360.0,
                ("2026-11", "kept"): 5100.0,
                # a step less at the old 180.00; then 14 × 20.00 more
                ("2026-11", "shrunk"): -180.0,
                ("2026-11", "price"): 280.0,
                ("2026-12", "kept"): 5200.0,
                ("2026-12", "ended"): -2400.0,
            },
        )
        report = self.env["support.revenue.report"]
        totals = report._read_group(
            [("contract_id", "=", contract.id)],
            ["month:month"],
            ["amount:sum", "annual:sum"],
        )
        self.assertEqual(
            totals,
            [
                (date(2026, 9, 1), 4740.0, 56880.0),
                (date(2026, 10, 1), 5100.0, 61200.0),
                (date(2026, 11, 1), 5200.0, 62400.0),
                (date(2026, 12, 1), 2800.0, 33600.0),
            ],
        )
        # Months are not added up: without them it is the last whole one.
        own = [("contract_id", "=", contract.id)]
        for day, amount in (("2026-12-15", 5200.0), ("2027-02-03", 2800.0)):
            with self.subTest(day), self._on(day):
                [(_contract, of_contract)] = report._read_group(
                    own, ["contract_id"], ["amount:sum"]
                )
                [of_all] = report._read_group(own, [], ["amount:sum"])
                self.assertEqual((of_contract, *of_all), (amount, amount))
        with self._on("2027-02-03"):
            quarters = report._read_group(own, ["month:quarter"], ["amount:sum"])
        self.assertEqual([amount for _day, amount in quarters], [4740.0, 2800.0])

    def test_corrected_month_is_restated(self):
        """Maintenance from 12 September, 12,345 lines: 124 × 180.00 = 22,320.00 a
        month. October has 12,245: 123 × 180.00 = 22,140.00. Then it turns out that
        September had 12,145, 122 × 180.00 = 21,960.00: −360.00 a month, and October
        grew by a step. Then 12,245 are right for September as well: 180.00 back.
        """
        contract = self._create_contract([("maintenance", "2026-09-12")])
        repository = self._create_repository()
        instance = self._create_instance(contract, repository)

        def count(lines, day):
            repository.commit(module_files("acme_base", lines))
            with self._on(day):
                instance.action_count()
                latest = instance.count_ids.sorted("id")[-1]
                if latest.state != "approved":
                    latest.action_approve()
            return latest

        with self._on("2026-09-12"):
            contract.action_activate()
        count(12_345, "2026-09-12")
        october = count(12_245, "2026-09-26")
        self._bill(contract, "2026-10-01")
        september = contract.charge_ids
        self.assertEqual(september.monthly_amount, 22_320.0)
        right = count(12_145, "2026-10-05")
        with self._on("2026-10-05"):
            first = september._correct(right, "Wrong branch")
        self.assertEqual(first.monthly_amount, 21_960.0)
        self._bill(contract, "2026-11-01")
        expected = {
            ("2026-09", "new"): 22_320.0,
            ("2026-09", "corrected"): -360.0,
            ("2026-10", "kept"): 21_960.0,
            ("2026-10", "grown"): 180.0,
        }
        self.assertEqual(self._movements(contract), expected)
        with self._on("2026-11-05"):
            second = september._correct(october, "That was wrong, too")
        self.assertEqual(
            self._movements(contract),
            {
                ("2026-09", "new"): 22_320.0,
                ("2026-09", "corrected"): -180.0,
                ("2026-10", "kept"): 22_140.0,
            },
        )
        # A correction that is waived corrects nothing.
        second.with_user(self.manager)._decide("waive", "Agreed")
        self.assertEqual(self._movements(contract), expected)

    def test_taken_over_is_not_new(self):
        contract = self._create_active_contract(
            [("operations", "2026-03-01")], billed_through="2026-09-30"
        )
        self._bill(contract, "2026-11-01")
        self.assertEqual(self._movements(contract), {("2026-10", "taken"): 2400.0})

    def test_ladder_moves_with_the_lines_alone(self):
        """10,000 at 180.00 a hundred, above it 150.00: +200 lines are +300.00."""
        terms = self.terms.copy()
        terms._get_price(self.type_maintenance).tier_ids = [
            Command.create({"above": 10_000, "price_unit": 150.0})
        ]
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id)
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 12_300))
        instance = self._create_instance(contract, repository)
        with self._on("2026-09-01"):
            contract.action_activate()
        for day, lines in (("2026-09-01", 12_300), ("2026-09-24", 12_500)):
            if lines != 12_300:
                repository.commit(module_files("acme_base", lines))
            with self._on(day):
                instance.action_count()
        self._bill(contract, "2026-10-01")
        self._bill(contract, "2026-11-01")
        self.assertEqual(
            self._movements(contract),
            {
                ("2026-09", "new"): 21_450.0,
                ("2026-10", "kept"): 21_450.0,
                ("2026-10", "grown"): 300.0,
            },
        )

    def test_other_currency_is_converted(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        company_currency = self.env.company.currency_id
        self.assertNotEqual(euro, company_currency)
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": euro.id, "name": day, "rate": 0.1}
                for day in ("2026-08-01", "2026-09-30")
            ]
        )
        terms = self.terms.copy({"currency_id": euro.id})
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id, currency_id=euro.id)
        self._bill(contract, "2026-10-01")
        self.assertEqual(self._movements(contract), {("2026-09", "new"): 24_000.0})

    def test_who_sees_it(self):
        contract = self._create_active_contract()
        self._bill(contract, "2026-10-01")
        report = self.env["support.revenue.report"]
        domain = [("contract_id", "=", contract.id)]
        for user in (self.accountant, self.manager):
            self.assertTrue(report.with_user(user).search(domain))
        with self.assertRaises(AccessError):
            report.with_user(self.consultant).search(domain)
        other = self.env["res.company"].create({"name": "Other"})
        self.accountant.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(report.with_user(self.accountant).search(domain))
