# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportInstanceCommon


@tagged("post_install", "-at_install")
class TestSupportBasis(SupportInstanceCommon):
    """What is charged by lines or by instances needs an instance."""

    def _service(self, basis, **vals):
        kind = self.type_patch.copy({"basis": basis, "name": "Counted"})
        contract = self._create_contract(services=())
        contract.service_ids = [
            Command.create(
                {
                    "type_id": kind.id,
                    "date_start": "2026-09-01",
                    "price_unit": 10.0,
                    **vals,
                }
            )
        ]
        self.env.flush_all()
        return contract.service_ids

    def test_maintenance_needs_a_billed_instance(self):
        contract = self._create_contract()
        self._create_instance(contract, role="test")
        with self.assertRaisesRegex(UserError, "whose lines of code are billed"):
            contract.action_activate()
        self._create_instance(contract)
        contract.action_activate()
        self.assertEqual(contract.state, "active")

    def test_instances_are_the_billed_ones(self):
        service = self._service("instances")
        with self.assertRaisesRegex(UserError, "no billed instance"):
            service._get_quantity(service.date_start)
        for role in ("production", "production", "test"):
            self._create_instance(service.contract_id, role=role)
        quantity = service._get_quantity(service.date_start)
        self.assertEqual((quantity.value, quantity.unit), (2, "instances"))

    def test_r02_lines_need_an_approved_count(self):
        service = self._service("lines")
        self._create_instance(service.contract_id)
        with self.assertRaisesRegex(UserError, "no approved line count"):
            service._get_quantity(service.date_start)
