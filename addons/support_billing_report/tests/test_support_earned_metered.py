# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass
from datetime import date

from odoo import models
from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon

from ..earned import EarnedRows


@dataclass(frozen=True)
class Reading:
    """Metered evidence as another add-on records it."""

    contract_id: models.BaseModel
    type_id: models.BaseModel
    date: date
    quantity: float


@tagged("post_install", "-at_install")
class TestSupportEarnedMetered(SupportBillingCommon):
    """What is metered is earned on its day, whichever add-on records it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ocr = cls.env.ref("support_contract_billing.service_type_ocr")
        cls.contract = cls._create_active_contract()

    def setUp(self):
        super().setUp()
        self.readings = [
            Reading(self.contract, self.ocr, date(2026, 9, 10), 20),
            Reading(self.contract, self.ocr, date(2026, 9, 30), 100),
        ]
        readings = self.readings

        def get_uncharged(contracts, first=None, last=None):
            if self._get_charge():
                return []
            return [
                one
                for one in readings
                if one.contract_id in contracts
                and (not first or one.date >= first)
                and (not last or one.date <= last)
            ]

        def prepare(contract, evidence):
            return [(self._prepare_vals(evidence), evidence)] if evidence else []

        def get_metered(charge):
            return readings if charge.kind == "usage" else []

        Contract = self.registry["support.contract"]
        self.patch(Contract, "_get_uncharged_evidence", get_uncharged)
        self.patch(Contract, "_prepare_evidence_charges_vals", prepare)
        Charge = self.registry["support.charge"]
        self.patch(Charge, "_get_metered_evidence", get_metered)

    def _get_charge(self):
        charges = self.contract.sudo().charge_ids
        return charges.filtered(lambda charge: charge.kind == "usage")

    def _prepare_vals(self, evidence):
        """1.50 for each."""
        quantity = sum(one.quantity for one in evidence)
        return {
            "name": "OCR scans, September 2026",
            "contract_id": self.contract.id,
            "company_id": self.contract.company_id.id,
            "currency_id": self.contract.currency_id.id,
            "product_id": self.ocr.product_id.id,
            "kind": "usage",
            "key": f"usage:test:{self.contract.id}",
            "date": date(2026, 10, 1),
            "period_start": date(2026, 9, 1),
            "period_end": date(2026, 9, 30),
            "quantity": quantity,
            "price_unit": 1.5,
            "amount": quantity * 1.5,
            "calculation": "1.50 each",
        }

    def _earned(self, day):
        rows = EarnedRows(self.contract, day).get()
        return {
            row["name"]: (row["earned"], row["invoiced"])
            for row in rows
            if row["product"] == self.ocr.product_id
        }

    def test_r06_usage_is_earned_on_its_day_before_and_after_billing(self):
        days = [date(2026, 9, day) for day in (9, 15, 30)]
        name = "OCR scans, September 2026"
        expected = [{}, {name: (30.0, 0.0)}, {name: (180.0, 0.0)}]
        with self._on("2026-10-01"):
            self.assertEqual([self._earned(day) for day in days], expected)
        self._run_cron("2026-10-01")
        self.assertEqual(self._get_charge().state, "invoiced")
        with self._on("2026-10-02"):
            self.assertEqual([self._earned(day) for day in days], expected)
            self.assertEqual(self._earned(date(2026, 10, 1)), {})
