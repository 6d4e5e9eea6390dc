# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportAgreedFields(SupportContractCommon):
    """What a client could write past the forms, field by field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_users = cls.type_operations.copy(
            {"name": "Workplaces", "code": "workplaces", "basis": "users"}
        )
        cls.contract = cls._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")],
            condition_ids=[Command.create({"key": "upgrade_fee", "value": 5000.0})],
        )
        cls.contract.service_ids = [
            Command.create(
                {
                    "type_id": cls.type_users.id,
                    "date_start": "2026-09-01",
                    "price_unit": 20.0,
                    "user_count": 12,
                }
            )
        ]
        cls.contract._set_state("active")
        cls.maintenance, cls.operations, cls.workplaces = (
            cls.contract.service_ids.sorted("id")
        )

    def _refuse(self, record, vals, message):
        with self.subTest(model=record._name, vals=vals):
            with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                record.with_user(self.manager).write(vals)

    def test_what_is_computed_is_not_written(self):
        for name in ("date_start", "date_min_end", "date_end", "date_notice"):
            self._refuse(self.contract, {name: "2026-01-31"}, "follows from other")
        other = self.env["res.company"].create({"name": "Another Consultancy AB"})
        for record in (
            self.operations,
            self.contract.condition_ids,
        ):
            self._refuse(record, {"company_id": other.id}, "follows from other")
        self._refuse(self.operations, {"exclusive": False}, "follows from other")
        # They are computed as before.
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._give_notice(self.operations, date(2026, 11, 23))
        self.assertEqual(self.contract.date_notice, date(2026, 11, 23))

    def test_number_rights_and_users_of_a_signed_contract_are_locked(self):
        self._refuse(self.contract, {"name": "SC99"}, "amendment")
        self._refuse(self.workplaces, {"user_count": 1}, "amendment")

    def test_number_of_users_changes_by_amendment_from_its_day(self):
        with freeze_time("2026-11-23 10:00:00"):
            self.env["support.contract.amend"].with_user(self.manager).create(
                {
                    "contract_id": self.contract.id,
                    "change": "users",
                    "service_id": self.workplaces.id,
                    "user_count": 20,
                    "date_effective": "2027-01-01",
                    "reason": "More people",
                }
            ).action_confirm()
        days = {date(2026, 12, 31): 12, date(2027, 1, 1): 20}
        for __ in ("before", "afterwards"):
            for day, users in days.items():
                self.assertEqual(self.workplaces._get_quantity(day).value, users)
            with freeze_time("2027-01-02 03:00:00"):
                self._run_amendments()
        self.assertEqual(self.workplaces.user_count, 20)

    def test_minimum_term_is_not_over_before_it_begins(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.env["support.contract.amend"].create(
                {
                    "contract_id": self.contract.id,
                    "change": "dates",
                    "service_id": self.maintenance.id,
                    "date_start": "2028-01-01",
                    "date_min_end": "2027-01-01",
                    "reason": "Typing error",
                }
            ).action_confirm()

    def _notice(self, user, services, day, **vals):
        wizard = (
            self.env["support.contract.notice"]
            .with_user(user)
            .create(
                {
                    "contract_id": self.contract.id,
                    "service_ids": [Command.set(services.ids)],
                    "date_notice": day,
                    **vals,
                }
            )
        )
        wizard.action_confirm()
        return wizard

    def test_services_of_another_contract_get_no_notice_here(self):
        other = self._create_contract([("patch", "2026-09-01")])
        other.action_activate()
        with self.assertRaisesRegex(UserError, "of this contract"):
            self._notice(
                self.consultant, other.service_ids | self.operations, "2026-11-23"
            )

    def test_r01_notice_with_an_early_date_ends_no_day_that_is_over(self):
        with freeze_time("2026-11-23 10:00:00"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._notice(self.consultant, self.operations, "2026-09-02")
            # A letter of the same month, or one whose end is still to come, may be
            # entered late.
            self._notice(self.consultant, self.operations, "2026-11-02")
            self.assertEqual(self.operations.date_end, date(2026, 11, 30))
            wizard = self._notice(
                self.manager, self.workplaces, "2026-09-02", reason="Agreed in autumn"
            )
        self.assertTrue(wizard.is_early)
        self.assertEqual(self.workplaces.date_end, date(2026, 9, 30))
        override = self.contract.event_ids.filtered(lambda e: e.kind == "override")
        self.assertEqual(
            (override.before, override.after), ("2026-11-30", "2026-09-30")
        )

    def test_r01_notice_on_29_february_and_start_on_the_31st(self):
        contract = self._create_contract([("maintenance", "2027-08-31")])
        service = contract.service_ids
        self.assertEqual(service.date_min_end, date(2028, 8, 30))
        for day, end in (
            # Inside the minimum term, which ends on the 30th.
            (date(2028, 2, 29), date(2028, 8, 30)),
            # The month decides as soon as it ends later.
            (date(2028, 8, 1), date(2028, 8, 31)),
            (date(2032, 2, 29), date(2032, 2, 29)),
            (date(2029, 2, 1), date(2029, 2, 28)),
        ):
            with self.subTest(day=day):
                self.assertEqual(service._get_earliest_end(day).day, end)
