# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportContractOnDay(SupportContractCommon):
    """The contract on any day, after many amendments, asked before and afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_terms = cls.terms.copy({"version": "2027"})
        cls.new_terms._get_price(cls.type_maintenance).price_unit = 190.0
        cls.new_terms.action_publish()
        cls.heir = cls.env["res.partner"].create({"name": "Björkdal Möbler AB"})
        cls.contract = cls._create_contract(
            [(code, "2026-09-01") for code in ("maintenance", "operations", "patch")],
            condition_ids=[Command.create({"key": "upgrade_fee", "value": 5000.0})],
        )
        cls.maintenance, cls.operations, cls.patch_service = cls.contract.service_ids
        cls.contract._set_state("active")

    def _amend(self, day, changes, decided="2026-11-23"):
        with freeze_time(f"{decided} 10:00:00"):
            return self.contract._amend(date.fromisoformat(day), "Agreed", changes)

    def _price(self, day, price, service=None, **kwargs):
        return self._amend(
            day, [(service or self.operations, {"price_unit": price})], **kwargs
        )

    def _undo(self, amendment, day, decided):
        with freeze_time(f"{decided} 10:00:00"):
            self.env["support.contract.amend"].create(
                {
                    "contract_id": self.contract.id,
                    "change": "undo",
                    "undoes_id": amendment.id,
                    "date_effective": day,
                    "reason": "Not after all",
                }
            ).action_confirm()
        return amendment.undone_by_ids.sorted("id")[-1]

    def _run(self, day):
        with freeze_time(f"{day} 03:00:00"):
            self._run_amendments()

    def _prices(self, *days):
        return [
            self.operations._value_on("price_unit", date.fromisoformat(day))
            for day in days
        ]

    def _tell(self, day):
        """The state of a day in plain values."""
        state = self.contract._get_state_on(date.fromisoformat(day))
        return {
            "customer": state["partner_id"].name,
            "terms": state["terms_id"].version,
            "services": {
                service.type_id.code: (values["price_unit"], values["date_end"])
                for service, values in state["services"]
            },
            "conditions": sorted(
                (values["key"], values["value"], values["service_id"].type_id.code)
                for __, values in state["conditions"]
            ),
        }

    def _make_history(self):
        """Amendments of all kinds, decided before the end of 2026; one never holds."""
        maintenance, operations = self.maintenance, self.operations
        self._price("2026-11-01", 2500.0)
        self._price("2027-01-01", 2600.0)
        self._amend("2027-02-01", [(self.contract, {"terms_id": self.new_terms.id})])
        self._amend(
            "2026-12-01",
            [
                (
                    self.env["support.contract.condition"],
                    {
                        "contract_id": self.contract.id,
                        "key": "discount",
                        "service_id": maintenance.id,
                        "value": 10.0,
                        "date_start": "2026-12-01",
                        "date_end": "2027-03-31",
                    },
                )
            ],
        )
        mistake = self._price("2027-02-20", 3000.0, operations)
        self._undo(mistake, "2026-12-10", decided="2026-12-10")
        with freeze_time("2026-12-05 10:00:00"):
            self.contract._give_notice(self.patch_service, date(2026, 12, 5))
        self._amend(
            "2027-02-10",
            [(self.contract, {"partner_id": self.heir.id})],
            decided="2026-12-15",
        )

    def _check_history(self):
        self.assertEqual(
            self._tell("2026-10-31"),
            {
                "customer": self.customer.name,
                "terms": "1",
                "services": {
                    "maintenance": (180.0, False),
                    "operations": (2400.0, False),
                    "patch": (495.0, False),
                },
                "conditions": [("upgrade_fee", 5000.0, False)],
            },
        )
        self.assertEqual(
            self._tell("2026-12-06"),
            {
                "customer": self.customer.name,
                "terms": "1",
                "services": {
                    "maintenance": (180.0, False),
                    "operations": (2500.0, False),
                    "patch": (495.0, date(2026, 12, 31)),
                },
                "conditions": [
                    ("discount", 10.0, "maintenance"),
                    ("price", 2500.0, "operations"),
                    ("upgrade_fee", 5000.0, False),
                ],
            },
        )
        march = self._tell("2027-03-01")
        self.assertEqual(
            march,
            {
                "customer": self.heir.name,
                "terms": "2027",
                "services": {
                    "maintenance": (190.0, False),
                    "operations": (2600.0, False),
                },
                "conditions": [
                    ("discount", 10.0, "maintenance"),
                    ("price", 2600.0, "operations"),
                    ("upgrade_fee", 5000.0, False),
                ],
            },
        )
        self.assertEqual(
            self._tell("2027-04-01")["conditions"],
            [("price", 2600.0, "operations"), ("upgrade_fee", 5000.0, False)],
        )

    def test_whole_contract_on_a_day_is_the_same_before_and_afterwards(self):
        self._make_history()
        self._check_history()
        self._run("2027-03-02")
        self.assertFalse(self.contract.amend_error)
        self._check_history()

    def test_wizard_shows_the_whole_contract_of_the_day(self):
        self._make_history()
        wizard = Form(
            self.env["support.contract.on.day"]
            .with_user(self.consultant)
            .with_context(default_contract_id=self.contract.id)
        )
        wizard.day = date(2027, 3, 1)
        text = wizard.description
        for part in ("2,600.00", "190.00", "Runs on", "10%", "5,000.00"):
            self.assertIn(part, text)
        self.assertNotIn("3,000.00", text)
        self.assertNotIn("Patch", text)
        self.assertEqual(wizard.partner_id, self.heir)
        wizard.day = date(2026, 8, 31)
        self.assertIn("No service ran on that day.", wizard.description)
        for slip in ("0001-01-01", "9999-12-31"):
            with self.subTest(slip), self.assertRaisesRegex(UserError, "2000"):
                wizard.day = date.fromisoformat(slip)

    def test_undoing_leaves_the_days_before_it_alone(self):
        self._price("2026-11-01", 2500.0)
        second = self._price("2027-01-01", 2600.0)
        self._undo(second, "2027-02-01", decided="2027-01-20")
        days = ("2026-10-31", "2026-11-01", "2026-12-31")
        days += ("2027-01-01", "2027-01-31", "2027-02-01", "2028-01-01")
        self.assertEqual(
            self._prices(*days), [2400.0, 2500.0, 2500.0, 2600.0, 2600.0, 2500.0, 2500]
        )
        # And that can be undone as well.
        undo = second.undone_by_ids
        self._undo(undo, "2027-03-01", decided="2027-02-20")
        self.assertEqual(
            self._prices("2027-01-31", "2027-02-28", "2027-03-01"),
            [2600.0, 2500.0, 2600.0],
        )

    def test_undoing_a_correction_of_the_same_day_leaves_the_days_before_it(self):
        self._price("2026-11-01", 2500.0)
        second = self._price("2026-11-01", 2550.0)
        self._undo(second, "2027-01-01", decided="2026-12-20")
        self.assertEqual(
            self._prices("2026-10-31", "2026-11-01", "2026-12-31", "2027-01-01"),
            [2400.0, 2550.0, 2550.0, 2500.0],
        )

    def test_undone_from_its_first_day_it_never_held(self):
        self._price("2026-11-01", 2500.0)
        second = self._price("2027-01-01", 2600.0)
        self._undo(second, "2027-01-01", decided="2027-01-20")
        self.assertEqual(
            self._prices("2026-12-31", "2027-01-01", "2027-02-01"), [2500.0] * 3
        )
        self.assertEqual(
            [
                condition
                for condition in self._tell("2027-02-01")["conditions"]
                if condition[0] == "price"
            ],
            [("price", 2500.0, "operations")],
        )

    def test_a_date_undone_before_its_day_never_held(self):
        longer = self._amend(
            "2027-01-01", [(self.maintenance, {"date_min_end": "2028-08-31"})]
        )
        self._undo(longer, "2026-12-10", decided="2026-12-10")
        for day in (date(2026, 12, 1), date(2026, 12, 15), date(2027, 3, 1)):
            self.assertEqual(
                self.maintenance._value_on("date_min_end", day), date(2027, 8, 31)
            )

    def test_what_is_undone_is_not_undone_again(self):
        first = self._price("2026-11-01", 2500.0)
        self._undo(first, "2026-12-10", decided="2026-12-10")
        with self.assertRaisesRegex(UserError, "has been undone"):
            self._undo(first, "2026-12-20", decided="2026-12-20")

    def test_what_has_not_begun_is_undone_as_a_whole(self):
        waiting = self._amend(
            "2027-02-01", [(self.contract, {"terms_id": self.new_terms.id})]
        )
        with self.assertRaisesRegex(UserError, "has not taken effect"):
            self._undo(waiting, "2027-03-01", decided="2026-12-20")
        self._undo(waiting, "2027-02-01", decided="2026-12-20")
        self._run("2027-03-02")
        self.assertEqual(self.contract.terms_id, self.terms)

    def test_amendment_of_another_contract_is_not_undone_here(self):
        first = self._price("2026-11-01", 2500.0)
        other = self._create_contract()
        with self.assertRaisesRegex(UserError, "of this contract"):
            self.env["support.contract.amend"].create(
                {
                    "contract_id": other.id,
                    "change": "undo",
                    "undoes_id": first.id,
                    "reason": "Trying",
                }
            ).action_confirm()
