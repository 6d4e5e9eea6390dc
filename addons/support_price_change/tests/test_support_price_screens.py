# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.test_support_screens import (
    SupportScreensCommon,
)


@tagged("post_install", "-at_install")
class TestSupportPriceScreens(SupportScreensCommon):
    """A change of prices is simulated in memory, for many contracts at once."""

    def _simulate(self, **vals):
        run = self.env["support.price.run"].with_user(self.manager)
        run = run.create({"date_effective": "2027-12-01", "reason": "Costs", **vals})
        run.action_simulate()
        return run

    def test_queries(self):
        """13 × 189.00 + 2,520.00 + 519.75 = 5,496.75."""
        self._assert_constant(lambda: self._simulate(percent=5.0))
        with self._on("2026-10-01"):
            run = self._simulate(percent=5.0)
        self.assertEqual(set(run.line_ids.mapped("fee_before")), {5235.0})
        self.assertEqual(set(run.line_ids.mapped("fee_after")), {5496.75})

    def test_nothing_is_left_of_what_was_imagined(self):
        """A price of 2,000.00 and a minimum fee of 600.00 were agreed: 13 × 180.00 +
        2,000.00 + 600.00 = 4,940.00. With 5 % more 2,457.00 + 2,100.00 + 630.00, and
        by terms of 200.00 a hundred lines 2,600.00 + 2,000.00 + 600.00.
        """
        terms = self.terms.copy()
        terms._get_price(self.type_maintenance).price_unit = 200.0
        terms.action_publish()
        day = date(2026, 10, 1)
        with self._on(day):
            contract = self._create_counted(1)
            one = {service.type_id.code: service for service in contract.service_ids}
            minimum = one["patch"]._get_condition_changes("minimum", 600.0, day)
            price = (one["operations"], {"price_unit": 2000.0})
            contract._amend(day, "Agreed", [price, *minimum])
            before = self._look(contract)
            for vals, fee in (
                ({"percent": 5.0}, 5187.0),
                ({"kind": "terms", "terms_id": terms.id}, 5200.0),
            ):
                run = self._simulate(contract_ids=contract.ids, **vals)
                self.assertEqual(run.line_ids.fee_before, 4940.0)
                self.assertEqual(run.line_ids.fee_after, fee)
                self.assertEqual(self._look(contract), before)
                self.env.invalidate_all()
                self.assertEqual(self._look(contract), before)

    def _look(self, contract):
        """What can be read of a contract around the day on which prices change."""
        days = (date(2027, 11, 30), date(2027, 12, 1))
        services = contract.service_ids
        figures = [
            service._get_agreed(key, day)
            for service in services
            for key in ("price", "minimum", "step")
            for day in days
        ]
        conditions = contract.condition_ids.sorted("id")
        return [
            figures,
            [contract._get_terms(day) for day in days],
            services.mapped("price_unit"),
            [services.condition_ids, conditions, contract.amendment_ids],
            [conditions.mapped("date_end"), conditions.mapped("value")],
        ]
