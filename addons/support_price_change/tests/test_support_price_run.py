# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.support_contract.links import read_token
from odoo.addons.support_contract_billing import stamp
from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon

from ..models import support_price_run


@tagged("post_install", "-at_install")
class TestSupportPriceRun(SupportBillingCommon):
    """Prices of many contracts: simulated first, within what was agreed, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron_prices = cls.env.ref("support_price_change.ir_cron_apply_prices")
        cls.customer.write({"email": "ekonomi@bjorkdal.example", "lang": "en_US"})

    def _create_run(self, contracts, **vals):
        return (
            self.env["support.price.run"]
            .with_user(self.manager)
            .create(
                {
                    "date_effective": "2027-01-01",
                    "percent": 5.0,
                    "reason": "Costs have risen",
                    "contract_ids": [Command.set(contracts.ids)],
                    **vals,
                }
            )
        )

    def _apply(self, run):
        run.action_apply()
        with self.enter_registry_test_mode():
            self.cron_prices.sudo().method_direct_trigger()

    def test_simulation_changes_nothing(self):
        """2,400.00 + 5 % = 2,520.00; 495.00 + 5 % = 519.75."""
        contract = self._create_active_contract(
            [("operations", "2026-09-01"), ("patch", "2026-09-01")]
        )
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
        self.assertRecordValues(
            run.line_ids,
            [
                {
                    "state": "ready",
                    "fee_before": 2895.0,
                    "fee_after": 3039.75,
                    "difference": 144.75,
                    "percent": 5.0,
                    "amendment_id": False,
                }
            ],
        )
        self.assertFalse(contract.amendment_ids)
        self.assertFalse(contract.condition_ids)
        self.assertFalse(
            contract.event_ids.filtered(lambda event: event.kind == "amendment")
        )

    def test_applied_once_with_letter_and_invoice(self):
        contract = self._create_active_contract(billed_through="2026-11-30")
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
            self._apply(run)
            line = run.line_ids
            self.assertEqual((run.state, line.state), ("done", "applied"))
            self.assertEqual(contract.amendment_ids, line.amendment_id)
            self.assertRecordValues(
                line.amendment_id,
                [
                    {
                        "reason": "Costs have risen",
                        "date_effective": date(2027, 1, 1),
                        "user_id": self.manager.id,
                    }
                ],
            )
            mail = self.env["mail.mail"].search(
                [("model", "=", line._name), ("res_id", "=", line.id)]
            )
            self.assertEqual(len(mail), 1)
            self.assertEqual(mail.state, "outgoing")
            self.assertEqual(mail.recipient_ids, self.customer)
            self.assertNotIn("01-01-2027", mail.body_html)
            [token] = re.findall(r"access_token=([\w-]+)", mail.body_html)
            link = read_token(self.env, token)
            self.assertEqual((link.record, link.person), (line, self.customer))
            self.assertTrue(link.opens_for(self.env.ref("base.public_user")))
            template, values = link.record._get_link_template()
            self.assertEqual(values, {"line": line})
            self.assertTrue(self.env.ref(template))
            self.assertIn("+5 % from January 1, 2027", line.display_name)
            self.assertEqual(len(mail.attachment_ids), 1)
            steps = self.env["support.history"].search(
                [("model", "=", run._name), ("res_id", "=", run.id)], order="id"
            )
            self.assertEqual(
                steps.mapped("after"),
                ["Being Simulated", "Simulated", "Being Applied", "Done"],
            )
            self.assertEqual(steps[2].user_id, self.manager)
            # The same run again: by its button, by its action, by its line.
            with self.assertRaises(UserError):
                run.action_apply()
            with self.assertRaises(UserError):
                run.action_simulate()
            line.sudo()._apply()
            run.sudo().state = "applying"
            with self.enter_registry_test_mode():
                self.cron_prices.sudo().method_direct_trigger()
            self.assertEqual(len(contract.amendment_ids), 1)
            self.assertEqual(len(contract.condition_ids), 1)
            # Nor does a copy of it.
            again = self._create_run(contract)
            again.action_simulate()
            self.assertEqual(again.line_ids.state, "refused")
        with self._on("2027-02-01"):
            contract.sudo()._bill()
        self.assertEqual(
            contract.charge_ids.sorted("period_start").mapped("amount"),
            [2400.0, 2520.0],
        )

    def test_move_to_new_terms(self):
        contract = self._create_active_contract()
        terms = self.terms.copy()
        terms._get_price(self.type_operations).price_unit = 2500.0
        terms.action_publish()
        with self._on("2026-11-10"):
            run = self._create_run(contract, kind="terms", terms_id=terms.id)
            run.action_simulate()
            self.assertEqual(run.line_ids.fee_after, 2500.0)
            self._apply(run)
            self.assertEqual(contract.terms_id, self.terms)  # scheduled
            self.assertEqual(contract._get_terms(date(2027, 1, 1)), terms)
            again = self._create_run(contract, kind="terms", terms_id=terms.id)
            again.action_simulate()
        self.assertEqual(again.line_ids.state, "unchanged")

    def _refusal(self, contract, day="2026-11-10", **vals):
        with self._on(day):
            run = self._create_run(contract, **vals)
            run.action_simulate()
        self.assertEqual(run.line_ids.state, "refused")
        self.assertEqual(run.line_ids.difference, 0.0)
        self.assertFalse(contract.amendment_ids)
        return run.line_ids.note

    def test_fee_that_is_not_known_is_said_to_be(self):
        """Operations 2,400.00 + 5 %; no instance of maintenance is billed."""
        contract = self._create_contract(
            [("maintenance", "2025-09-01"), ("operations", "2026-09-01")],
            billed_through="2026-10-31",
        )
        instance = self._create_instance(contract)
        contract.action_activate()
        with self._on("2026-11-01"):
            contract._amend(
                date(2026, 11, 1), "Moved elsewhere", [(instance, {"billed": False})]
            )
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
        line = run.line_ids
        self.assertEqual(
            (line.state, line.fee_before, line.fee_after), ("ready", 2_400.0, 2_520.0)
        )
        self.assertIn("Maintenance and support: no instance is billed", line.note)

    def test_restored_database_asks_before_it_changes_prices(self):
        contract = self._create_active_contract()
        name = self.env.cr.dbname
        known = stamp.read(name)
        self.addCleanup(stamp.write, name, **known)
        with self._on("2026-09-20"):
            run = self._create_run(contract)
            run.action_simulate()
            stamp.write(name, **(known | {"run": 10**9}))
            with self.assertRaisesRegex(UserError, "restored"), self.env.cr.savepoint():
                run.action_apply()
            run.sudo().state = "applying"
            with self.assertLogs(level="ERROR") as logs:
                self.env["support.price.run"].sudo()._cron_apply()
            self.assertIn("restored", logs.output[0])
            self.assertFalse(contract.amendment_ids)

    def test_capped(self):
        contract = self._create_active_contract()
        self.assertIn("more than 10 %", self._refusal(contract, percent=10.5))

    def test_notice_of_the_terms(self):
        terms = self.terms.copy({"price_notice_months": 3})
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        self.assertIn("3 months' notice", self._refusal(contract))
        with self._on("2026-09-30"):
            run = self._create_run(contract)
            run.action_simulate()
        self.assertEqual(run.line_ids.state, "ready")

    def test_r01_not_within_the_minimum_term(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.service_ids.date_min_end = "2027-08-31"
        contract.action_activate()
        self.assertIn("minimum term", self._refusal(contract))
        terms = self.terms.copy({"price_change_in_min_term": True})
        terms.action_publish()
        free = self._create_contract([("operations", "2026-09-01")], terms_id=terms.id)
        free.service_ids.date_min_end = "2027-08-31"
        free.action_activate()
        with self._on("2026-11-10"):
            run = self._create_run(free)
            run.action_simulate()
        self.assertEqual(run.line_ids.state, "ready")

    def test_nothing_that_is_charged_changes(self):
        contract = self._create_active_contract(billed_through="2027-01-31")
        self.assertIn("charged through", self._refusal(contract))

    def test_agreed_prices(self):
        """2,000.00 for good is raised, unless the run leaves agreed prices alone; one
        until a day stays.
        """
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.service_ids.price_unit = 2000.0
        contract.action_activate()
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
            self.assertEqual(run.line_ids.fee_after, 2100.0)
            left = self._create_run(contract, raise_agreed=False)
            left.action_simulate()
            self.assertEqual(left.line_ids.state, "unchanged")
            contract._amend(
                date(2026, 11, 10),
                "Until summer",
                [(contract.condition_ids, {"date_end": "2027-06-30"})],
            )
            run.action_simulate()
        self.assertEqual(run.line_ids.state, "unchanged")
        self.assertIn("holds until", run.line_ids.note)

    def test_minimum_fee_is_raised_too(self):
        terms = self.terms.copy()
        terms._get_price(self.type_operations).minimum = 3000.0
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
            self.assertEqual(run.line_ids.fee_before, 3000.0)
            self.assertEqual(run.line_ids.fee_after, 3150.0)

    def test_parts_of_an_ore_are_kept(self):
        """1,000 users of 0.045: 10 % more are 0.0495 each, and not 0.05."""
        kind = self.type_patch.copy({"code": "tiny", "basis": "users"})
        terms = self.terms.copy()
        terms.price_ids = [Command.create({"type_id": kind.id, "price_unit": 0.045})]
        terms.action_publish()
        contract = self._create_contract(services=(), terms_id=terms.id)
        contract.service_ids = [
            Command.create(
                {"type_id": kind.id, "date_start": "2026-09-01", "user_count": 1000}
            )
        ]
        contract.action_activate()
        with self._on("2026-11-10"):
            run = self._create_run(contract, percent=10.0)
            run.action_simulate()
            self.assertEqual(run.line_ids.fee_before, 45.0)
            self.assertEqual(run.line_ids.fee_after, 49.5)

    def test_a_failure_hits_one_contract(self):
        bad = self._create_active_contract()
        fine = self._create_active_contract()
        with self._on("2026-11-10"):
            run = self._create_run(bad + fine)
            run.action_simulate()
            run.action_apply()
            # Between the simulation and the work it becomes impossible.
            bad._amend(
                date(2026, 11, 10),
                "Longer term",
                [(bad.service_ids, {"date_min_end": "2027-12-31"})],
            )
            with self.enter_registry_test_mode():
                self.cron_prices.sudo().method_direct_trigger()
        states = {line.contract_id: line.state for line in run.line_ids}
        self.assertEqual(states, {bad: "failed", fine: "applied"})
        self.assertEqual(run.state, "done")
        self.assertEqual(run.failed_count, 1)
        self.assertIn(
            "minimum term",
            run.line_ids.filtered(lambda line: line.contract_id == bad).note,
        )

    def test_what_failed_is_looked_at_again(self):
        contract = self._create_active_contract()
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            with self.assertRaises(UserError):
                run.action_retry()  # nothing was applied yet
            run.action_simulate()
            run.action_apply()
            # In the meantime another price is agreed: it would be 2,100.00.
            contract._amend(
                date(2026, 12, 1),
                "Agreed",
                [(contract.service_ids, {"price_unit": 2000})],
            )
            with self.enter_registry_test_mode():
                self.cron_prices.sudo().method_direct_trigger()
            line = run.line_ids
            self.assertEqual((run.state, line.state), ("done", "failed"))
            self.assertIn("look at it again", line.note)
            run.action_retry()
            self.assertEqual((run.state, line.state), ("simulated", "ready"))
            self.assertEqual((line.fee_before, line.fee_after), (2000.0, 2100.0))
            self._apply(run)
        self.assertEqual((run.state, line.state), ("done", "applied"))
        with self._on("2027-01-10"), self.assertRaises(UserError):
            run.action_retry()

    def test_restored_database_asks_before_it_tries_again(self):
        """Looking at it again is harmless; customers may have got the letter since."""
        contract = self._create_active_contract()
        name = self.env.cr.dbname
        known = stamp.read(name)
        self.addCleanup(stamp.write, name, **known)
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
            run.action_apply()
            contract._amend(
                date(2026, 12, 1),
                "Agreed",
                [(contract.service_ids, {"price_unit": 2000})],
            )
            with self.enter_registry_test_mode():
                self.cron_prices.sudo().method_direct_trigger()
            self.assertEqual(run.line_ids.state, "failed")
            amendments, mails = (
                contract.amendment_ids,
                self.env["mail.mail"].search([]),
            )
            stamp.write(name, **(known | {"run": 10**9}))
            run.action_retry()
            with self.assertRaisesRegex(UserError, "restored"), self.env.cr.savepoint():
                run.action_apply()
            self.assertRecordValues(run, [{"state": "simulated", "ready_count": 1}])
            with self.enter_registry_test_mode(), self.assertLogs(level="ERROR"):
                self.cron_prices.sudo().method_direct_trigger()
            self.assertEqual(contract.amendment_ids, amendments)
            self.assertEqual(self.env["mail.mail"].search([]), mails)
            # Somebody has compared.
            stamp.write(name, **known)
            self._apply(run)
        self.assertEqual((run.state, run.line_ids.state), ("done", "applied"))

    def test_changed_after_the_simulation(self):
        contract = self._create_active_contract()
        with self._on("2026-11-10"):
            run = self._create_run(contract, percent=2.0)
            run.action_simulate()
            run.percent = 9.9
            self.assertEqual((run.state, run.line_ids.ids), ("draft", []))
            with self.assertRaises(UserError):
                run.action_apply()
        self.assertFalse(contract.amendment_ids)

    def test_cap_holds_over_twelve_months(self):
        """10 % and 10 % a day later are 21 %; 10 % a year later are 10 %."""
        contract = self._create_active_contract()
        with self._on("2026-11-10"):
            self._apply_percent(contract, "2027-01-01", 10.0)
            for day, percent, state in (
                ("2027-01-02", 10.0, "refused"),
                ("2027-12-31", 1.0, "refused"),
                ("2028-01-01", 10.0, "ready"),
            ):
                run = self._create_run(contract, date_effective=day, percent=percent)
                run.action_simulate()
                with self.subTest(day=day):
                    self.assertEqual(run.line_ids.state, state)
            self.assertFalse(run.line_ids.note)
            # More together, where the run allows it
            run = self._create_run(
                contract, date_effective="2027-02-01", percent=10.0, max_percent=21.0
            )
            run.action_simulate()
            self.assertEqual(run.line_ids.state, "ready")

    def _apply_percent(self, contract, day, percent, **vals):
        run = self._create_run(contract, date_effective=day, percent=percent, **vals)
        run.action_simulate()
        self._apply(run)
        self.assertEqual(run.line_ids.state, "applied")
        return run

    def test_two_runs_of_a_day_for_different_services(self):
        contract = self._create_active_contract(
            [("operations", "2026-09-01"), ("patch", "2026-09-01")]
        )
        with self._on("2026-11-10"):
            for code in ("operations", "patch"):
                service_type = contract.service_ids.type_id.filtered(
                    lambda one, code=code: one.code == code
                )
                types = [Command.set(service_type.ids)]
                self._apply_percent(contract, "2027-01-01", 5.0, type_ids=types)
            again = self._create_run(contract, type_ids=types)
            again.action_simulate()
        self.assertEqual(again.line_ids.state, "refused")

    def test_letter_says_minimum_and_ladder(self):
        contract = self._create_active_contract()
        terms = self.terms.copy()
        terms._get_price(self.type_operations).minimum = 2500.0
        terms.action_publish()
        with self._on("2026-11-10"):
            run = self._create_run(contract, kind="terms", terms_id=terms.id)
            run.action_simulate()
            self._apply(run)
            (price,) = run.line_ids._get_prices_in_letter()
        self.assertEqual(price["before"], "2,400.00")
        self.assertEqual(price["after"], "2,400.00, at least 2,500.00")

    def test_left_out(self):
        contract = self._create_active_contract()
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
            run.line_ids.action_leave_out()
            self.assertEqual(run.line_ids.state, "refused")
            with self.assertRaises(UserError):
                run.action_apply()

    def test_letter_says_old_and_new_prices(self):
        contract = self._create_active_contract()
        with self._on("2026-11-10"):
            run = self._create_run(contract)
            run.action_simulate()
            self._apply(run)
            html, _kind = (
                self.env["ir.actions.report"]
                .sudo()
                ._render_qweb_html(
                    "support_price_change.report_price_change", run.line_ids.ids
                )
            )
        text = html.decode()
        for expected in ("2,400.00", "2,520.00", "Costs have risen", contract.name):
            self.assertIn(expected, text)

    def test_only_a_manager(self):
        contract = self._create_active_contract()
        run = self._create_run(contract)
        as_accountant = run.with_user(self.accountant)
        self.assertTrue(as_accountant.name)
        for action in ("action_simulate", "action_apply"):
            with self.assertRaises(AccessError):
                getattr(as_accountant, action)()
        with self.assertRaises(AccessError):
            run.with_user(self.consultant).read(["name"])
        # Nobody moves it on by writing, not even a manager.
        for vals in ({"state": "applying"}, {"applied_by_id": self.manager.id}):
            with self.assertRaises(UserError):
                run.write(vals)
        with self.assertRaises(AccessError):
            self.env["support.price.run.line"].with_user(self.manager).create(
                {"run_id": run.id, "contract_id": contract.id}
            )

    def test_other_companies_stay_out(self):
        contract = self._create_active_contract()
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self._on("2026-11-10"):
            run = (
                self.env["support.price.run"]
                .with_user(self.manager)
                .with_company(other)
                .create(
                    {
                        "date_effective": "2027-01-01",
                        "percent": 5.0,
                        "reason": "Costs",
                        "company_id": other.id,
                    }
                )
            )
            run.action_simulate()
        self.assertFalse(
            run.sudo().line_ids.filtered(lambda line: line.contract_id == contract)
        )

    def _simulate_later(self):
        with self.enter_registry_test_mode():
            self.cron_prices.sudo().method_direct_trigger()

    def test_many_are_simulated_in_the_background(self):
        """2,400.00 + 5 % = 2,520.00, for two at once and for three later."""
        contracts = self.env["support.contract"]
        for _number in range(5):
            contracts += self._create_active_contract()
        with self._on("2026-11-10"):
            self.patch(support_price_run, "BATCH", 2)
            run = self._create_run(contracts)
            run.action_simulate()
            states = sorted(run.line_ids.mapped("state"))
            self.assertEqual(states, ["ready"] * 2 + ["waiting"] * 3)
            self.assertEqual((run.state, run.progress), ("simulating", 40.0))
            with self.assertRaisesRegex(UserError, "Simulate it first"):
                run.action_apply()
            # Whoever was killed after one more batch has left the rest.
            run.sudo()._simulate_batch()
            self.assertEqual((run.state, run.progress), ("simulating", 80.0))
            self._simulate_later()
            self.assertEqual((run.state, run.progress), ("simulated", 100.0))
        self.assertEqual(set(run.line_ids.mapped("state")), {"ready"})
        self.assertEqual(set(run.line_ids.mapped("fee_after")), {2520.0})
        self.assertFalse(contracts.amendment_ids)

    def test_other_figures_while_it_is_simulated(self):
        contracts = self._create_active_contract() + self._create_active_contract()
        with self._on("2026-11-10"):
            self.patch(support_price_run, "BATCH", 1)
            run = self._create_run(contracts)
            run.action_simulate()
            run.percent = 4.0
            self.assertEqual((run.state, len(run.line_ids)), ("draft", 0))
            self._simulate_later()
            self.assertEqual((run.state, len(run.line_ids)), ("draft", 0))
            run.action_simulate()
            self._simulate_later()
        self.assertEqual(set(run.line_ids.mapped("fee_after")), {2496.0})
