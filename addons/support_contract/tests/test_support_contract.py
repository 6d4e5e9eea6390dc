# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportContract(SupportContractCommon):
    def test_contract_gets_a_number_and_the_terms_prices(self):
        contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("patch", "2026-10-15")]
        )
        self.assertRegex(contract.name, r"^SC\d{5}$")
        self.assertRecordValues(
            contract.service_ids,
            [
                {"price_unit": 180.0, "date_min_end": date(2027, 8, 31)},
                {"price_unit": 495.0, "date_min_end": False},
            ],
        )
        self.assertRecordValues(
            contract,
            [
                {
                    "date_start": date(2026, 9, 1),
                    "date_min_end": date(2027, 8, 31),
                    "date_end": False,
                }
            ],
        )

    def test_contract_ends_when_its_last_service_does(self):
        contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        first, second = contract.service_ids
        first.date_end = "2027-08-31"
        self.assertFalse(contract.date_end)
        second.date_end = "2027-01-31"
        self.assertEqual(contract.date_end, date(2027, 8, 31))

    @users("support_manager")
    def test_service_is_found_by_its_name(self):
        contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        service = contract.service_ids[1]
        found = service.name_search("operat", [("contract_id", "=", contract.id)])
        self.assertEqual([number for number, __ in found], service.ids)

    @users("support_manager")
    def test_activation_says_all_that_is_missing(self):
        contract = self._create_contract(services=(), date_signed=False)
        with self.assertRaises(UserError) as caught:
            contract.with_env(self.env).action_activate()
        self.assertIn("the date on which it was signed", str(caught.exception))
        self.assertIn("at least one service", str(caught.exception))

    def test_operations_need_no_instance(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.action_activate()
        self.assertEqual(contract.state, "active")

    def test_database_refuses_two_services_of_a_type_at_once(self):
        contract = self._create_contract()
        contract.service_ids.date_end = "2026-12-31"
        with (
            self.assertRaises(ExclusionViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            contract.service_ids = [
                Command.create(
                    {"type_id": self.type_maintenance.id, "date_start": "2026-12-31"}
                )
            ]

    def test_service_may_follow_on_its_predecessor(self):
        contract = self._create_contract()
        contract.service_ids.date_end = "2026-12-31"
        contract.service_ids = [
            Command.create(
                {"type_id": self.type_maintenance.id, "date_start": "2027-01-01"}
            )
        ]
        self.env.flush_all()
        self.assertEqual(len(contract.service_ids), 2)

    def test_service_cannot_end_before_it_starts(self):
        contract = self._create_contract()
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            contract.service_ids.date_end = "2026-08-31"

    def test_exclusion_constraint_is_in_the_database(self):
        # A constraint that cannot be created is only logged.
        self.env.cr.execute(
            "SELECT contype FROM pg_constraint WHERE conname = %s",
            ("support_contract_service_no_overlap",),
        )
        self.assertEqual(self.env.cr.fetchall(), [("x",)])

    def test_signed_contract_cannot_be_deleted(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "Only a draft"):
            contract.unlink()

    def test_active_contract_cannot_be_cancelled(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "ended"):
            contract.action_cancel()

    @users("support_manager")
    def test_form_proposes_published_terms_and_their_price(self):
        form = Form(self.env["support.contract"])
        self.assertEqual(form.terms_id.state, "published")
        form.partner_id = self.customer.with_env(self.env)
        form.terms_id = self.terms.with_env(self.env)
        with form.service_ids.new() as service:
            service.type_id = self.type_operations.with_env(self.env)
            self.assertEqual(service.price_unit, 2400.0)
        self.assertEqual(form.save().service_ids.price_unit, 2400.0)

    def test_terms_in_the_company_s_currency_come_first(self):
        euro = self._enable_currency("EUR")
        mine, foreign = self.terms, self.terms.copy({"version": "2"})
        foreign.currency_id = euro
        foreign.action_publish()
        default = self.env["support.contract"]._default_terms_id()
        self.assertEqual(default.currency_id, mine.currency_id)
        foreign = self.terms.copy({"version": "3", "company_id": self.company.id})
        foreign.currency_id = euro
        foreign.action_publish()
        default = self.env["support.contract"]._default_terms_id()
        self.assertEqual(default, foreign)

    def test_contract_older_than_its_terms_has_them_from_its_first_day(self):
        terms = self.terms.copy({"name": "Newest"})
        with freeze_time("2026-11-24 10:00:00"):
            terms.action_publish()
        contract = self._create_contract(
            [("operations", "2024-02-01")],
            terms_id=terms.id,
            billed_through="2026-10-31",
        )
        contract.action_activate()
        self.assertEqual(contract._get_terms(date(2024, 2, 1)), terms)
        self.assertEqual(
            contract._get_agreed("upgrade_fee", date(2024, 2, 1)).source,
            f"terms {terms.version}",
        )

    def test_shipped_version_is_not_proposed_before_a_later_one_of_ours(self):
        with freeze_time("2026-06-01 10:00:00"):
            ours = self.terms.copy({"company_id": False})
            ours.action_publish()
        shipped = self.terms.copy()
        shipped._publish_on("2026-01-01")
        others = self.env["support.terms"].search([("state", "=", "published")])
        (others - ours - shipped).action_retire()
        self.assertEqual(self.env["support.contract"]._default_terms_id(), ours)

    def test_today_is_the_company_s_own(self):
        self.company.support_tz = "Europe/Stockholm"
        with freeze_time("2026-10-31 23:30:00"):
            self.assertEqual(self.company._support_today(), date(2026, 11, 1))
        self.company.support_tz = "America/New_York"
        with freeze_time("2026-11-01 03:30:00"):
            self.assertEqual(self.company._support_today(), date(2026, 10, 31))
