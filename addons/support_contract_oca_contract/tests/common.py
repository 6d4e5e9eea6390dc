# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon


class SupportCarrierCommon(SupportBillingCommon):
    """A support contract from September on, in arrears, and a recurring contract that
    asks for 100 on the first of each month from October on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls.env["product.product"].create(
            {"name": "E-mail box", "list_price": 100.0}
        )
        cls.carrier = cls._create_carrier()
        cls.contract = cls._create_active_contract(
            [("operations", "2026-09-01"), ("patch", "2026-09-01")],
            carrier_contract_id=cls.carrier.id,
        )

    @classmethod
    def _create_carrier(cls, start="2026-10-01", price=100.0, **vals):
        return cls.env["contract.contract"].create(
            {
                "name": "E-mail",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "contract_type": "sale",
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.item.id,
                            "name": "E-mail boxes #START# - #END#",
                            "quantity": 1,
                            "price_unit": price,
                            "recurring_rule_type": "monthly",
                            "date_start": start,
                            "recurring_next_date": start,
                        }
                    )
                ],
                **vals,
            }
        )

    def _run_carrier_cron(self, day):
        """What Odoo's scheduler runs for recurring contracts."""
        before = self.env["account.move"].search([])
        with self._on(day):
            self.env["contract.contract"].cron_recurring_create_invoice()
        return self.env["account.move"].search([]) - before

    def _get_charge_lines(self, move):
        return move.invoice_line_ids.filtered("support_charge_ids").sorted("sequence")
