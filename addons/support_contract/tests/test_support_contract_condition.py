# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings, strategies
from psycopg2 import IntegrityError
from psycopg2.errors import ExclusionViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import SupportContractCommon

DAY = date(2026, 10, 1)


@tagged("post_install", "-at_install")
class TestSupportContractCondition(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        cls.maintenance, cls.operations = cls.contract.service_ids

    @classmethod
    def _agree(cls, key, value, service_type=None, **vals):
        return cls.env["support.contract.condition"].create(
            {
                "contract_id": cls.contract.id,
                "key": key,
                "value": value,
                "type_id": service_type.id if service_type else False,
                **vals,
            }
        )

    def _price(self, day=DAY, kind=None):
        kind = kind or self.type_maintenance
        return self.contract._get_agreed("price", day, kind)

    # -- the terms, unless something else was agreed --------------------------------

    def test_terms_hold_where_nothing_else_was_agreed(self):
        term = self._price()
        self.assertEqual((term.value, term.source), (180.0, "terms 1"))
        self.assertFalse(term.is_special)
        for key, value in (
            ("upgrade_fee", 9900.0),
            ("upgrades_per_period", 1),
            ("upgrade_period_months", 12),
            ("hourly_discount", 10.0),
            ("time_increment", 30),
            ("suspend_days", 0),
            ("notice_months", 0),
            ("calendar", "month"),
            ("timing", "arrears"),
            ("count_day", 7),
            ("sign_activates", False),
        ):
            with self.subTest(key=key):
                self.assertEqual(self.contract._get_agreed(key, DAY).value, value)
        self.assertEqual(self.maintenance._get_agreed("min_months", DAY).value, 12)
        self.assertEqual(self.maintenance._get_agreed("step", DAY).value, 100)
        self.assertEqual(self.maintenance._get_agreed("discount", DAY).value, 0)

    def test_special_condition_says_what_it_replaces(self):
        condition = self._agree("price", 165.0, self.type_maintenance)
        term = self._price()
        self.assertEqual((term.value, term.standard), (165.0, 180.0))
        self.assertEqual(term.condition_id, condition.id)
        self.assertEqual(
            term.source, "special condition: 165.00 instead of 180.00 (Price, terms 1)"
        )
        self.assertEqual(self._price(kind=self.type_operations).value, 2400.0)
        self.assertEqual(self.maintenance.price_unit, 165.0)

    def test_r01_minimum_term_can_be_agreed_differently(self):
        self._agree("min_months", 24, self.type_maintenance)
        self.assertEqual(self.maintenance.date_min_end, date(2028, 8, 31))
        self.assertEqual(self.contract.date_min_end, date(2028, 8, 31))
        self._agree("min_months", 3, self.type_operations)
        self.assertEqual(self.operations.date_min_end, date(2026, 11, 30))

    def test_r02_agreed_price_has_no_ladder(self):
        terms = self.terms.copy()
        terms._get_price(self.type_maintenance).tier_ids = [
            Command.create({"above": 10_000, "price_unit": 150.0})
        ]
        terms.action_publish()
        self.contract.terms_id = terms
        tiers = self.maintenance._get_agreed("tiers", DAY).value
        self.assertEqual(tiers, ((10_000, 150.0),))
        self._agree("price", 165.0, self.type_maintenance)
        self.assertEqual(self.maintenance._get_agreed("tiers", DAY).value, ())

    def test_r04_r05_r08_figures_can_be_agreed_differently(self):
        for key, value, words in (
            ("hourly_discount", 15.0, "15% instead of 10%"),
            ("upgrade_fee", 5000.0, "5,000.00 instead of 9,900.00"),
            ("upgrades_per_period", 2, "2 instead of 1"),
            ("upgrade_period_months", 24, "24 months instead of 12 months"),
            ("time_increment", 15, "15 minutes instead of 30 minutes"),
            ("suspend_days", 60, "60 days instead of 0 days"),
        ):
            with self.subTest(key=key):
                self._agree(key, value)
                term = self.contract._get_agreed(key, DAY)
                self.assertEqual(term.value, value)
                self.assertIn(words, term.source)

    def test_figure_of_an_add_on_that_is_gone_keeps_its_decimals(self):
        condition = self._agree("upgrade_fee", 12.5)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_contract_condition SET key = 'gone_fee' WHERE id = %s",
            [condition.id],
        )
        self.env.invalidate_all()
        self.assertEqual(condition.agreed, "12.50")
        self.assertEqual(condition.summary, "gone_fee: 12.50")
        self.assertEqual(self.contract._format_figure("gone_fee", 3.0), "3")
        self.assertEqual(self.contract._format_figure("gone_fee", 0.1234), "0.1234")

    def test_figures_are_not_changed_by_who_asks_for_them(self):
        self.env["support.contract.condition"]._get_agreed_figures().clear()
        self.assertTrue(self.env["support.contract.condition"]._get_agreed_figures())

    def test_whole_figures_stay_whole(self):
        self._agree("upgrades_per_period", 2)
        self.assertIsInstance(
            self.contract._get_agreed("upgrades_per_period", DAY).value, int
        )

    def test_condition_holds_on_its_days_only(self):
        self._agree(
            "price",
            165.0,
            self.type_maintenance,
            date_start="2026-10-15",
            date_end="2026-12-31",
        )
        for day, price in (
            (date(2026, 10, 14), 180.0),
            (date(2026, 10, 15), 165.0),
            (date(2026, 12, 31), 165.0),
            (date(2027, 1, 1), 180.0),
        ):
            self.assertEqual(self._price(day).value, price, day)
        self.assertEqual(
            self.contract._get_agreed_changes(
                ["price"], date(2026, 9, 1), date(2027, 1, 31), self.maintenance
            ),
            [date(2026, 10, 15), date(2027, 1, 1)],
        )

    def test_most_particular_condition_wins(self):
        other = self.env.ref("support_contract.service_type_other")
        self.contract.service_ids = [
            Command.create({"type_id": other.id, "date_start": "2026-09-01"}),
            Command.create({"type_id": other.id, "date_start": "2026-09-01"}),
        ]
        first, second = self.contract.service_ids[2:]
        self._agree("discount", 5.0)
        self._agree("discount", 7.0, other)
        self._agree("discount", 9.0, service_id=second.id)
        discounts = [
            service._get_agreed("discount", DAY).value
            for service in (self.maintenance, first, second)
        ]
        self.assertEqual(discounts, [5.0, 7.0, 9.0])

    def test_default_day_is_today_but_not_before_the_start(self):
        self._agree("upgrade_fee", 1.0, date_start="2026-09-01", date_end="2026-10-31")
        for today, fee in (
            ("2026-01-15", 1.0),
            ("2026-10-15", 1.0),
            ("2026-11-15", 9900),
        ):
            with freeze_time(f"{today} 12:00:00"):
                self.assertEqual(self.contract._get_agreed("upgrade_fee").value, fee)

    # -- what can be agreed ---------------------------------------------------------

    def test_values_that_make_no_sense_are_refused(self):
        for key, value, kind in (
            ("price", -1.0, self.type_maintenance),
            ("discount", 100.5, None),
            ("min_months", 1.5, None),
            ("upgrade_period_months", 0, None),
            ("time_increment", 0, None),
            ("upgrades_per_period", -1, None),
        ):
            with self.subTest(key=key), self.assertRaises(ValidationError):
                self._agree(key, value, kind)

    def test_figure_of_the_contract_has_no_service(self):
        with self.assertRaisesRegex(ValidationError, "leave the service empty"):
            self._agree("upgrade_fee", 1.0, self.type_maintenance)

    def test_price_needs_its_service(self):
        with self.assertRaisesRegex(ValidationError, "choose the service"):
            self._agree("price", 1.0)

    def test_service_of_another_contract_is_refused(self):
        other = self._create_contract()
        with self.assertRaisesRegex(ValidationError, "not a service of this contract"):
            self._agree("price", 1.0, service_id=other.service_ids.id)

    def test_database_refuses_two_answers_for_one_day(self):
        self._agree("upgrade_fee", 1.0, date_end="2026-12-31")
        with (
            self.assertRaises(ExclusionViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._agree("upgrade_fee", 2.0, date_start="2026-12-31")
        self._agree("upgrade_fee", 2.0, date_start="2027-01-01")
        self._agree("hourly_discount", 2.0)

    def test_database_has_the_exclusion(self):
        # A constraint that cannot be created is only logged.
        self.env.cr.execute(
            "SELECT contype FROM pg_constraint WHERE conname = %s",
            ("support_contract_condition_no_overlap",),
        )
        self.assertEqual(self.env.cr.fetchall(), [("x",)])

    def test_end_before_start_is_refused(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._agree(
                "upgrade_fee", 1.0, date_start="2026-12-31", date_end="2026-12-30"
            )

    # -- the price of a service -----------------------------------------------------

    def test_price_typed_on_a_service_is_a_special_condition(self):
        self.maintenance.price_unit = 170.0
        self.assertRecordValues(
            self.contract.condition_ids,
            [{"key": "price", "value": 170.0, "service_id": self.maintenance.id}],
        )
        self.assertTrue(self.maintenance._get_agreed("price", DAY).is_special)
        self.maintenance.price_unit = 165.0
        self.assertEqual(self.contract.condition_ids.value, 165.0)
        self.maintenance.price_unit = 180.0
        self.assertFalse(self.contract.condition_ids)

    def test_price_of_the_terms_is_no_special_condition(self):
        self._agree("price", 165.0, self.type_maintenance)
        self.contract.service_ids = [
            Command.update(self.maintenance.id, {"price_unit": 165.0})
        ]
        self.assertEqual(len(self.contract.condition_ids), 1)

    def test_service_without_a_price_cannot_be_activated(self):
        other = self.env.ref("support_contract.service_type_other")
        contract = self._create_contract(services=())
        contract.service_ids = [
            Command.create(
                {"type_id": other.id, "date_start": "2026-09-01", "price_unit": 0.0}
            )
        ]
        self.assertIsNone(contract.service_ids._get_agreed("price").value)
        with self.assertRaisesRegex(UserError, "Agree on a price for Other service"):
            contract.action_activate()
        contract.service_ids.price_unit = 300.0
        self.assertEqual(
            contract.service_ids._get_agreed("price").source,
            "special condition: 300.00 (Price)",
        )
        contract.action_activate()

    def test_free_of_charge_has_to_be_said(self):
        self._agree("price", 0.0, self.type_operations)
        self.assertEqual(self.operations._get_agreed("price", DAY).value, 0.0)
        self.assertEqual(self.operations.price_unit, 0.0)

    def test_contract_in_another_currency_than_its_terms_is_refused(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.terms.currency_id.id)], limit=1)
        )
        currency.active = True
        contract = self._create_contract(
            [("patch", "2026-09-01")], currency_id=currency.id
        )
        with self.assertRaisesRegex(UserError, "choose terms in its currency"):
            contract.action_activate()

    # -- before and after activation ------------------------------------------------

    def test_conditions_of_an_active_contract_cannot_change(self):
        condition = self._agree("upgrade_fee", 1.0)
        self.contract._set_state("active")
        for contract in (self.contract.sudo(), self.contract.with_user(self.manager)):
            own = contract.condition_ids
            for attempt in (
                lambda own=own: own.write({"value": 2.0}),
                lambda own=own: own.write({"note": "Else"}),
                lambda own=own: own.unlink(),
                lambda own=own: own.copy({"key": "time_increment", "value": 15}),
                lambda contract=contract: contract.write(
                    {"condition_ids": [Command.delete(condition.id)]}
                ),
                lambda contract=contract: contract.service_ids[0].write(
                    {"price_unit": 1.0}
                ),
            ):
                with (
                    self.assertRaisesRegex(UserError, "an amendment"),
                    self.env.cr.savepoint(),
                ):
                    attempt()

    def test_condition_cannot_be_moved_to_an_active_contract(self):
        active = self._create_contract([("patch", "2026-09-01")])
        active.action_activate()
        condition = self._agree("upgrade_fee", 1.0)
        with self.assertRaisesRegex(UserError, "an amendment"):
            condition.contract_id = active

    def test_copy_of_a_contract_takes_its_conditions_along(self):
        self._agree("upgrade_fee", 1.0, note="Framework agreement")
        self.operations.price_unit = 2000.0
        copy = self.contract.copy()
        self.assertEqual(
            copy.service_ids.sorted("id").mapped("price_unit"), [180.0, 2000.0]
        )
        self.assertRecordValues(
            copy.condition_ids.sorted("id"),
            [
                {
                    "key": "upgrade_fee",
                    "note": "Framework agreement",
                    "service_id": False,
                },
                {
                    "key": "price",
                    "note": False,
                    "service_id": copy.service_ids.sorted("id")[1].id,
                },
            ],
        )

    def test_copy_takes_along_what_nobody_knows_any_more(self):
        self._agree("upgrade_fee", 1.0)
        gone = self._agree("hourly_discount", 12.5)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_contract_condition SET key = 'gone_fee' WHERE id = %s",
            [gone.id],
        )
        self.env.invalidate_all()
        copy = self.contract.copy()
        summaries = copy.condition_ids.mapped("summary")
        self.assertIn("gone_fee: 12.50", summaries)
        self.assertEqual(summaries, self.contract.condition_ids.mapped("summary"))
        self.assertEqual(copy._get_agreed("upgrade_fee", DAY).value, 1.0)

    # -- screens --------------------------------------------------------------------

    @users("support_manager")
    def test_manager_agrees_on_a_price_in_the_form(self):
        contract = self._create_contract(services=()).with_env(self.env)
        with Form(contract) as form:
            with form.service_ids.new() as service:
                service.type_id = self.type_maintenance.with_env(self.env)
                service.date_start = "2026-09-01"
                self.assertEqual(service.price_unit, 180.0)
                with self.assertRaises(AssertionError):
                    service.price_unit = 1.0  # by a special condition alone
            with form.condition_ids.new() as condition:
                condition.key = "price"
                condition.type_id = self.type_maintenance.with_env(self.env)
                condition.value = 165.0
                self.assertEqual(condition.standard, "180.00")
            with form.service_ids.new() as service:
                service.type_id = self.env.ref("support_contract.service_type_other")
                service.date_start = "2026-09-01"
                service.price_unit = 250.0
        self.assertEqual(contract.service_ids.mapped("price_unit"), [165.0, 250.0])
        self.assertEqual(len(contract.condition_ids), 2)

    def test_change_of_terms_keeps_conditions_and_says_so(self):
        self._agree("price", 165.0, self.type_maintenance)
        terms = self.terms.copy()
        terms._get_price(self.type_maintenance).price_unit = 200.0
        terms.action_publish()
        new = self.contract.new({"terms_id": terms.id}, origin=self.contract)
        message = new._onchange_terms_id()["warning"]["message"]
        self.assertIn("165.00 instead of 200.00", message)
        self.contract.terms_id = terms
        self.assertEqual(self._price().value, 165.0)
        self.assertIn("instead of 200.00 (Price, terms 2)", self._price().source)

    def test_summary_is_what_the_agreement_prints(self):
        condition = self._agree(
            "price",
            165.0,
            self.type_maintenance,
            date_start="2026-10-01",
            date_end="2027-09-30",
            note="Three years together",
        )
        self.assertEqual(
            condition.summary,
            "Price, Maintenance and support: 165.00 instead of 180.00, from "
            "10/01/2026, until 09/30/2027. Three years together",
        )

    def test_names_and_sources_are_translated(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.env["ir.module.module"]._load_module_terms(["support_contract"], ["sv_SE"])
        self._agree("price", 165.0, self.type_maintenance)
        swedish = self.contract.with_context(lang="sv_SE")
        self.assertEqual(
            swedish._get_agreed("price", DAY, self.type_maintenance).source,
            "särskilt villkor: 165,00 i stället för 180,00 (Pris, villkor 1)",
        )

    # -- access ---------------------------------------------------------------------

    def test_consultant_reads_and_others_do_not(self):
        condition = self._agree("upgrade_fee", 1.0)
        own = condition.with_user(self.consultant)
        self.assertEqual(own.agreed, "1.00")
        for operation in ("write", "create", "unlink"):
            self.assertFalse(own.has_access(operation), operation)
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        for model in (
            "support.contract.condition",
            "support.right",
            "support.scope.category",
            "support.terms.scope",
            "support.terms.price.tier",
            "support.terms.compare",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])

    def test_other_company_sees_nothing(self):
        condition = self._agree("upgrade_fee", 1.0)
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        terms = self.terms.copy({"company_id": self.company.id})
        terms.price_ids[0].tier_ids = [
            Command.create({"above": 10_000, "price_unit": 1.0})
        ]
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for record in (condition, terms.scope_ids, terms.price_ids.tier_ids):
            with self.subTest(model=record._name):
                found = self.env[record._name].with_user(stranger).search([])
                self.assertFalse(found & record)

    # -- any conditions -------------------------------------------------------------

    def test_price_is_constant_between_its_changes(self):
        """Whatever was agreed: between two changes a figure stays the same, and on
        each day it is that of the most particular condition in force."""
        start, end = date(2026, 9, 1), date(2026, 12, 31)
        days = strategies.none() | strategies.dates(start, end)
        spans = strategies.tuples(days, days).filter(
            lambda span: not all(span) or span[0] <= span[1]
        )
        agreed = strategies.lists(
            strategies.tuples(spans, strategies.sampled_from("ats")), max_size=6
        )

        @settings(
            max_examples=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(agreed)
        def check(conditions):
            service = self.maintenance
            scopes = {
                "a": {},
                "t": {"type_id": self.type_maintenance.id},
                "s": {"service_id": service.id},
            }
            rows = []
            for number, ((first, last), scope) in enumerate(conditions, start=1):
                first, last = first or start, last or end
                if any(s == scope and f <= last and first <= u for s, f, u, _n in rows):
                    continue  # the database refuses it
                rows.append((scope, first, last, number))
            self.contract.condition_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "key": "discount",
                            "value": number,
                            "date_start": first,
                            "date_end": last,
                            **scopes[scope],
                        }
                    )
                    for scope, first, last, number in rows
                ),
            ]
            changes = self.contract._get_agreed_changes(
                ["discount"], start, end, service
            )
            before = None
            day = start
            while day <= end:
                value = service._get_agreed("discount", day).value
                valid = [row for row in rows if row[1] <= day <= row[2]]
                expected = max(valid, key=lambda row: "ats".index(row[0]), default=None)
                self.assertEqual(value, expected[3] if expected else 0)
                if day not in changes:
                    self.assertIn(before, (None, value), day)
                before = value
                day += timedelta(days=1)

        check()
