# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings, strategies

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from ..periods import Schedule, service_periods
from ..previewing import preview_invoices
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBillingTerms(SupportBillingCommon):
    """What the terms and special conditions say arrives on the invoice."""

    def _publish(self, **vals):
        terms = self.terms.copy(vals)
        terms.action_publish()
        return terms

    def _create_agreed(
        self, conditions, services=(("operations", "2026-09-01"),), **vals
    ):
        """An active contract with (key, value, type, other values) conditions."""
        contract = self._create_contract(services, **vals)
        contract.condition_ids = [
            Command.create(
                {"key": key, "value": value, "type_id": kind and kind.id, **more}
            )
            for key, value, kind, more in conditions
        ]
        if "maintenance" not in dict(services):
            contract.action_activate()
        return contract

    def _activate_with_lines(self, contract, lines):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", lines))
        self._create_instance(contract, repository)
        contract.action_activate()

    # -- terms ------------------------------------------------------------------

    def test_r02_ladder_of_the_terms(self):
        """12,345 lines: 100 × 180.00 + 24 × 150.00 = 21,600.00."""
        terms = self.terms.copy()
        terms._get_price(self.type_maintenance).tier_ids = [
            Command.create({"above": 10_000, "price_unit": 150.0})
        ]
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id)
        self._activate_with_lines(contract, 12_345)
        self._run_cron("2026-10-01")
        self.assertRecordValues(
            contract.charge_ids, [{"amount": 21_600.0, "quantity": 1.0}]
        )
        self.assertIn(
            "100 × 180.00 + 24 × 150.00 = 21,600.00", contract.charge_ids.calculation
        )

    def test_step_is_that_of_the_signed_version(self):
        contract = self._create_contract()
        self._activate_with_lines(contract, 250)
        self.type_maintenance.step = 1000
        self._run_cron("2026-10-01")
        self.assertEqual(contract.charge_ids.amount, 540.0)

    def test_r01_anniversary_months_in_advance(self):
        terms = self._publish(calendar="anniversary", timing="advance")
        contract = self._create_active_contract(
            [("operations", "2026-11-12"), ("patch", "2026-11-20")], terms_id=terms.id
        )
        self._run_cron("2026-11-11")
        self.assertFalse(contract.charge_ids)
        self._run_cron("2026-11-12")
        self._run_cron("2026-11-20")
        self._run_cron("2026-12-12")
        operations, patch = contract.service_ids
        self.assertRecordValues(
            contract.charge_ids.sorted(lambda c: (c.period_start, c.service_id.id)),
            [
                {
                    "service_id": operations.id,
                    "period_start": date(2026, 11, 12),
                    "period_end": date(2026, 12, 11),
                    "amount": 2400.0,
                },
                # 22 of the 30 days: 495.00 × 22/30 = 363.00.
                {
                    "service_id": patch.id,
                    "period_start": date(2026, 11, 20),
                    "period_end": date(2026, 12, 11),
                    "amount": 363.0,
                },
                {
                    "service_id": operations.id,
                    "period_start": date(2026, 12, 12),
                    "period_end": date(2027, 1, 11),
                    "amount": 2400.0,
                },
                {
                    "service_id": patch.id,
                    "period_start": date(2026, 12, 12),
                    "period_end": date(2027, 1, 11),
                    "amount": 495.0,
                },
            ],
        )

    # -- other bases --------------------------------------------------------------

    def _create_by(self, kind, price, **service):
        terms = self.terms.copy()
        if not terms._get_price(kind):
            terms.price_ids = [
                Command.create({"type_id": kind.id, "price_unit": price})
            ]
        terms.action_publish()
        contract = self._create_contract(services=(), terms_id=terms.id)
        contract.service_ids = [
            Command.create({"type_id": kind.id, "date_start": "2026-09-01", **service})
        ]
        return contract

    def test_user_support_is_charged_by_users(self):
        """7 users × 200.00 = 1,400.00."""
        kind = self.env.ref("support_contract.service_type_user_support")
        contract = self._create_by(kind, 200.0, user_count=7)
        contract.action_activate()
        self._run_cron("2026-10-01")
        self.assertRecordValues(
            contract.charge_ids,
            [{"quantity": 7.0, "price_unit": 200.0, "amount": 1400.0}],
        )
        self.assertIn("7 users × 200.00", contract.charge_ids.calculation)

    def test_a_single_day_and_a_shared_invoice_say_what_they_are(self):
        """A service from the last day of the year; lines that name their contract."""
        kind = self.type_operations
        contracts = self._create_by(kind, 3100.0) | self._create_by(kind, 3100.0)
        contracts.billing_grouping = "customer"
        contracts.service_ids.date_start = "2026-12-31"
        contracts.action_activate()
        self._run_cron("2027-01-01")
        self.assertEqual(
            contracts.charge_ids.mapped("name"), ["Operations, 31 December 2026"] * 2
        )
        lines = contracts.invoice_ids.invoice_line_ids
        self.assertEqual(len(contracts.invoice_ids), 1)
        self.assertEqual(
            sorted(line.name.splitlines()[0] for line in lines),
            sorted(f"{one.name}: Operations, 31 December 2026" for one in contracts),
        )

    def _create_hundred_a_user(self, **terms):
        kind = self.env.ref("support_contract.service_type_user_support").copy(
            {"code": "seats"}
        )
        self.terms = self.terms.copy({"version": "seats", **terms})
        contract = self._create_by(kind, 100.0, user_count=10)
        contract.service_ids.date_start = "2026-12-01"
        contract.action_activate()
        return contract

    def _amend_users(self, contract, number, day):
        contract._amend(
            date.fromisoformat(day),
            "more people",
            [(contract.service_ids, {"user_count": number})],
        )

    def test_users_that_change_within_the_month(self):
        """10 of 100.00 for 15 of 31 days 483.87, 20 for 16 days 1,032.26: 1,516.13."""
        contract = self._create_hundred_a_user()
        with self._on("2026-12-14"):
            self._amend_users(contract, 20, "2026-12-16")
            fees = contract.service_ids._get_fee_pieces(
                date(2026, 12, 1), date(2026, 12, 31)
            )
            [preview] = preview_invoices(contract, date(2027, 1, 1))
            expected = preview.totals[0]
        self.assertEqual(sum(float(fee.price.amount) for fee in fees), 1516.13)
        self._run_cron("2027-01-01")
        self.assertEqual(contract.charge_ids.mapped("amount"), [483.87, 1032.26])
        self.assertEqual(contract.invoice_ids.amount_untaxed, 1516.13)
        self.assertEqual(expected, 1516.13)

    def test_users_that_change_within_a_month_charged_in_advance(self):
        """1,000.00 on 1 December, and 516.13 more from the 16th."""
        contract = self._create_hundred_a_user(timing="advance")
        self._run_cron("2026-12-01")
        self.assertEqual(contract.charge_ids.amount, 1000.0)
        with self._on("2026-12-16"):
            self._amend_users(contract, 20, "2026-12-16")
        correction = contract.charge_ids.filtered(lambda one: one.kind == "correction")
        self.assertEqual(correction.amount, 516.13)

    def test_general_price_of_parts_of_an_ore(self):
        """In the terms, on the contract and in words: never rounded to 0.05."""
        kind = self.type_patch.copy({"code": "tiny", "basis": "users"})
        contract = self._create_by(kind, 0.045, user_count=1000)
        self.assertEqual(contract.terms_id._get_price(kind).price_unit, 0.045)
        self.assertEqual(contract.service_ids.price_unit, 0.045)
        contract.action_activate()
        self.assertIn("0.0450", contract.service_ids._get_price_in_words())
        with self._on("2026-09-01"):
            contract._amend(
                date(2026, 9, 16),
                "price",
                [(contract.service_ids, {"price_unit": 0.0475})],
            )
        self.assertIn("0.0475", contract.condition_ids.agreed)
        self._run_cron("2026-10-01")
        # 45.00 and 47.50 for half a month each.
        self.assertEqual(contract.charge_ids.mapped("amount"), [22.5, 23.75])

    def test_type_charged_by_instances(self):
        kind = self.type_patch.copy({"basis": "instances"})
        contract = self._create_by(kind, 300.0)
        for role in ("production", "production", "test"):
            self._create_instance(contract, role=role)
        contract.action_activate()
        self._run_cron("2026-10-01")
        self.assertEqual(contract.charge_ids.amount, 600.0)
        self.assertIn("2 instances × 300.00", contract.charge_ids.calculation)

    def test_month_without_usage_is_no_line_of_zero(self):
        kind = self.type_patch.copy({"basis": "usage"})
        contract = self._create_by(kind, 1.0)
        contract.action_activate()
        self._run_cron("2026-10-01")
        self.assertFalse(contract.charge_ids)
        self.assertFalse(contract.billing_error)
        with self.assertRaisesRegex(UserError, "No usage"):
            contract.service_ids._get_quantity(date(2026, 9, 30))

    def test_service_without_a_price_is_never_billed_as_zero(self):
        other = self.env.ref("support_contract.service_type_other")
        contract = self._create_contract(services=())
        contract.service_ids = [
            Command.create({"type_id": other.id, "date_start": "2026-09-01"})
        ]
        with self.assertRaisesRegex(UserError, "has no price"):
            contract.service_ids._get_figures(date(2026, 9, 1))

    # -- special conditions ---------------------------------------------------------

    def test_r02_calculation_names_the_special_price(self):
        contract = self._create_agreed(
            [("price", 165.0, self.type_maintenance, {})],
            services=[("maintenance", "2026-09-01")],
        )
        self._activate_with_lines(contract, 12_345)
        self._run_cron("2026-10-01")
        line = contract.invoice_ids.invoice_line_ids
        self.assertEqual(line.price_subtotal, 20_460.0)
        self.assertIn("124 started hundreds × 165.00 = 20,460.00", line.name)
        self.assertIn(
            "Special condition: 165.00 instead of 180.00 (Price, terms 1)", line.name
        )

    def test_discount_and_minimum_are_named(self):
        """2,400.00 less 20 % is 1,920.00; at least 2,000.00."""
        contract = self._create_agreed(
            [
                ("discount", 20.0, None, {}),
                ("minimum", 2000.0, self.type_operations, {}),
            ]
        )
        self._run_cron("2026-10-01")
        charge = contract.charge_ids
        self.assertEqual(charge.amount, 2000.0)
        for words in (
            "20% discount → 1,920.00",
            "minimum fee → 2,000.00",
            "Special condition: 20% instead of 0% (Discount on the monthly fee",
            "Special condition: 2,000.00 instead of 0.00 (Minimum fee",
        ):
            self.assertIn(words, charge.calculation)

    def test_calculation_without_special_conditions_names_none(self):
        contract = self._create_agreed([])
        self._run_cron("2026-10-01")
        self.assertNotIn("Special condition", contract.charge_ids.calculation)

    def test_price_that_changes_within_a_month(self):
        """14 days at 2,400.00: 1,083.87; 17 days at 2,000.00: 1,096.77."""
        contract = self._create_agreed(
            [("price", 2000.0, self.type_operations, {"date_start": "2026-10-15"})],
            services=[("operations", "2026-10-01")],
        )
        self._run_cron("2026-11-01")
        self._run_cron("2026-12-01")
        self.assertRecordValues(
            contract.charge_ids.sorted("period_start"),
            [
                {
                    "period_start": date(2026, 10, 1),
                    "period_end": date(2026, 10, 14),
                    "amount": 1083.87,
                },
                {
                    "period_start": date(2026, 10, 15),
                    "period_end": date(2026, 10, 31),
                    "amount": 1096.77,
                },
                {
                    "period_start": date(2026, 11, 1),
                    "period_end": date(2026, 11, 30),
                    "amount": 2000.0,
                },
            ],
        )
        self.assertEqual(contract.invoice_count, 2)

    def test_condition_is_named_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.env["ir.module.module"]._load_module_terms(["support_contract"], ["sv_SE"])
        self.customer.lang = "sv_SE"
        contract = self._create_agreed([("price", 2000.0, self.type_operations, {})])
        self._run_cron("2026-10-01")
        self.assertIn("Särskilt villkor: 2", contract.charge_ids.calculation)
        self.assertIn("i stället för", contract.charge_ids.calculation)

    def test_pieces_of_a_month_are_the_whole_month(self):
        """Whatever was agreed: each day of a period is charged exactly once."""
        contract = self._create_contract([("operations", "2026-09-07")])
        service = contract.service_ids
        days = strategies.dates(date(2026, 8, 20), date(2026, 11, 20))
        spans = strategies.lists(strategies.tuples(days, days).map(sorted), max_size=4)

        @settings(
            max_examples=40, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(spans)
        def check(agreed):
            keys = ("price", "discount", "minimum", "upgrade_fee")
            contract.condition_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "key": key,
                            "value": 5.0,
                            "type_id": service.type_id.id
                            if key != "upgrade_fee"
                            else False,
                            "date_start": first,
                            "date_end": last,
                        }
                    )
                    for key, (first, last) in zip(keys, agreed, strict=False)
                ),
            ]
            schedule = Schedule()
            for period in service_periods(
                schedule, service.date_start, None, date(2026, 11, 30)
            ):
                pieces = service._split(period)
                self.assertEqual(pieces[0].covered.start, period.covered.start)
                self.assertEqual(pieces[-1].covered.end, period.covered.end)
                for one, two in zip(pieces, pieces[1:], strict=False):
                    self.assertEqual(
                        one.covered.end + timedelta(days=1), two.covered.start
                    )
                for piece in pieces:
                    self.assertEqual(piece.due, period.due)
                    figures = {
                        tuple(service._get_agreed(key, day).value for key in keys[:3])
                        for day in (
                            piece.covered.start + timedelta(days=number)
                            for number in range(piece.covered.days)
                        )
                    }
                    self.assertEqual(len(figures), 1)

        check()
