# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from ..reconciling import Reconciliation
from ..simulation import Simulation
from .test_support_charge_agreement import SupportAgreementCommon


@tagged("post_install", "-at_install")
class TestSupportAnchor(SupportAgreementCommon):
    """Billing periods move: with the first day of the contract, and with its terms."""

    def _terms(self, version, price=2400.0, **vals):
        terms = self.terms.copy({"version": version, **vals})
        terms._get_price(self.type_operations).price_unit = price
        terms.action_publish()
        return terms

    def _anniversary(self, start="2026-12-10", price=3100.0, timing="advance"):
        terms = self._terms("ann", price, calendar="anniversary", timing=timing)
        return self._create_active_contract([("operations", start)], terms_id=terms.id)

    def _move_start(self, contract, start, day, service=None):
        service = service or contract.service_ids
        self._amend(contract, start, (service, {"date_start": start}), day=day)

    def _charged_days(self, contract):
        return [
            (str(one.period_start), str(one.period_end), one.amount)
            for one in contract.charge_ids.sorted(
                lambda one: (one.period_start, one.id)
            )
            if one.kind == "recurring"
        ]

    def _differences(self, contract, day, start=date(2026, 1, 1)):
        with self._on(day):
            return [
                (one["kind"], one.get("expected", 0.0), one.get("found", 0.0))
                for one in Reconciliation(
                    contract.sudo(), start, date.fromisoformat(day)
                ).get_differences()
                if one["kind"] != "no_line"
            ]

    def _forecast(self, contract, day, start, end):
        with self._on(day):
            [found] = Simulation(contract).get_fees(
                date.fromisoformat(start), date.fromisoformat(end)
            )
        self.assertFalse(found.error)
        return [
            (
                str(fee.period.covered.start),
                str(fee.period.covered.end),
                float(fee.price.amount),
            )
            for fee in found.fees
        ]

    # -- the first day ----------------------------------------------------------------

    def test_first_day_moved_later(self):
        """3,100.00 for 10 December – 9 January; begins on the 20th: 21 of the 31 days
        from then on are 2,100.00, so 1,000.00 back; the rest, 10–19 January, is due on
        the 10th.
        """
        contract = self._anniversary()
        self._run_cron("2026-12-10")
        self.assertEqual(
            self._charged_days(contract), [("2026-12-10", "2027-01-09", 3100.0)]
        )
        self._move_start(contract, "2026-12-20", "2026-12-12")
        back = self._corrections(contract)
        self.assertEqual(back.mapped("amount"), [-1000.0])
        self.assertEqual(
            (back.period_start, back.period_end),
            (date(2026, 12, 10), date(2026, 12, 19)),
        )
        self.assertEqual(self._differences(contract, "2026-12-13"), [])
        rest = [
            ("2027-01-10", "2027-01-19", 1000.0),
            ("2027-01-20", "2027-02-19", 3100.0),
        ]
        self._run_cron("2027-01-10")
        self._run_cron("2027-01-20")
        self.assertEqual(self._charged_days(contract)[1:], rest)
        # The whole period, as if it had been known before.
        self.assertEqual(
            self._forecast(contract, "2027-01-20", "2026-12-01", "2027-01-31"),
            [("2026-12-20", "2027-01-19", 3100.0), rest[1]],
        )
        self.assertEqual(self._total(contract), 6200.0)
        self.assertEqual(self._differences(contract, "2027-01-21"), [])

    def test_first_day_moved_and_back(self):
        contract = self._anniversary()
        self._run_cron("2026-12-10")
        self._move_start(contract, "2026-12-20", "2026-12-12")
        self._move_start(contract, "2026-12-10", "2026-12-13")
        self.assertEqual(self._total(contract), 3100.0)
        self.assertEqual(self._differences(contract, "2026-12-14"), [])

    def test_first_day_moved_later_in_arrears(self):
        """In arrears 10 December – 9 January stands on 10 January: the same."""
        contract = self._anniversary(timing="arrears")
        self._run_cron("2027-01-10")
        self._move_start(contract, "2026-12-20", "2027-01-12")
        self.assertEqual(self._corrections(contract).mapped("amount"), [-1000.0])
        self.assertEqual(self._differences(contract, "2027-01-13"), [])
        self._run_cron("2027-01-20")
        self.assertEqual(self._total(contract), 3100.0)
        self.assertEqual(self._differences(contract, "2027-01-21"), [])

    def test_first_day_moved_earlier(self):
        """10 February – 9 March, 28 days, 3,100.00; begins on the 5th: 23 of 28 days
        are 2,546.43 and 5 of the 31 from 5 March 500.00: 53.57 back; 5–9 February are
        5 of 28: 553.57.
        """
        contract = self._anniversary("2027-02-10")
        self._run_cron("2027-02-10")
        self._move_start(contract, "2027-02-05", "2027-02-12")
        self.assertEqual(self._corrections(contract).mapped("amount"), [-53.57])
        self._run_cron("2027-02-13")
        self.assertEqual(self._total(contract), 3600.0)
        self.assertEqual(
            self._differences(contract, "2027-02-14", date(2027, 1, 1)), []
        )

    def test_other_service_moves_the_first_day(self):
        """Operations from 10 February as above; an earlier patch service is added."""
        contract = self._anniversary("2027-02-10")
        self._run_cron("2027-02-10")
        vals = {
            "contract_id": contract.id,
            "type_id": self.type_patch.id,
            "date_start": "2027-02-05",
        }
        self._amend(
            contract,
            "2027-02-05",
            (self.env["support.contract.service"], vals),
            day="2027-02-12",
        )
        self.assertEqual(contract.date_start, date(2027, 2, 5))
        self.assertEqual(self._corrections(contract).mapped("amount"), [-53.57])
        self._run_cron("2027-02-13")
        self.assertEqual(
            self._differences(contract, "2027-02-14", date(2027, 1, 1)), []
        )

    def test_calendar_months_do_not_move(self):
        """In calendar months an earlier first day adds days and moves nothing."""
        contract = self._charged()
        self._move_start(contract, "2026-10-20", "2026-11-05")
        self.assertFalse(self._corrections(contract))
        # 20–31 October: 12/31.
        self.assertEqual(
            self._differences(contract, "2026-11-06"), [("missing", 929.03, 0.0)]
        )

    # -- the terms ----------------------------------------------------------------

    def _to_anniversaries(self, effective, day, timing="arrears", start="2026-01-15"):
        old = self._terms("cal", calendar="month", timing=timing)
        new = self._terms("ann", calendar="anniversary", timing=timing)
        contract = self._create_active_contract(
            [("operations", start)], terms_id=old.id, billed_through="2026-01-31"
        )
        self._amend(contract, effective, (contract, {"terms_id": new.id}), day=day)
        return contract

    def test_terms_move_to_anniversaries(self):
        """From 1 April, contract of the 15th: March is a calendar month; 1–14 April are
        14 of the 31 days from 15 March: 1,083.87.
        """
        contract = self._to_anniversaries("2026-04-01", "2026-02-10")
        expected = [
            ("2026-02-01", "2026-02-28", 2400.0),
            ("2026-03-01", "2026-03-31", 2400.0),
            ("2026-04-01", "2026-04-14", 1083.87),
            ("2026-04-15", "2026-05-14", 2400.0),
        ]
        for day in ("2026-02-11", "2026-03-31", "2026-04-10"):
            self.assertEqual(
                self._forecast(contract, day, "2026-02-01", "2026-04-30"), expected
            )
        for day in ("2026-03-01", "2026-04-01", "2026-04-15", "2026-05-15"):
            self._run_cron(day)
            self.assertEqual(self._differences(contract, day), [])
        self.assertEqual(self._charged_days(contract), expected)

    def test_terms_moved_when_nothing_was_billed(self):
        """Effective 1 March, billed later: February is a calendar month."""
        contract = self._to_anniversaries("2026-03-01", "2026-02-10")
        self._run_cron("2026-03-15", agreed=True)
        self.assertEqual(
            self._charged_days(contract),
            [
                ("2026-02-01", "2026-02-28", 2400.0),
                ("2026-03-01", "2026-03-14", 1200.0),
            ],
        )
        self.assertEqual(self._differences(contract, "2026-03-15"), [])

    def test_terms_moved_inside_a_month(self):
        """From 10 April: 9 of 30 days, 720.00, due with the change; 10–14 April 5 of
        31: 387.10."""
        contract = self._to_anniversaries("2026-04-10", "2026-02-10")
        for day in ("2026-03-01", "2026-04-01", "2026-04-10", "2026-04-15"):
            self._run_cron(day)
        self.assertEqual(
            self._charged_days(contract)[2:],
            [
                ("2026-04-01", "2026-04-09", 720.0),
                ("2026-04-10", "2026-04-14", 387.1),
            ],
        )
        self.assertEqual(self._differences(contract, "2026-04-16"), [])

    def test_terms_and_first_day_moved_in_a_charged_month(self):
        """November in advance, 2,400.00; from the 10th on anniversaries, of the 1st
        first, and then the contract begins on the 15th: 16 of the 30 days to 14
        December are left.
        """
        contract = self._charged()
        new = self._terms("ann", calendar="anniversary", timing="advance")
        self._amend(
            contract, "2026-11-10", (contract, {"terms_id": new.id}), day="2026-11-05"
        )
        # Anniversaries of the 1st are calendar months.
        self.assertFalse(self._corrections(contract))
        service = contract.service_ids
        self._amend(
            contract,
            "2026-11-15",
            (service, {"date_start": "2026-11-15"}),
            day="2026-11-06",
        )
        self.assertEqual(self._total(contract), 1280.0)
        self.assertEqual(self._differences(contract, "2026-11-07"), [])

    def test_timing_moves(self):
        """From arrears to advance on 1 April: March and April stand on 1 April."""
        old = self._terms("late")
        new = self._terms("ahead", timing="advance")
        contract = self._create_active_contract(
            [("operations", "2026-03-01")],
            terms_id=old.id,
            billed_through="2026-02-28",
        )
        self._amend(
            contract, "2026-04-01", (contract, {"terms_id": new.id}), day="2026-03-10"
        )
        self._run_cron("2026-04-01", agreed=True)
        self.assertEqual(
            self._charged_days(contract),
            [
                ("2026-03-01", "2026-03-31", 2400.0),
                ("2026-04-01", "2026-04-30", 2400.0),
            ],
        )

    # -- what cannot be computed ----------------------------------------------------

    def test_what_cannot_be_computed_is_a_to_do(self):
        """November was charged; from the 10th on the terms have no price for that
        service: a to-do and a difference, once.
        """
        contract = self._charged()
        new = self.terms.copy({"version": "less", "timing": "advance"})
        new._get_price(self.type_operations).unlink()
        new.action_publish()
        self._amend(
            contract, "2026-11-10", (contract, {"terms_id": new.id}), day="2026-11-10"
        )
        self.assertFalse(self._corrections(contract))
        todo = contract.activity_ids.filtered(
            lambda one: one.activity_type_id
            == self.env.ref("support_contract_billing.activity_charge_uncomputed")
        )
        self.assertEqual(len(todo), 1)
        self.assertIn(contract.charge_ids.name, todo.note)
        self.assertEqual(
            self._differences(contract, "2026-11-11"), [("uncomputed", 0.0, 2400.0)]
        )

    def test_terms_moved_inside_a_charged_month(self):
        """April in advance, 2,400.00; on the 5th anniversaries of the 15th are agreed
        from the 10th on. 9 of 30 days are 720.00, 10–14 April 5 of 31: 387.10, 15–30
        April 16 of 30: 1,280.00; together 2,387.10: 12.90 back.
        """
        old = self._terms("cal", timing="advance")
        new = self._terms("ann", calendar="anniversary", timing="advance")
        contract = self._create_active_contract(
            [("operations", "2026-01-15")],
            terms_id=old.id,
            billed_through="2026-03-31",
        )
        self._run_cron("2026-04-01")
        self._amend(
            contract, "2026-04-10", (contract, {"terms_id": new.id}), day="2026-04-05"
        )
        self.assertEqual(self._corrections(contract).mapped("amount"), [-12.9])
        self.assertEqual(self._differences(contract, "2026-04-06"), [])
        self._run_cron("2026-05-01")
        # 1–14 May: 14 of the 30 days from 15 April.
        self.assertEqual(
            self._charged_days(contract)[1:], [("2026-05-01", "2026-05-14", 1120.0)]
        )
        self.assertEqual(self._differences(contract, "2026-05-02"), [])
