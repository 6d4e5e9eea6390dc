# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import ExclusionViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.support_contract.basis import registered_bases

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportServiceType(SupportContractCommon):
    def _grants(self, code):
        kind = self.env.ref(f"support_contract.service_type_{code}")
        return set(kind.grant_ids.mapped("code"))

    def test_r01_maintenance_has_a_minimum_term_of_twelve_months(self):
        self.assertRecordValues(
            self.type_maintenance, [{"basis": "lines", "step": 100, "min_months": 12}]
        )

    def test_r03_operations_and_patch_are_services_of_their_own(self):
        self.assertRecordValues(
            self.type_operations | self.type_patch,
            [{"basis": "fixed", "min_months": 0}] * 2,
        )
        self.assertIn("operations", self._grants("operations"))
        self.assertIn("patch", self._grants("patch"))

    def test_r04_maintenance_or_operations_give_the_discount(self):
        granting = self.env["support.service.type"].search(
            [("grant_ids.code", "=", "discount")]
        )
        self.assertEqual(granting, self.type_maintenance | self.type_operations)

    def test_r08_maintenance_gives_the_upgrade(self):
        right = self.env.ref("support_contract.right_upgrade")
        self.assertEqual(right.type_ids, self.type_maintenance)
        self.assertEqual(right.clause, "R8")

    def test_r10_hot_fix_comes_with_patch_alone(self):
        self.assertEqual(self._grants("patch"), {"patch", "hotfix"})
        self.assertNotIn("hotfix", self._grants("maintenance"))

    def test_r11_swedish_adaptations_come_with_maintenance(self):
        self.assertIn("swedish_adaptations", self._grants("maintenance"))

    def test_r13_support_comes_with_maintenance(self):
        self.assertLessEqual(
            {"technical_support", "user_support", "maintenance"},
            self._grants("maintenance"),
        )
        self.assertEqual(self._grants("user_support"), {"user_support"})
        self.assertEqual(self._grants("other"), set())

    @users("support_manager")
    def test_new_type_needs_no_code(self):
        """Its own basis, price and rights, by forms alone."""
        right = self.env["support.right"].create(
            {"name": "Training day", "code": "training"}
        )
        with Form(self.env["support.service.type"]) as form:
            form.name = "Key users"
            form.code = "key_users"
            form.basis = "users"
            form.step = 5
            form.min_months = 6
            form.product_id = self.type_patch.product_id.with_env(self.env)
            form.grant_ids.add(right)
        kind = form.record
        terms = self.terms.with_env(self.env).copy()
        terms.price_ids = [Command.create({"type_id": kind.id, "price_unit": 300.0})]
        terms.action_publish()
        contract = self._create_contract(services=(), terms_id=terms.id)
        contract.service_ids = [
            Command.create(
                {"type_id": kind.id, "date_start": "2026-09-01", "user_count": 12}
            )
        ]
        contract.action_activate()
        service = contract.service_ids
        self.assertEqual((service.price_unit, service.step), (300.0, 5))
        self.assertEqual(str(service.date_min_end), "2027-02-28")
        self.assertEqual(service.type_id.grant_ids, right)
        self.assertEqual(service._get_quantity(service.date_start).value, 12)

    def test_what_customers_signed_on_cannot_change(self):
        for vals in (
            {"basis": "users"},
            {"exclusive": False},
            {"grant_ids": [Command.clear()]},
            {"grant_ids": [Command.unlink(self.type_maintenance.grant_ids[0].id)]},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "published terms"),
            ):
                self.type_maintenance.write(vals)
        # The same again, and what is not in the terms, may be written.
        self.type_maintenance.write(
            {
                "basis": "lines",
                "grant_ids": [Command.set(self.type_maintenance.grant_ids.ids)],
                "name": "Maintenance",
            }
        )

    def test_type_outside_of_terms_can_change_until_it_is_sold(self):
        kind = self.type_patch.copy()
        self.assertEqual(kind.code, "patch_2")
        kind.write({"basis": "users", "exclusive": False})
        kind.basis = "fixed"
        contract = self._create_contract(services=())
        contract.service_ids = [
            Command.create(
                {"type_id": kind.id, "date_start": "2026-09-01", "price_unit": 10.0}
            )
        ]
        kind.basis = "users"
        kind.basis = "fixed"
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "running contracts"):
            kind.basis = "users"

    # -- one at a time -------------------------------------------------------------

    def _add(self, contract, kind, start, **vals):
        contract.service_ids = [
            Command.create({"type_id": kind.id, "date_start": start, **vals})
        ]
        self.env.flush_all()

    def test_r03_several_other_services_run_at_once(self):
        other = self.env.ref("support_contract.service_type_other")
        contract = self._create_contract(services=())
        self._add(contract, other, "2026-09-01", price_unit=100.0)
        self._add(contract, other, "2026-09-01", price_unit=200.0)
        self.assertEqual(contract.service_ids.mapped("price_unit"), [100.0, 200.0])

    def test_r03_database_refuses_a_second_exclusive_service(self):
        contract = self._create_contract([("patch", "2026-09-01")])
        with (
            self.assertRaises(ExclusionViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._add(contract, self.type_patch, "2026-10-01")

    def test_exclusion_is_limited_to_exclusive_types_in_the_database(self):
        self.env.cr.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            ("support_contract_service_no_overlap",),
        )
        self.assertIn("WHERE (exclusive)", self.env.cr.fetchone()[0])

    # -- basis ---------------------------------------------------------------------

    def test_bases_are_the_registered_methods(self):
        codes = [code for code, _label in self.type_patch._selection_basis()]
        self.assertEqual(codes[:5], ["fixed", "lines", "users", "instances", "usage"])
        for code, (method, _label) in registered_bases(
            self.env.registry["support.contract.service"]
        ).items():
            self.assertTrue(hasattr(self.env["support.contract.service"], method), code)

    def test_override_of_a_basis_needs_no_decorator(self):
        class Base:
            def _basis_fixed(self, day):
                return 1

            _basis_fixed.support_basis = ("fixed", "Fixed")

        class Extension(Base):
            def _basis_fixed(self, day):
                return 2

        method, _label = registered_bases(Extension)["fixed"]
        self.assertEqual(getattr(Extension(), method)(None), 2)

    def _service(self, basis, **vals):
        kind = self.type_patch.copy({"basis": basis, "name": "Counted"})
        contract = self._create_contract(services=())
        self._add(contract, kind, "2026-09-01", price_unit=10.0, **vals)
        return contract.service_ids

    def test_fixed_is_one(self):
        service = self._service("fixed")
        quantity = service._get_quantity(service.date_start)
        self.assertEqual((quantity.value, quantity.unit), (1, ""))

    def test_users_need_a_number(self):
        service = self._service("users")
        with self.assertRaisesRegex(UserError, "number of users"):
            service._get_quantity(service.date_start)
        with self.assertRaisesRegex(UserError, "number of users"):
            service.contract_id.action_activate()
        service.user_count = 7
        self.assertEqual(service._get_quantity(service.date_start).value, 7)

    def test_unknown_usage_is_never_zero(self):
        service = self._service("usage")
        with self.assertRaisesRegex(UserError, "No usage"):
            service._get_quantity(service.date_start)
