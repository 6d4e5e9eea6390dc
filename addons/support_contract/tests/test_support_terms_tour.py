# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .common import SupportContractCommon

ACTION = "/odoo/action-support_contract"


@tagged("post_install", "-at_install")
class TestSupportTermsTour(SupportContractCommon, HttpCase):
    def test_manager_makes_and_publishes_a_new_version(self):
        self.start_tour(
            f"{ACTION}.support_terms_action",
            "support_terms_tour",
            login="support_manager",
        )
        new = self.env["support.terms"].search([("predecessor_id", "=", self.terms.id)])
        self.assertEqual((new.state, new.version), ("published", "2"))
        self.assertEqual(new._get_price(self.type_patch).price_unit, 595.0)

    def test_manager_agrees_on_another_price(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        self.start_tour(
            f"{ACTION}.support_contract_action",
            "support_condition_tour",
            login="support_manager",
        )
        self.assertEqual(contract.condition_ids.value, 2000.0)

    def test_every_screen_of_the_configuration_opens(self):
        self.authenticate("support_manager", "support_manager")
        for model, views in (
            ("support.right", "list,form"),
            ("support.service.type", "list,form,search"),
            ("support.scope.category", "list,form,search"),
            ("support.contract.condition", "list,form,search"),
            ("support.terms", "list,form,search"),
        ):
            Model = self.env[model].with_user(self.manager)
            for kind in views.split(","):
                with self.subTest(model=model, view=kind):
                    self.assertTrue(Model.get_views([(False, kind)])["views"][kind])
