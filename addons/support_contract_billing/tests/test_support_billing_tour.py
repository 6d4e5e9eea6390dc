# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon

CONTRACTS = "/odoo/action-support_contract.support_contract_action"


@tagged("post_install", "-at_install")
class TestSupportBillingTour(SupportBillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repository = cls._create_repository()
        repository.commit(
            {
                **module_files("acme_base", 120),
                **module_files("acme_sale", 30),
                "acme_sale/views.xml": "<odoo>\n<data/>\n</odoo>\n",
            }
        )
        cls.contract = cls._create_contract()
        cls.instance = cls._create_instance(cls.contract, repository)
        cls.contract.action_activate()

    def test_consultant_counts_and_accountant_follows_the_invoice(self):
        self.start_tour(CONTRACTS, "support_contract_count_tour", login="support_user")
        self.assertEqual(self.instance.count_ids.code_lines, 153)
        with self._on("2026-10-01"):
            self.cron.sudo().method_direct_trigger()
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 360.0)
        self.start_tour(
            CONTRACTS, "support_contract_invoice_tour", login="support_accountant"
        )
