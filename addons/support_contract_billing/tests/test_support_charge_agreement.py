# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta

from hypothesis import HealthCheck, assume, given, settings, strategies

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from ..agreement_differences import adjust_charges
from ..invoicing import bill_batch
from ..reconciling import Reconciliation
from .common import SupportBillingCommon


class SupportAgreementCommon(SupportBillingCommon):
    """Contracts in advance: November 2026 is charged on its first day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms_advance = cls._publish_advance("advance")

    @classmethod
    def _publish_advance(cls, version, price=2400.0):
        terms = cls.terms.copy({"version": version, "timing": "advance"})
        terms._get_price(cls.type_operations).price_unit = price
        terms.action_publish()
        return terms

    def _charged(self, services=("operations",), terms=None, **vals):
        """A contract from 1 November that is charged and invoiced for November."""
        contract = self._create_active_contract(
            [(code, "2026-11-01") for code in services],
            terms_id=(terms or self.terms_advance).id,
            **vals,
        )
        self._run_cron("2026-11-01")
        return contract

    def _service(self, contract, code="operations"):
        return contract.service_ids.filtered(lambda one: one.type_id.code == code)

    def _end(self, service, end, day="2026-11-05"):
        with self._on(day):
            service.contract_id._give_notice(
                service, date.fromisoformat(day), date.fromisoformat(end), "Sold"
            )

    def _amend(self, contract, effective, *changes, day=None, undoes=None):
        with self._on(day or effective):
            return contract._amend(
                date.fromisoformat(effective), "Agreed", list(changes), undoes=undoes
            )

    def _undo(self, amendment, effective, day=None):
        with self._on(day or effective):
            self.env["support.contract.amend"].create(
                {
                    "contract_id": amendment.contract_id.id,
                    "change": "undo",
                    "undoes_id": amendment.id,
                    "date_effective": effective,
                    "reason": "A mistake",
                }
            ).action_confirm()

    def _condition(self, contract, key, value, start, end=False):
        vals = {
            "contract_id": contract.id,
            "key": key,
            "value": value,
            "date_start": start,
            "date_end": end,
        }
        return (self.env["support.contract.condition"], vals)

    def _corrections(self, contract):
        """Corrections that are owed or given back."""
        return contract.charge_ids.filtered(
            lambda charge: charge.kind == "correction" and charge.state != "waived"
        ).sorted("id")

    def _total(self, contract):
        charges = contract.charge_ids.filtered(lambda one: one.state != "waived")
        return contract.currency_id.round(sum(charges.mapped("amount")))


@tagged("post_install", "-at_install")
class TestSupportChargeAgreement(SupportAgreementCommon):
    """What was charged ahead is put right when the agreement changes. R1, R3."""

    # -- the end inside a charged period ------------------------------------------

    def test_tax_is_that_of_what_it_corrects(self):
        """November in advance 2,400.00, ended on the 15th: 1,200.00 back with its tax,
        though the customer is untaxed by now.
        """
        contract = self._charged()
        november = contract.charge_ids.move_line_id
        self.assertTrue(november.tax_ids)
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Untaxed"})
        self._end(contract.service_ids, "2026-11-15")
        self._run_cron("2026-12-01")
        back = self._corrections(contract)
        self.assertEqual(back.amount, -1200.0)
        self.assertEqual(back.move_line_id.tax_ids, november.tax_ids)
        self.assertEqual(back.move_id.reversed_entry_id, november.move_id)
        self.assertEqual(back.move_id.amount_tax, november.move_id.amount_tax / 2)

    def test_end_inside_a_charged_month(self):
        """2,400.00 for November; ends on the 11th: 11/30 → 880.00, so −1,520.00."""
        contract = self._charged()
        charge = contract.charge_ids
        before = charge.read()[0]
        self._end(contract.service_ids, "2026-11-11")
        correction = self._corrections(contract)
        self.assertRecordValues(
            correction,
            [
                {
                    "kind": "correction",
                    "correction_origin": "agreement",
                    "amendment_id": contract.amendment_ids.id,
                    "corrects_id": charge.id,
                    "amount": -1_520.0,
                    "quantity": -1.0,
                    "price_unit": 1_520.0,
                    "date": date(2026, 11, 12),
                    "period_start": date(2026, 11, 12),
                    "period_end": date(2026, 11, 30),
                    "monthly_amount": 2_400.0,
                    "state": "pending",
                }
            ],
        )
        for words in (
            "Charged: $ 2,400.00 for November 2026",
            charge.move_id.name,
            "1–11 November 2026: fixed price 2,400.00; 11/30 days → 880.00",
            "Not covered by the agreement: 12–30 November 2026, 19/30 days",
            "1,520.00",
        ):
            self.assertIn(words, correction.calculation.replace("\xa0", " "))
        self.assertIn("November 2026", correction.name)
        after = charge.read()[0]
        for name in ("amount", "quantity", "calculation", "move_line_id", "state"):
            self.assertEqual(before[name], after[name])
        # Nothing else brings an invoice: a credit note of its own, after the end.
        self._run_cron("2026-11-11")
        self.assertEqual(correction.state, "pending")
        self._run_cron("2026-11-12")
        self.assertRecordValues(
            correction.move_id,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "amount_untaxed": 1_520.0,
                    "reversed_entry_id": charge.move_id.id,
                }
            ],
        )
        self._run_cron("2026-12-01")
        self.assertEqual(self._total(contract), 880.0)

    def test_taken_off_the_next_regular_invoice(self):
        """Patch, 495.00, ends on 11 November: 11/30 → 181.50, so −313.50; December
        is 2,400.00 − 313.50 = 2,086.50.
        """
        contract = self._charged(("operations", "patch"))
        self._end(self._service(contract, "patch"), "2026-11-11")
        correction = self._corrections(contract)
        self.assertEqual(correction.amount, -313.5)
        self._run_cron("2026-11-15")
        self.assertEqual(correction.state, "pending")
        self._run_cron("2026-12-01")
        self.assertEqual(correction.move_id.amount_untaxed, 2_086.5)
        self.assertEqual(correction.move_id.move_type, "out_invoice")

    def test_end_known_afterwards_for_several_charged_months(self):
        """October and November charged, 2,400.00 each. Ends on 15 October, decided on
        5 November: October 15/31 → 1,161.29, so −1,238.71; all of November back.
        """
        contract = self._create_active_contract(
            [("operations", "2026-10-01")], terms_id=self.terms_advance.id
        )
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self._end(contract.service_ids, "2026-10-15")
        corrections = self._corrections(contract)
        self.assertEqual(corrections.mapped("amount"), [-1_238.71, -2_400.0])
        self.assertIn("30/30 days", corrections[1].calculation)
        self.assertEqual(self._total(contract), 1_161.29)

    def test_end_known_afterwards_in_arrears(self):
        """The same where the month was charged after it: September, 2,400.00, ended on
        the 20th: 20/30 → 1,600.00.
        """
        contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        self._end(contract.service_ids, "2026-09-20", "2026-10-02")
        self.assertEqual(self._corrections(contract).amount, -800.0)

    def test_later_first_day_is_given_back(self):
        """From 6 November instead of the 1st: 25/30 → 2,000.00, so −400.00."""
        contract = self._charged()
        self._amend(
            contract, "2026-11-03", (contract.service_ids, {"date_start": "2026-11-06"})
        )
        correction = self._corrections(contract)
        self.assertRecordValues(
            correction,
            [
                {
                    "amount": -400.0,
                    "period_start": date(2026, 11, 1),
                    "period_end": date(2026, 11, 5),
                }
            ],
        )

    def test_earlier_first_day_is_charged(self):
        """From 12 September 19/30 → 1,520.00; from the 5th 7/30 more → 560.00."""
        contract = self._create_active_contract([("operations", "2026-09-12")])
        self._run_cron("2026-10-01")
        self.assertEqual(contract.charge_ids.amount, 1_520.0)
        self._amend(
            contract, "2026-10-05", (contract.service_ids, {"date_start": "2026-09-05"})
        )
        with self._on("2026-10-05"):
            preview = contract._get_due_periods()
        self.assertEqual(len(preview[contract.service_ids]), 1)
        self._run_cron("2026-10-06")
        self.assertRecordValues(
            contract.charge_ids.sorted("id")[1],
            [
                {
                    "kind": "recurring",
                    "amount": 560.0,
                    "period_start": date(2026, 9, 5),
                    "period_end": date(2026, 9, 11),
                    "state": "invoiced",
                }
            ],
        )
        self._run_cron("2026-11-01")
        self.assertEqual(self._total(contract), 2_080.0 + 2_400.0)
        with self._on("2026-11-01"):
            self.assertFalse(
                Reconciliation(
                    contract, date(2026, 9, 1), date(2026, 10, 31)
                ).get_differences()
            )
        # And back again: what was asked for the earlier days is given back.
        self._amend(
            contract, "2026-11-03", (contract.service_ids, {"date_start": "2026-09-12"})
        )
        self.assertEqual(self._corrections(contract).amount, -560.0)

    def test_much_earlier_first_day_waits_for_a_yes(self):
        """22/31 → 1,703.23 in July, 2,400.00 in August, 11/30 → 880.00."""
        contract = self._create_active_contract(
            [("operations", "2026-09-12")], billed_through="2026-06-30"
        )
        self._run_cron("2026-10-01")
        self._amend(
            contract, "2026-10-05", (contract.service_ids, {"date_start": "2026-07-10"})
        )
        self._run_cron("2026-10-06")
        self.assertEqual(self._total(contract), 1_520.0)
        self.assertTrue(contract.billing_wait)
        self._run_cron("2026-10-07", agreed=True)
        self.assertEqual(self._total(contract), 1_520.0 + 1_703.23 + 2_400.0 + 880.0)

    def test_end_of_the_charged_month_changes_nothing(self):
        contract = self._charged()
        self._end(contract.service_ids, "2026-11-30")
        self.assertEqual(len(contract.charge_ids), 1)

    def test_end_that_moves_before_it_is_invoiced(self):
        """−1,520.00 is dropped: to the 20th it is 20/30 → 1,600.00, so −800.00."""
        contract = self._charged()
        self._end(contract.service_ids, "2026-11-11")
        first = self._corrections(contract)
        self._end(contract.service_ids, "2026-11-20", "2026-11-06")
        self.assertRecordValues(first, [{"state": "waived", "is_dropped": True}])
        second = self._corrections(contract)
        self.assertRecordValues(
            second,
            [
                {
                    "amount": -800.0,
                    "corrects_id": first.id,
                    "period_start": date(2026, 11, 21),
                    "date": date(2026, 11, 21),
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "not owed"):
            first.with_user(self.manager)._decide("restore", "They pay")

    def test_notice_withdrawn_before_it_is_invoiced(self):
        contract = self._charged()
        self._end(contract.service_ids, "2026-11-11")
        with self._on("2026-11-06"):
            contract.action_withdraw_notice()
        self.assertFalse(self._corrections(contract))
        self.assertEqual(self._total(contract), 2_400.0)
        self._run_cron("2026-12-01")
        self.assertEqual(self._total(contract), 4_800.0)

    def test_undone_after_it_was_invoiced_is_countered(self):
        """−313.50 was on the invoice of 1 December; then patch goes on after all:
        313.50 for November, and December as a charge of its own.
        """
        contract = self._charged(("operations", "patch"))
        patch = self._service(contract, "patch")
        self._end(patch, "2026-11-11")
        self._run_cron("2026-12-01")
        self._amend(contract, "2026-12-02", (patch, {"date_end": False}))
        counter = self._corrections(contract)[-1]
        self.assertRecordValues(
            counter,
            [
                {
                    "amount": 313.5,
                    "state": "pending",
                    "period_start": date(2026, 11, 12),
                    "period_end": date(2026, 11, 30),
                }
            ],
        )
        self._run_cron("2026-12-03")
        self._run_cron("2027-01-01", agreed=True)
        # November, December and January.
        charged = contract.charge_ids.filtered(lambda c: c.service_id == patch)
        self.assertEqual(sum(charged.mapped("amount")), 3 * 495.0)
        self.assertEqual(counter.state, "invoiced")

    # -- another price ------------------------------------------------------------

    def test_lower_price_from_a_day(self):
        """1,800.00 from the 11th: 800.00 + 1,200.00 = 2,000.00, so −400.00."""
        contract = self._charged()
        amendment = self._amend(
            contract, "2026-11-11", (contract.service_ids, {"price_unit": 1_800.0})
        )
        correction = self._corrections(contract)
        self.assertRecordValues(
            correction,
            [
                {
                    "amount": -400.0,
                    "monthly_amount": 1_800.0,
                    "amendment_id": amendment.id,
                    "period_start": date(2026, 11, 11),
                }
            ],
        )
        for words in (
            "1–10 November 2026: fixed price 2,400.00; 10/30 days → 800.00",
            "11–30 November 2026: fixed price 1,800.00; 20/30 days → 1,200.00",
            "2,000.00",
        ):
            self.assertIn(words, correction.calculation)

    def test_higher_price_that_is_decided_ahead(self):
        """3,000.00 from the 16th: 1,200.00 + 1,500.00, so 300.00 more from that day."""
        contract = self._charged()
        self._amend(
            contract,
            "2026-11-16",
            (contract.service_ids, {"price_unit": 3_000.0}),
            day="2026-11-03",
        )
        correction = self._corrections(contract)
        self.assertRecordValues(
            correction, [{"amount": 300.0, "date": date(2026, 11, 16)}]
        )

    def test_discount_for_some_days(self):
        """10 % from the 21st to the 25th: 5 × 8.00 = 40.00 less."""
        contract = self._charged()
        self._amend(
            contract,
            "2026-11-10",
            self._condition(contract, "discount", 10, "2026-11-21", "2026-11-25"),
        )
        self.assertRecordValues(
            self._corrections(contract),
            [
                {
                    "amount": -40.0,
                    "period_start": date(2026, 11, 21),
                    "period_end": date(2026, 11, 25),
                }
            ],
        )

    def test_free_month_that_ends_early(self):
        """November free, so nothing charged; from the 16th it costs: 1,200.00."""
        contract = self._create_active_contract(
            [("operations", "2026-11-01")], terms_id=self.terms_advance.id
        )
        self._amend(
            contract, "2026-11-01", self._condition(contract, "discount", 100, False)
        )
        self._run_cron("2026-11-01")
        self.assertEqual(contract.charge_ids.state, "waived")
        self._amend(
            contract, "2026-11-16", (contract.condition_ids, {"date_end": "2026-11-15"})
        )
        self.assertEqual(self._corrections(contract).amount, 1_200.0)

    def test_undone_before_it_is_invoiced_is_dropped(self):
        contract = self._charged()
        amendment = self._amend(
            contract, "2026-11-11", (contract.service_ids, {"price_unit": 1_800.0})
        )
        self._undo(amendment, "2026-11-11", "2026-11-12")
        self.assertFalse(self._corrections(contract))

    def test_undone_from_a_later_day_is_made_anew(self):
        """1,800.00 held from the 11th to the 15th only: 5 × 20.00, so −100.00."""
        contract = self._charged()
        amendment = self._amend(
            contract, "2026-11-11", (contract.service_ids, {"price_unit": 1_800.0})
        )
        self._undo(amendment, "2026-11-16")
        self.assertEqual(self._corrections(contract).amount, -100.0)

    def test_scheduled_terms(self):
        """Terms with 3,000.00 from the 16th: 300.00, once, also after they hold."""
        contract = self._charged()
        terms = self._publish_advance("advance 2", 3_000.0)
        amendment = self._amend(
            contract, "2026-11-16", (contract, {"terms_id": terms.id}), day="2026-11-03"
        )
        self.assertEqual(amendment.state, "scheduled")
        correction = self._corrections(contract)
        self.assertEqual(correction.amount, 300.0)
        with self._on("2026-11-16"):
            self._run_amendments()
            self.assertEqual(amendment.state, "applied")
        self.assertEqual(self._corrections(contract), correction)
        self._run_cron("2026-12-01")
        self.assertEqual(correction.move_id.amount_untaxed, 3_300.0)

    def test_scheduled_terms_that_never_come(self):
        contract = self._charged()
        terms = self._publish_advance("advance 2", 3_000.0)
        amendment = self._amend(
            contract, "2026-11-16", (contract, {"terms_id": terms.id}), day="2026-11-03"
        )
        self._undo(amendment, "2026-11-16", "2026-11-04")
        self.assertEqual(amendment.state, "withdrawn")
        self.assertFalse(self._corrections(contract))

    # -- what is not touched ------------------------------------------------------

    def test_amendment_that_changes_no_price_corrects_nothing(self):
        contract = self._charged()
        other = self.env["res.partner"].create({"name": "Ny Ägare AB"})
        self._amend(contract, "2026-11-05", (contract, {"partner_id": other.id}))
        self._amend(
            contract, "2026-11-05", self._condition(contract, "upgrade_fee", 1, False)
        )
        self._amend(
            contract,
            "2026-11-05",
            (contract.service_ids, {"date_min_end": "2027-10-31"}),
        )
        self.assertEqual(len(contract.charge_ids), 1)

    def test_fees_and_usage_are_not_touched(self):
        contract = self._charged()
        vals = {
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "product_id": self.type_operations.product_id.id,
            "date": "2026-11-02",
            "period_start": "2026-11-01",
            "period_end": "2026-11-30",
            "amount": 9_900.0,
            "price_unit": 9_900.0,
            "quantity": 1.0,
            "service_id": contract.service_ids.id,
        }
        self.env["support.charge"].sudo().create(
            [
                vals | {"kind": kind, "name": kind, "key": f"{kind}:1"}
                for kind in ("fee", "usage")
            ]
        )
        self._end(contract.service_ids, "2026-11-11")
        self.assertEqual(self._corrections(contract).mapped("amount"), [-1_520.0])

    # -- what was decided about the charge ----------------------------------------

    def _reset(self, contract):
        invoice = contract.charge_ids.move_id
        invoice.button_draft()
        invoice.button_cancel()

    def test_waived_charge_is_not_given_back(self):
        """Only when it is charged after all."""
        contract = self._charged()
        self._reset(contract)
        charge = contract.charge_ids
        with self._on("2026-11-02"):
            charge.with_user(self.manager)._decide("waive", "A gift")
        self._end(contract.service_ids, "2026-11-11")
        self.assertEqual(contract.charge_ids, charge)
        with self._on("2026-11-06"):
            charge.with_user(self.manager)._decide("restore", "They pay")
        self.assertEqual(self._corrections(contract).amount, -1_520.0)

    def test_held_or_pending_charge_is_corrected_and_waits(self):
        contract = self._charged()
        self._reset(contract)
        charge = contract.charge_ids
        charge.with_user(self.consultant)._decide("hold", "They ask")
        self._end(contract.service_ids, "2026-11-11")
        correction = self._corrections(contract)
        self._run_cron("2026-11-13")
        self.assertEqual(correction.state, "pending")
        charge.with_user(self.accountant)._decide("release", "Answered")
        self._run_cron("2026-11-14")
        self.assertEqual(correction.move_id, charge.move_id)
        self.assertEqual(charge.move_id.amount_untaxed, 880.0)

    def test_charge_on_a_draft(self):
        contract = self._charged(billing_policy="draft")
        self.assertEqual(contract.charge_ids.move_id.state, "draft")
        self._end(contract.service_ids, "2026-11-11")
        correction = self._corrections(contract)
        self.assertEqual(correction.state, "pending")
        contract.charge_ids.move_id.action_post()
        self._run_cron("2026-11-12")
        self.assertEqual(correction.move_id.amount_untaxed, 1_520.0)
        self.assertEqual(correction.move_id.move_type, "out_refund")

    def _credit(self, contract, amount=None, post=True):
        invoice = contract.charge_ids.move_id
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        credit = wizard.new_move_ids
        if amount:
            credit.sudo().invoice_line_ids.filtered("product_id").write(
                {"quantity": 1, "price_unit": amount}
            )
        if post:
            credit.action_post()
        return credit

    def test_credited_invoice_is_not_given_back_again(self):
        contract = self._charged()
        credit = self._credit(contract)
        self._end(contract.service_ids, "2026-11-11")
        self.assertFalse(self._corrections(contract))
        with self._on("2026-11-06"):
            credit.button_draft()
        self.assertEqual(self._corrections(contract).amount, -1_520.0)
        # And held, when it is credited after all.
        credit.action_post()
        self.assertEqual(self._corrections(contract).state, "held")

    def test_partly_credited_invoice_is_asked_about(self):
        """A person has given back some: nobody but a person knows what for."""
        contract = self._charged()
        self._credit(contract, 500.0)
        self._end(contract.service_ids, "2026-11-11")
        correction = self._corrections(contract)
        self.assertRecordValues(correction, [{"amount": -1_520.0, "state": "held"}])
        self.assertIn("500.00", correction.decision_reason)
        self.assertTrue(contract.activity_ids)
        # It stays a question, whatever else is agreed.
        self._end(contract.service_ids, "2026-11-20", "2026-11-06")
        self.assertRecordValues(
            self._corrections(contract), [{"amount": -800.0, "state": "held"}]
        )

    def test_credit_of_another_line_is_no_question(self):
        contract = self._charged(("operations", "patch"))
        credit = self._credit(contract, post=False)
        product = self.type_operations.product_id
        credit.sudo().invoice_line_ids.filtered(
            lambda line: line.product_id == product
        ).unlink()
        credit.action_post()
        self._end(self._service(contract), "2026-11-11")
        self.assertRecordValues(
            self._corrections(contract), [{"amount": -1_520.0, "state": "pending"}]
        )

    def test_waived_refund_does_not_come_back(self):
        """Agreed that nothing is refunded: no other amendment refunds it."""
        contract = self._charged()
        self._end(contract.service_ids, "2026-11-11")
        with self._on("2026-11-06"):
            self._corrections(contract).with_user(self.manager)._decide("waive", "No")
        self._amend(
            contract,
            "2026-11-07",
            self._condition(contract, "discount", 10, "2026-11-12"),
        )
        self.assertFalse(self._corrections(contract))
        # Another end is another matter: 880.00 + 9/30 of 2,160.00 = 1,528.00 are right
        # then, of the 2,400.00 that were paid.
        self._end(contract.service_ids, "2026-11-20", "2026-11-08")
        self.assertEqual(self._corrections(contract).amount, -872.0)

    def test_settling_again_adds_nothing(self):
        contract = self._charged()
        self._end(contract.service_ids, "2026-11-11")
        before = contract.charge_ids
        with self._on("2026-11-06"):
            adjust_charges(contract.amendment_ids)
            contract.charge_ids._adjust_again()
        self.assertEqual(contract.charge_ids, before)

    # -- overview -----------------------------------------------------------------

    def test_overview_says_why(self):
        contract = self._charged(("operations", "patch"))
        self._end(self._service(contract, "patch"), "2026-11-11")
        with self._on("2026-11-13"):
            overview = self.env["support.billing.overview"].create({"month": "2026-11"})
            lines = overview.changed_ids.filtered(lambda one: one.difference == -313.5)
            self.assertIn("The agreement changed: Sold", lines.reason)
            self.assertIn(
                "Corrections for the next invoice",
                overview.line_ids.mapped("name"),
            )


@tagged("post_install", "-at_install")
class TestSupportChargeAgreementLines(SupportAgreementCommon):
    """Together with wrong counts. R2."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 12_345))
        self.contract = self._create_contract(
            [("maintenance", "2026-11-01")], terms_id=self.terms_advance.id
        )
        self.instance = self._create_instance(self.contract, self.repository)
        self.contract.action_activate()
        # 12,345 lines: 124 × 180.00 = 22,320.00.
        self._run_cron("2026-11-01")
        self.charge = self.contract.charge_ids

    def _correct(self, lines, day):
        self.repository.commit(module_files("acme_base", lines))
        with self._on(day):
            self.instance.action_count()
            count = self.instance.last_count_id
            return self.charge.with_user(self.accountant)._correct(count, "Wrong")

    def test_r02_wrong_count_of_shortened_days(self):
        """11/30 of 22,320.00 is 8,184.00, so −14,136.00. 10,000 lines: 18,000.00, and
        11/30 of that 6,600.00, so −1,584.00 more.
        """
        self._end(self.contract.service_ids, "2026-11-11")
        self.assertEqual(self._corrections(self.contract).amount, -14_136.0)
        self.assertIn(
            "11/30 days → 8,184.00", self._corrections(self.contract).calculation
        )
        correction = self._correct(10_000, "2026-11-06")
        self.assertRecordValues(
            correction,
            [
                {
                    "amount": -1_584.0,
                    "correction_origin": "count",
                    "period_start": date(2026, 11, 1),
                    "period_end": date(2026, 11, 11),
                }
            ],
        )
        self.assertEqual(self._total(self.contract), 6_600.0)

    def test_r02_end_after_a_wrong_count(self):
        """18,000.00 is right by the count; 11/30 of it, so −11,400.00."""
        self._correct(10_000, "2026-11-03")
        self._end(self.contract.service_ids, "2026-11-11")
        self.assertEqual(
            self._corrections(self.contract).mapped("amount"), [-4_320.0, -11_400.0]
        )

    def test_r02_end_taken_back_after_a_wrong_count(self):
        """The correction that another builds on is countered, not dropped."""
        self._end(self.contract.service_ids, "2026-11-11")
        self._correct(10_000, "2026-11-06")
        with self._on("2026-11-07"):
            self.contract.action_withdraw_notice()
        self.assertEqual(
            self._corrections(self.contract).mapped("amount"),
            [-14_136.0, -1_584.0, 11_400.0],
        )
        self.assertEqual(self._total(self.contract), 18_000.0)

    def test_r02_wrong_count_beside_a_refund_that_was_waived(self):
        """Of 22,320.00 14,136.00 stay, as decided; the count takes off 1,584.00."""
        self._end(self.contract.service_ids, "2026-11-11")
        with self._on("2026-11-06"):
            self._corrections(self.contract).with_user(self.manager)._decide(
                "waive", "No refunds"
            )
        correction = self._correct(10_000, "2026-11-07")
        self.assertEqual(correction.amount, -1_584.0)
        self.assertIn("Waived before", correction.calculation)
        with self._on("2026-11-08"):
            self.charge._adjust_again()
        self.assertEqual(self._corrections(self.contract), correction)


