# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon


class SupportUsageCommon(SupportBillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ocr = cls.env.ref("support_contract_billing.service_type_ocr")
        cls.einvoice = cls.env.ref("support_contract_billing.service_type_einvoice")
        cls.metered = cls.terms.copy({"version": "usage"})
        cls.metered.price_ids = [
            Command.create({"type_id": cls.ocr.id, "price_unit": 1.5}),
            Command.create({"type_id": cls.einvoice.id, "price_unit": 2.25}),
        ]
        cls.metered.action_publish()
        cls.contract = cls._create_active_contract(terms_id=cls.metered.id)
        cls.Usage = cls.env["support.usage"].with_user(cls.accountant)

    def _row(self, **vals):
        return {
            "contract": self.contract.name,
            "kind": "ocr",
            "date": "2026-09-30",
            "quantity": 312,
            "reference": "2026-09",
            **vals,
        }

    def _record(self, *rows, day="2026-10-01"):
        with self._on(day):
            return self.Usage.record_usage(list(rows))

    def _get_usage_charges(self, contract=None):
        charges = (contract or self.contract).charge_ids
        return charges.filtered(lambda charge: charge.kind == "usage").sorted("id")
