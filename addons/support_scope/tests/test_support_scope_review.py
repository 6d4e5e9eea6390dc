# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged, users

from odoo.addons.support_contract_billing.reconciling import Reconciliation

from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeReview(SupportScopeCommon):
    """What an accountant, a manager and the customer see of time. Clause R4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "scope_manager", groups="support_contract.group_support_manager"
        )

    # === MONTH REVIEW === #

    def _get_waiting(self, day):
        with self._on(day):
            overview = self.env["support.billing.overview"].create({})
            return {
                line.name: (line.number, line.amounts) for line in overview.waiting_ids
            }

    def test_running_and_late_time_stand_apart(self):
        task = self._create_task()
        self._log(task, 20, "2026-09-10")
        self._log(task, 5, "2026-09-10")
        self._log(task, 60, "2026-10-02")
        waiting = self._get_waiting("2026-10-15")
        currency = self.contract.currency_id
        self.assertEqual(
            waiting["Billed time of this month"], (1, currency.format(1215))
        )
        self.assertEqual(
            waiting["Billed time of earlier months, not invoiced yet"],
            (2, currency.format(607.5)),
        )

    def test_kinds_of_one_day_are_rounded_together_in_the_review(self):
        task = self._create_task()
        self._log(task, 40, support_type_id=self.lead.id)
        self._log(task, 10)
        waiting = self._get_waiting("2026-09-15")
        # 10 + 10 minutes at 1,215.00, and 40 at 1,305.00.
        self.assertEqual(
            waiting["Billed time of this month"],
            (2, self.contract.currency_id.format(1275)),
        )

    def test_undecided_time_has_its_age(self):
        self._log(self._create_task(None), 20, "2026-09-10")
        self._log(self._create_task(), 20, "2026-08-31")
        bug = self._log(self._create_task("program_bug"), 20, "2026-09-12")
        # sudo: as if the contract had maintenance.
        bug.sudo().support_verdict = "needs_reproduction"
        waiting = self._get_waiting("2026-09-20")
        self.assertEqual(
            waiting["Time that is undecided, the oldest for 10 days"], (1, "")
        )
        self.assertIn(
            "Time that waits for a reproduction, the oldest for 8 days", waiting
        )

    def test_time_without_a_contract_and_without_a_price(self):
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-15"})]
        )
        self._log(self._create_task(), 20, "2026-09-16")
        development = self.env.ref("support_contract.service_type_development")
        self._log(self._create_task(), 20, "2026-09-10", support_type_id=development.id)
        waiting = self._get_waiting("2026-09-20")
        self.assertIn("Time without a contract, the oldest for 4 days", waiting)
        self.assertEqual(waiting["Billed time without a price"], (1, ""))

    def test_time_that_waits_for_a_yes(self):
        self._ask_for_approval()
        self._log(self._create_task(), 60)
        amount = self.contract.currency_id.format(1215)
        waiting = self._get_waiting("2026-09-20")
        self.assertEqual(waiting["Billed time that needs an approval"], (1, amount))
        self._bill_september()
        waiting = self._get_waiting("2026-10-02")
        self.assertEqual(
            waiting["Charged time that waits for an approval"], (1, amount)
        )
        self.assertNotIn("Billed time that needs an approval", waiting)

    def test_reconciliation_asks_for_a_day_once(self):
        task = self._create_task()
        self._log(task, 40, support_type_id=self.lead.id)
        self._log(task, 10)
        with self._on("2026-10-15"):
            found = Reconciliation(
                self.contract, date(2026, 9, 1), date(2026, 9, 30)
            ).get_differences()
        time = [one for one in found if one["kind"] == "usage"]
        self.assertEqual(sorted(one["expected"] for one in time), [405, 870])
        self.assertEqual({one["type"] for one in time}, {self.consulting, self.lead})

    def test_reconciliation_leaves_out_what_nobody_owes(self):
        self._ask_for_approval()
        self._log(self._create_task(), 60)
        charge = self._bill_september()
        self.assertEqual(charge.state, "approval")
        with self._on("2026-10-15"):
            found = Reconciliation(
                self.contract, date(2026, 9, 1), date(2026, 9, 30)
            ).get_differences()
        self.assertFalse([one for one in found if one.get("charge") == charge])

    # === SPECIFICATION === #

    def test_days_of_charged_time(self):
        task = self._create_task()
        self._log(task, 10, name="Looked at it", support_note="They were rude")
        self._log(task, 15, employee=self.bo, name="Mended it")
        free = self._log(task, 60, "2026-09-11", name="Tried another way")
        free.write(
            {"support_billed_minutes": 30, "support_goodwill_reason": "We were slow"}
        )
        charge = self._bill_september()
        page = charge.move_id._get_support_specification()
        [time] = page["time"]
        self.assertNotIn(charge, page["others"])
        self.assertEqual(
            [(day["worked"], day["billed"], day["amount"]) for day in time["days"]],
            [("25 min", "30 min", 607.5), ("30 min", "30 min", 607.5)],
        )
        self.assertEqual(time["days"][0]["texts"], ["Looked at it", "Mended it"])
        self.assertEqual(
            time["days"][1]["texts"],
            ["Tried another way", "30 min free of charge: We were slow"],
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "support_contract_billing.action_report_specification",
                charge.move_id.ids,
            )[0]
            .decode()
        )
        for text in ("Mended it", "We were slow", "Billed", "Worked"):
            self.assertIn(text, html)
        for text in ("They were rude", "Anna", "Bo<"):
            self.assertNotIn(text, html)

    def test_included_work_has_its_value(self):
        included = self._category("technical_environment").id
        task = self._create_task("technical_environment", name="Mail server")
        self._log(task, 10)
        self._log(task, 10, "2026-09-11")
        self._log(task, 5, "2026-09-11", employee=self.bo)
        self._log(task, 5, "2026-10-02")
        billed = self._create_task(name="Report")
        self._log(billed, 25, support_category_id=included)
        free = self._log(billed, 60)
        free.write(
            {"support_billed_minutes": 0, "support_goodwill_reason": "Our mistake"}
        )
        self._bill_september()
        invoice = self.contract.charge_ids.move_id
        rows = {
            row["name"]: (row["quantity"], row["value"])
            for row in invoice._get_support_included_work()
        }
        # Each day is rounded up to 30 minutes, as if it were billed.
        self.assertEqual(rows["Mail server"], ("25 min", 1215))
        self.assertEqual(rows["Report"], ("25 min", 607.5))
        self.assertEqual(rows["Report (Our mistake)"], ("1 h", 1215))
        self.assertEqual(len(rows), 3)

    def test_included_work_is_of_the_reader_s_own_days(self):
        """Neither customer reads what was done for the other one."""
        heir = self.env["res.partner"].create({"name": "Heir AB", "is_company": True})
        former = self.contract.partner_id
        with self._on("2026-09-16"):
            self.contract._amend(
                date(2026, 9, 16), "Sold", [(self.contract, {"partner_id": heir.id})]
            )
        for name, day in (("Before", "2026-09-15"), ("After", "2026-09-16")):
            task = self._create_task("technical_environment", name=name)
            self._log(task, 10, day)
        self._bill_september()
        shown = {
            move.partner_id: [row["name"] for row in move._get_support_included_work()]
            for move in self.contract.charge_ids.move_id
        }
        self.assertEqual(shown, {former: ["Before"], heir: ["After"]})

    def test_free_time_beside_billed_time_stands_there_alone(self):
        """It is in the texts of its day already, or will be once that is invoiced."""
        for waits in (False, True):
            if waits:
                self._ask_for_approval()
            task = self._create_task()
            free = self._log(task, 60, name="Tried another way")
            free.write(
                {"support_billed_minutes": 0, "support_goodwill_reason": "Our mistake"}
            )
            self._log(task, 25)
            alone = self._log(task, 30, "2026-09-11")
            alone.write(
                {"support_billed_minutes": 0, "support_goodwill_reason": "We were slow"}
            )
            self._run_cron("2026-11-01" if waits else "2026-10-01")
            charge = free.support_charge_id
            self.assertEqual(charge.state, "approval" if waits else "invoiced")
            if not waits:
                [time] = charge.move_id._get_support_specification()["time"]
                self.assertIn("Tried another way", time["days"][0]["texts"])
            rows = [
                row["name"]
                for move in self.contract.charge_ids.move_id
                for row in move._get_support_included_work()
            ]
            self.assertFalse([name for name in rows if "Our mistake" in name])

    # === REPORTS === #

    def test_hours_and_their_value(self):
        task = self._create_task()
        self._log(task, 60)
        self._log(
            task, 30, support_category_id=self._category("technical_environment").id
        )
        self.env.flush_all()
        report = self.env["support.work.report"].with_user(self.manager)
        groups = report._read_group(
            [("contract_id", "=", self.contract.id)],
            ["category_id", "verdict"],
            [
                "hours_included:sum",
                "hours_billed:sum",
                "value_included:sum",
                "value_billed:sum",
            ],
        )
        self.assertEqual(
            sorted((verdict, *sums) for _category, verdict, *sums in groups),
            [("billed", 0, 1, 0, 1215), ("included", 0.5, 0, 607.5, 0)],
        )
        self.assertEqual(
            {category for category, *_rest in groups},
            {
                self._category("new_configuration"),
                self._category("technical_environment"),
            },
        )

    def test_value_follows_the_kind_and_the_factor(self):
        task = self._create_task()
        line = self._log(task, 60)
        line.support_type_id = self.lead
        self.assertEqual(line.support_price, 1305)
        task.work_factor_id = self.env.ref("support_scope.work_factor_evening")
        self.assertEqual(line.support_price, 1957.5)

    def test_what_a_contract_earns(self):
        task = self._create_task()
        self._log(task, 60)
        self.bo.hourly_cost = 0
        self._log(
            task,
            120,
            employee=self.bo,
            support_category_id=self._category("technical_environment").id,
        )
        charge = self._bill_september()
        self.env.flush_all()
        rows = self.env["support.contract.earnings"].with_user(self.manager)
        self.assertRecordValues(
            rows.search([("contract_id", "=", self.contract.id)]),
            [
                {
                    "month": date(2026, 9, 1),
                    "fees": 2400,
                    "billed": 1215,
                    "cost": 600,
                    "result": 3015,
                    "hours": 3,
                    "hours_without_cost": 2,
                }
            ],
        )
        charge._correct_time(30, "Twice")
        self.assertNotIn("employee_id", rows._fields)

    def test_tax_of_corrected_time_is_that_of_its_invoice(self):
        """60 minutes for 1,215.00, 30 of them back, though untaxed by now."""
        self._log(self._create_task(), 60)
        charge = self._bill_september()
        invoiced = charge.move_line_id
        self.assertTrue(invoiced.tax_ids)
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Untaxed"})
        back = charge._correct_time(30, "Half of it was ours")
        back.contract_id.sudo()._bill()
        self.assertEqual(back.move_line_id.tax_ids, invoiced.tax_ids)
        self.assertEqual(back.move_id.reversed_entry_id, invoiced.move_id)

    def test_late_time_that_makes_its_day_cheaper(self):
        """40 minutes at 1,305.00 are billed as 60; with 20 more at 1,215.00 the day
        costs 870.00 + 405.00: 30.00 back, with the tax of the invoice.
        """
        task = self._create_task()
        self._log(task, 40, support_type_id=self.lead.id)
        charge = self._bill_september()
        invoiced = charge.move_line_id
        self.assertEqual(charge.amount, 1305.0)
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Untaxed"})
        self._log(task, 20)
        self.contract.sudo()._bill()
        back = self.contract.charge_ids.filtered(lambda one: one.amount == -30.0)
        self.assertEqual(back.move_line_id.tax_ids, invoiced.tax_ids)
        self.assertEqual(back.move_id.reversed_entry_id, invoiced.move_id)

    @users("scope_worker", "support_accountant")
    def test_earnings_are_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["support.contract.earnings"].search([])

    # === SET-UP === #

    def test_setup_tells_what_is_missing(self):
        setup = self.env["support.work.setup"].with_user(self.manager).create({})
        setup.action_refresh()
        steps = {line.name: line for line in setup.line_ids}
        self.assertFalse(steps["Default category"].is_done)
        people = self.env["hr.employee"].create({"name": "Cia"})
        self.contract.time_billed_from = False
        self.env.company.support_scope_category_id = self._category("user_advice")
        setup.action_refresh()
        steps = {line.name: line for line in setup.line_ids}
        self.assertTrue(steps["Default category"].is_done)
        self.assertIn(people.id, steps["Kinds of work"].res_domain[0][2])
        self.assertIn(self.contract.id, steps["From which day"].res_domain[0][2])
        action = steps["From which day"].action_open()
        self.assertEqual(action["res_model"], "support.contract")

    @users("scope_worker")
    def test_setup_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["support.work.setup"].create({})
