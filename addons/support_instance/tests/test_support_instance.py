# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportInstance(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(
            {
                **module_files("acme_base", 100, "'version': '17.0.1.2.3'"),
                **module_files("l10n_se_acme", 20),
                **module_files(
                    "queue_x",
                    30,
                    "'author': 'Camp, Odoo Community Association (OCA)'",
                ),
                **module_files("sale_copy", 40, "'author': 'Odoo S.A.'"),
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.contract.action_activate()

    def _uncover(self, name):
        self.env["support.instance.module"]._with_permission().create(
            {"instance_id": self.instance.id, "name": name, "covered": False}
        )

    @users("support_manager")
    @freeze_time("2026-12-15 10:00:00")
    def test_whole_contract_is_entered_in_one_save(self):
        form = Form(self.env["support.contract"])
        form.partner_id = self.customer.with_env(self.env)
        form.terms_id = self.terms.with_env(self.env)
        for kind in (self.type_maintenance, self.type_operations):
            with form.service_ids.new() as service:
                service.type_id = kind.with_env(self.env)
        with form.instance_ids.new() as instance:
            instance.name = "Production"
            instance.url = "https://odoo.example.com"
            self.assertTrue(instance.billed)
            with instance.all_source_ids.new() as source:
                source.url = "https://git.example.com/acme/odoo.git"
        contract = form.save()
        self.assertEqual(
            contract.service_ids.mapped("date_start"), [date(2027, 1, 1)] * 2
        )
        self.assertEqual(contract.instance_ids.partner_id, self.customer)
        self.assertRecordValues(
            contract.instance_ids.source_ids,
            [{"branch": "main", "active": True, "company_id": self.company.id}],
        )

    def test_r09_modules_are_known_with_version_origin_and_coverage(self):
        self.instance.action_count()
        self.assertRecordValues(
            self.instance.module_ids.sorted("name"),
            [
                {
                    "name": "acme_base",
                    "version": "17.0.1.2.3",
                    "origin": "customer",
                    "covered": True,
                    "code_lines": 100,
                },
                {
                    "name": "l10n_se_acme",
                    "version": False,
                    "origin": "swedish",
                    "covered": True,
                    "code_lines": 20,
                },
                {
                    "name": "queue_x",
                    "version": False,
                    "origin": "oca",
                    "covered": True,
                    "code_lines": 30,
                },
                {
                    "name": "sale_copy",
                    "version": False,
                    "origin": "customer",
                    "covered": True,
                    "code_lines": 40,
                },
            ],
        )

    def test_r02_billed_lines_are_exactly_those_of_covered_modules(self):
        self._uncover("sale_copy")
        self.instance.action_count()
        count = self.instance.last_count_id
        self.assertRecordValues(count, [{"code_lines": 190, "billed_lines": 150}])
        self.assertEqual(self.contract.billed_lines, 150)

    def test_r02_an_author_in_a_manifest_takes_nothing_out_of_the_fee(self):
        """Who copies a module of Odoo's copies its author, and writes own code."""
        self.instance.action_count()
        count = self.instance.last_count_id
        self.assertRecordValues(count, [{"code_lines": 190, "billed_lines": 190}])

    def test_r02_a_module_of_odoo_is_not_billed_and_somebody_looks(self):
        self.repository.commit(module_files("sale", 60, "'author': 'Odoo S.A.'"))
        self.instance.action_count()
        self.assertRecordValues(
            self.instance.module_ids.filtered(lambda m: m.name == "sale"),
            [{"origin": "core", "covered": False}],
        )
        count = self.instance.count_ids
        self.assertRecordValues(count, [{"billed_lines": 190, "state": "to_review"}])
        self.assertEqual(count.flag_ids.filtered("waits").mapped("kind"), ["core"])

    def test_coverage_changes_through_an_amendment_and_the_next_count(self):
        self._uncover("sale_copy")
        self.instance.action_count()
        first = self.instance.last_count_id
        module = self.instance.module_ids.filtered(lambda m: m.name == "queue_x")
        with self.assertRaisesRegex(UserError, "amendment"):
            module.covered = False
        self.contract._amend(
            self.company._support_today(), "Not maintained", [(module, {"covered": 0})]
        )
        self.assertEqual(first.billed_lines, 150)
        self.instance.action_count()
        second = self.instance.last_count_id
        self.assertNotEqual(first, second)
        self.assertRecordValues(second, [{"code_lines": 190, "billed_lines": 120}])
        self.instance.action_count()
        self.assertEqual(self.instance.last_count_id, second)

    def test_decision_about_a_module_outlives_its_disappearance(self):
        self.instance.action_count()
        module = self.instance.module_ids.filtered(lambda m: m.name == "queue_x")
        module.origin = "third_party"
        self.repository.commit(
            {
                f"queue_x/{name}": None
                for name in ("__init__.py", "__manifest__.py", "models.py")
            }
        )
        self.instance.action_count()
        self.assertRecordValues(
            module,
            [{"in_last_count": False, "code_lines": 0, "origin": "third_party"}],
        )

    def test_r12_r15_standard_test_instance_is_shared_and_has_its_data_set(self):
        standard = self.env["support.instance"].create(
            {
                "name": "Standard 17.0",
                "role": "standard_test",
                "series": "17.0",
                "dataset_version": "2026-1",
            }
        )
        self.assertRecordValues(
            standard,
            [{"billed": False, "company_id": self.company.id, "status": "uncounted"}],
        )
        self.instance.series = "17.0"
        self.assertEqual(self.contract.standard_instance_ids, standard)

    def test_other_instances_need_a_contract(self):
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["support.instance"].create({"name": "Lost", "role": "test"})

    def test_status_tells_what_to_look_at(self):
        self.assertEqual(self.instance.status, "uncounted")
        self.instance.action_count()
        self.assertEqual(self.instance.status, "ok")
        self.repository.commit({"acme_base/broken.py": "def :\n"})
        self.instance.action_count()
        self.assertEqual(self.instance.status, "to_review")
        self.instance.count_error = "Unreachable"
        self.assertEqual(self.instance.status, "failed")
        self.instance._with_permission().date_end = "2020-01-01"
        self.assertEqual(self.instance.status, "closed")

    def test_technical_support_knows_the_vm_pool(self):
        self.assertTrue(self.instance.in_vm_pool)
        self.instance.hosted_by = "customer"
        self.assertFalse(self.instance.in_vm_pool)
