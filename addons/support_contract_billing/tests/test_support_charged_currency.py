# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargedCurrency(SupportBillingCommon):
    """What was charged in a currency is owed in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env.ref("base.CHF")
        cls.other.active = True
        cls.contract = cls._create_active_contract()

    def _amend(self, day):
        with self._on("2026-10-05"):
            self.contract.with_user(self.manager)._amend(
                date.fromisoformat(day),
                "Moved",
                [(self.contract, {"currency_id": self.other.id})],
            )

    def test_currency_is_not_amended_after_a_charge(self):
        """Today and on a day to come, whatever the state of the charge is."""
        self._run_cron("2026-10-01")
        charge = self.contract.charge_ids
        self.contract.invoice_ids.with_user(self.accountant).button_cancel()
        self.assertEqual(charge.state, "pending")
        for day in ("2026-10-05", "2026-11-01"):
            with (
                self.subTest(day),
                self.assertRaisesRegex(ValidationError, "write a new contract"),
                self.env.cr.savepoint(),
            ):
                self._amend(day)
        self.assertEqual(self.contract.currency_id, charge.currency_id)

    def test_currency_before_the_first_charge(self):
        self._amend("2026-10-05")
        self.assertEqual(self.contract.currency_id, self.other)
