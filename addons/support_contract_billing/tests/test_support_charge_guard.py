# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.support_contract.tests.test_support_guards import SupportGuardCase
from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargeGuard(SupportGuardCase, SupportBillingCommon):
    def setUp(self):
        super().setUp()
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 300))
        self.contract = self._create_contract([("maintenance", "2026-09-01")])
        self.instance = self._create_instance(self.contract, repository)
        self.instance.action_count()
        self.contract.action_activate()
        self._run_cron("2026-10-01")
        self.charge = self.contract.charge_ids

    def test_invoiced_charge_and_its_counts(self):
        self.assertEqual((self.charge.state, self.charge.amount), ("invoiced", 540.0))
        self._refused_columns(
            self.charge,
            amount=1,
            quantity=1,
            price_unit=1,
            calculation="Something else",
            period_start="2020-01-01",
            key="x",
            name="x",
            contract_id=0,
            product_id=0,
            create_date="2020-01-01",
        )
        relation = "support_charge_support_count_rel"
        self.assertTrue(self.charge.count_ids)
        self._refused(f"DELETE FROM {relation}")
        self._refused(f"UPDATE {relation} SET support_count_id = 0")
        self._refused(f"TRUNCATE {relation}")
        self._refused("TRUNCATE support_charge CASCADE")
        second = self._create_repository()
        second.commit(module_files("acme_shop", 100))
        other = self._create_instance(self.contract, second, name="Second")
        other.action_count()
        self._refused(
            f"INSERT INTO {relation} (support_charge_id, support_count_id)"
            " VALUES (%s, %s)",
            self.charge.id,
            other.count_ids.id,
        )

    def test_merge_of_contacts_goes_through(self):
        other = self.customer.copy()
        self._passes(
            "UPDATE support_charge SET partner_id = %s WHERE id = %s",
            other.id,
            self.charge.id,
        )

    def test_charge_comes_back_with_its_invoice(self):
        self.charge.move_id.button_draft()
        self.charge.move_id.button_cancel()
        self.assertEqual(self.charge.state, "pending")
        self._passes(
            "UPDATE support_charge SET name = 'x' WHERE id = %s", self.charge.id
        )
