# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.support_contract_billing.crediting import reopen
from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon

from ..earned import EarnedRows


@tagged("post_install", "-at_install")
class TestSupportEarned(SupportBillingCommon):
    """Earned and not invoiced on a day."""

    def _bill(self, contract, day):
        with self._on(day):
            return contract.sudo()._bill()

    def _earned(self, contract, day):
        rows = EarnedRows(contract, day).get()
        return (
            sum(row["earned"] for row in rows),
            sum(row["invoiced"] for row in rows),
        )

    def test_arrears_the_same_when_run_later(self):
        """2,400.00 a month; on 15 November: October is invoiced, of November 15/30."""
        contract = self._create_active_contract()
        self._bill(contract, "2026-10-01")
        self._bill(contract, "2026-11-01")
        with self._on("2026-11-16"):
            then = self._earned(contract, date(2026, 11, 15))
            end_of_october = self._earned(contract, date(2026, 10, 31))
        self.assertEqual(then, (1200.0, 0.0))
        # October is earned on its last day and invoiced on the day after.
        self.assertEqual(end_of_october, (2400.0, 0.0))
        self._bill(contract, "2026-12-01")
        self._bill(contract, "2027-01-01")
        with self._on("2027-01-10"):
            self.assertEqual(self._earned(contract, date(2026, 11, 15)), then)
            self.assertEqual(self._earned(contract, date(2026, 10, 31)), end_of_october)

    def test_advance_is_deferred(self):
        """3,100.00 for December in advance; on the 10th 1,000.00 are earned."""
        terms = self.terms.copy({"timing": "advance"})
        terms._get_price(self.type_operations).price_unit = 3100.0
        terms.action_publish()
        contract = self._create_active_contract(
            [("operations", "2026-12-01")], terms_id=terms.id
        )
        self._bill(contract, "2026-12-01")
        with self._on("2027-02-01"):
            contract.sudo()._bill()
            self.assertEqual(
                self._earned(contract, date(2026, 12, 10)), (1000.0, 3100.0)
            )
            # December is over; January is invoiced on 1 February only, by the backlog.
            self.assertEqual(self._earned(contract, date(2026, 12, 31)), (0.0, 0.0))

    def test_reversed_invoice_counted_until_then(self):
        contract = self._create_active_contract([("operations", "2026-09-01")])
        contract._amend(
            date(2026, 9, 1),
            "One month",
            [(contract.service_ids, {"date_end": "2026-09-30"})],
        )
        move = self._bill(contract, "2026-10-01")
        with self._on("2026-10-20"):
            reopen(contract.charge_ids, "Reversed")
            move._reverse_moves(
                [{"date": "2026-10-20", "invoice_date": "2026-10-20"}], cancel=True
            )
            self.assertEqual(self._earned(contract, date(2026, 10, 10)), (0.0, 0.0))
            self.assertEqual(self._earned(contract, date(2026, 10, 20)), (2400.0, 0.0))
            self.assertEqual(self._earned(contract, date(2026, 9, 30)), (2400.0, 0.0))

    def _invoice_ahead(self):
        """1,800.00 for April 2027 in advance, and its invoice."""
        terms = self.terms.copy({"timing": "advance"})
        terms._get_price(self.type_operations).price_unit = 1800.0
        terms.action_publish()
        contract = self._create_active_contract(
            [("operations", "2027-04-01")], terms_id=terms.id
        )
        return contract, self._bill(contract, "2027-04-01")

    def _credit(self, move, day, **line):
        """A credit note by hand, of all or of one line that is typed in."""
        with self._on(day):
            credit = move._reverse_moves([{"date": day, "invoice_date": day}])
            if line:
                credit.invoice_line_ids[0].write(line)
            credit.action_post()

    def test_credited_by_hand(self):
        """600.00 are earned by the 10th; credited on the 12th, nothing is owed, and
        nothing of 900.00 is still to come on the 15th.
        """
        contract, move = self._invoice_ahead()
        self._credit(move, "2027-04-12")
        with self._on("2027-04-20"):
            self.assertEqual(self._earned(contract, date(2027, 4, 10)), (600.0, 1800.0))
            self.assertEqual(self._earned(contract, date(2027, 4, 15)), (0.0, 0.0))

    def test_credited_by_hand_in_part(self):
        """900.00 of 1,800.00: earned by the 15th, and nothing after that."""
        contract, move = self._invoice_ahead()
        self._credit(move, "2027-04-12", price_unit=900.0)
        with self._on("2027-05-01"):
            self.assertEqual(self._earned(contract, date(2027, 4, 13)), (780.0, 900.0))
            for day in (15, 16, 30):
                rows = self._earned(contract, date(2027, 4, day))
                self.assertEqual(rows, (0.0, 0.0), day)

    def test_credited_by_hand_without_naming_a_line(self):
        contract, move = self._invoice_ahead()
        with self._on("2027-04-12"):
            self.env["account.move"].create(
                {
                    "move_type": "out_refund",
                    "partner_id": move.partner_id.id,
                    "reversed_entry_id": move.id,
                    "currency_id": move.currency_id.id,
                    "invoice_date": "2027-04-12",
                    "invoice_line_ids": [
                        Command.create({"name": "Goodwill", "price_unit": 1800.0})
                    ],
                }
            ).action_post()
        with self._on("2027-04-20"):
            self.assertEqual(self._earned(contract, date(2027, 4, 15)), (0.0, 0.0))

    def test_screen_by_account(self):
        contract = self._create_active_contract()
        self._bill(contract, "2026-10-01")
        with self._on("2026-10-16"):
            wizard = (
                self.env["support.earned"]
                .with_user(self.accountant)
                .create({"day": "2026-10-15"})
            )
            wizard.action_show()
            line = self.env["support.earned.line"].with_user(self.accountant).search([])
        line = line.filtered(lambda row: row.contract_id == contract)
        # 2,400.00 × 15/31
        self.assertRecordValues(
            line,
            [
                {
                    "accrued": 1161.29,
                    "deferred": 0.0,
                    "estimated": True,
                    "account_id": contract.invoice_ids.invoice_line_ids.account_id.id,
                }
            ],
        )
        with self.assertRaises(AccessError):
            self.env["support.earned"].with_user(self.consultant).create({})

    def test_account_is_that_of_the_invoice_to_come(self):
        """Where the customer is established, wherever goods are delivered."""
        abroad = self.env.ref("base.nz")
        income = self.type_operations.product_id.product_tmpl_id.get_product_accounts()
        other = income["income"].copy({"code": "307777", "name": "Sold abroad"})
        self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "auto_apply": True,
                "country_id": abroad.id,
                "account_ids": [
                    Command.create(
                        {
                            "account_src_id": income["income"].id,
                            "account_dest_id": other.id,
                        }
                    )
                ],
            }
        )
        here, there = self.env["res.partner"].create(
            [
                {"name": "Here AB", "country_id": self.env.ref("base.se").id},
                {"name": "There Ltd", "country_id": abroad.id},
            ]
        )
        for customer, country in ((here, abroad), (there, here.country_id)):
            customer.child_ids = [
                Command.create(
                    {"name": "Store", "type": "delivery", "country_id": country.id}
                )
            ]
        contracts = self.env["support.contract"]
        for customer in (here, there):
            contracts |= self._create_active_contract(partner_id=customer.id)
        with self._on("2026-10-01"):
            self.env["support.earned"].with_user(self.accountant).create(
                {"day": "2026-09-30"}
            ).action_show()
            lines = self.env["support.earned.line"].with_user(self.accountant)
            lines = lines.search([("contract_id", "in", contracts.ids)])
            accounts = {line.partner_id: line.account_id for line in lines}
        self.assertEqual(accounts, {here: income["income"], there: other})
        for contract in contracts:
            move = self._bill(contract, "2026-10-01")
            self.assertEqual(
                move.invoice_line_ids.account_id, accounts[contract.partner_id]
            )

    def test_what_is_invoiced_ahead_keeps_the_rate_of_its_invoice(self):
        """3,100.00 for December, booked at 10 on the 1st; a unit is worth 20 from the
        5th on. On the 10th 10/31 are earned: 10,000.00 of 31,000.00.

        Patch, in arrears, has no invoice yet: 10/31 of 310.00 at the day's 20.
        """
        currency = self.setup_other_currency(
            "EUR", rates=[("2026-11-01", 0.1), ("2026-12-05", 0.05)]
        )
        terms = self.terms.copy({"currency_id": currency.id, "timing": "advance"})
        terms._get_price(self.type_operations).price_unit = 3_100.0
        terms.action_publish()
        late = self.terms.copy({"currency_id": currency.id})
        late._get_price(self.type_patch).price_unit = 310.0
        late.action_publish()
        contract = self._create_active_contract(
            [("operations", "2026-12-01")],
            terms_id=terms.id,
            currency_id=currency.id,
        )
        arrears = self._create_active_contract(
            [("patch", "2026-12-01")], terms_id=late.id, currency_id=currency.id
        )
        move = self._bill(contract, "2026-12-01")
        self.assertEqual(-sum(move.invoice_line_ids.mapped("balance")), 31_000.0)

        def rows(day):
            with self._on(day):
                Earned = self.env["support.earned"].with_user(self.accountant)
                Earned.create({"day": "2026-12-10"}).action_show()
                Line = self.env["support.earned.line"].with_user(self.accountant)
                lines = Line.search([("contract_id", "in", (contract | arrears).ids)])
                return {
                    line.contract_id: (
                        line.earned,
                        line.invoiced,
                        line.accrued,
                        line.deferred,
                    )
                    for line in lines
                }

        found = rows("2026-12-11")
        self.assertEqual(found[contract], (10_000.0, 31_000.0, 0.0, 21_000.0))
        self.assertEqual(found[arrears], (2_000.0, 0.0, 2_000.0, 0.0))
        # The same when it is run later, with patch invoiced at another rate by then.
        self.env["res.currency.rate"].create(
            {"name": "2027-01-01", "currency_id": currency.id, "rate": 0.2}
        )
        self._bill(arrears, "2027-01-01")
        self.assertEqual(rows("2027-01-02"), found)

    def test_credit_note_is_earned_and_invoiced(self):
        """100.00 are given back, and nothing comes that they could be taken off."""
        contract = self._create_active_contract()
        with self._on("2026-09-01"):
            contract._give_notice(contract.service_ids, date(2026, 9, 1))
        self._bill(contract, "2026-10-01")
        charge = contract.charge_ids.sudo()
        correction = charge.create(
            {
                "name": "Correction",
                "contract_id": contract.id,
                "company_id": contract.company_id.id,
                "currency_id": contract.currency_id.id,
                "service_id": charge.service_id.id,
                "product_id": charge.product_id.id,
                "kind": "correction",
                "corrects_id": charge.id,
                "key": "correction:test:1",
                "date": "2026-10-02",
                "period_start": charge.period_start,
                "period_end": charge.period_end,
                "quantity": -1,
                "price_unit": 100.0,
                "amount": -100.0,
                "calculation": "Less",
            }
        )
        with self._on("2026-10-02"):
            contract.sudo()._bill()
            self.assertEqual(correction.move_id.move_type, "out_refund")
            rows = EarnedRows(contract.sudo(), date(2026, 10, 2)).get()
            self.assertFalse(rows[1:])