@tagged("post_install", "-at_install")
class TestSupportChargeAgreementSums(SupportAgreementCommon):
    """It never matters when somebody knew what: the sum is the same, to the öre."""

    def test_known_later_is_known_before(self):
        """Whatever changes November, and whenever it was known: what was charged and
        its corrections are what would have been charged.
        """
        days = strategies.integers(1, 30).map(lambda day: date(2026, 11, day))
        cents = strategies.integers(1, 999_999).map(lambda number: number / 100)
        changes = strategies.lists(
            strategies.one_of(
                strategies.tuples(strategies.just("end"), days),
                strategies.tuples(strategies.just("price"), days, cents),
                strategies.tuples(
                    strategies.just("discount"), days, strategies.integers(0, 100)
                ),
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda change: change[:2] if change[0] != "end" else "end",
        )
        terms = self.terms_advance

        def apply(contract, change, day):
            if change[0] == "end":
                with self._on(day):
                    contract._amend(
                        date.fromisoformat(day),
                        "End",
                        [(contract.service_ids, {"date_end": change[1]})],
                    )
            elif change[0] == "price":
                vals = {"price_unit": change[2]}
                self._change(contract, change[1], [(contract.service_ids, vals)], day)
            else:
                start = change[1]
                condition = self._condition(
                    contract, "discount", change[2], start, start + timedelta(days=4)
                )
                overlapping = contract.condition_ids.filtered(
                    lambda one: one.key == "discount"
                    and one.date_start <= start + timedelta(days=4)
                    and one.date_end >= start
                )
                if not overlapping:
                    self._change(contract, start, [condition], day)

        @settings(
            max_examples=30, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(cents, changes, strategies.integers(0, 4))
        def check(price, agreed, invoiced_after):
            # To agree on the price that holds already is refused: nothing changes.
            prices = [price, *(one[2] for one in agreed if one[0] == "price")]
            assume(len({*prices}) == len(prices))
            with self.env.cr.savepoint() as savepoint:
                before, after = (
                    self._create_active_contract(
                        [("operations", "2026-11-01")], terms_id=terms.id
                    )
                    for _ in range(2)
                )
                for contract in before | after:
                    with self._on("2026-10-20"):
                        contract._amend(
                            date(2026, 10, 20),
                            "Price",
                            [self._condition_of_price(contract, price)],
                        )
                for change in agreed:
                    apply(before, change, "2026-10-25")
                with self._on("2026-11-01"):
                    self._bill(before)
                    self._bill(after)
                # In another order than it was known before would be another agreement.
                for number, change in enumerate(agreed):
                    if number == invoiced_after:
                        with self._on("2026-11-30"):
                            self._bill(after)
                    apply(after, change, "2026-11-30")
                with self._on("2026-11-30"):
                    self._bill(before)
                self.assertEqual(self._total(after), self._total(before), agreed)
                self.assertGreaterEqual(self._total(after), 0)
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def _bill(self, contract):
        """What is due; in advance, later parts of the month are on their day."""
        outcome = bill_batch(contract.sudo(), attended=True)[contract]
        self.assertFalse(outcome.error)

    def _change(self, contract, start, changes, day):
        with self._on(day):
            contract._amend(start, "Agreed", changes)

    def _condition_of_price(self, contract, price):
        records, vals = self._condition(contract, "price", price, False)
        return records, vals | {"service_id": contract.service_ids.id}
