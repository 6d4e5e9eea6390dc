# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBillingOverview(SupportBillingCommon):
    """A month as the accountant reviews it, with figures worked out by hand."""

    def _look(self, day, user=None):
        """The overview of the month of ``day``, opened on that day."""
        with self._on(day):
            Overview = self.env["support.billing.overview"]
            action = Overview.with_user(user or self.accountant).action_open()
            overview = Overview.with_user(user or self.accountant).browse(
                action["res_id"]
            )
            # What a form reads, on that day.
            overview.read()
            return overview

    def _rows(self, lines, *names):
        return [tuple(line[name] for name in names) for line in lines]

    def _figures(self, overview):
        return dict(self._rows(overview.total_ids, "name", "amount"))

    def _open(self, line):
        """The records that a line leads to."""
        action = line.action_open()
        Model = self.env[action["res_model"]]
        if action.get("res_id"):
            return Model.browse(action["res_id"])
        return Model.search(action["domain"])

    def _create_counted(self):
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 12_345))
        contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("patch", "2026-09-01")]
        )
        self._create_instance(contract, self.repository)
        contract.action_activate()
        return contract

    def test_new_and_changed_month_by_month(self):
        """October: 124 × 180.00 + 495.00 = 22,815.00, new. November: 13,645 lines,
        137 × 180.00 = 24,660.00, and operations for 20 of 31 days, 2,400.00 × 20/31 =
        1,548.39. December: operations for the whole month, patch has ended.
        """
        contract = self._create_counted()
        self._run_cron("2026-09-01")
        self.repository.commit(module_files("acme_stock", 1_300))
        self._run_cron("2026-09-24")  # the count day of October's fee
        self._run_cron("2026-10-01")
        overview = self._look("2026-10-05")
        self.assertEqual(overview.month, "2026-10")
        self.assertEqual(
            self._rows(overview.new_ids, "contract_id", "amount", "reason"),
            [
                (
                    contract,
                    22_815.0,
                    "Maintenance and support, Patch agreement (Production)\n"
                    "Billed elsewhere until 08/31/2026",
                )
            ],
        )
        self.assertEqual((overview.new_count, overview.changed_count), (1, 0))
        self.assertEqual(self._open(overview.new_ids), contract)

        with self._on("2026-10-12"):
            contract._amend(
                date(2026, 10, 12),
                "Operations too",
                [
                    (
                        self.env["support.contract.service"],
                        {
                            "contract_id": contract.id,
                            "type_id": self.type_operations.id,
                            "date_start": date(2026, 10, 12),
                        },
                    )
                ],
            )
            patch = contract.service_ids.filtered(
                lambda service: service.type_id == self.type_patch
            )
            contract._give_notice(patch, date(2026, 10, 12))
        self._run_cron("2026-11-01")
        overview = self._look("2026-11-02")
        self.assertEqual(
            self._rows(overview.new_ids, "name", "amount"),
            [("Service: Operations", 1_548.39)],
        )
        self.assertEqual(
            self._rows(overview.changed_ids, "name", "before", "amount", "difference"),
            [("Maintenance and support", 22_320.0, 24_660.0, 2_340.0)],
        )
        self.assertIn("acme_stock +1,300, new", overview.changed_ids.reason)
        self.assertNotIn("Maintenance", overview.changed_ids.reason)

        self._run_cron("2026-12-01")
        overview = self._look("2026-12-02")
        self.assertEqual(overview.services, "services of November 2026")
        self.assertFalse(overview.new_ids)
        self.assertEqual(
            self._rows(overview.changed_ids, "name", "before", "amount", "reason"),
            [("Patch agreement", 495.0, 0.0, "Ended on 10/31/2026")],
        )
        # Its fee is what was agreed: of October a part was charged.
        self.assertEqual(
            self._rows(overview.whole_ids, "name", "before", "amount", "reason"),
            [
                (
                    "Operations",
                    1_548.39,
                    2_400.0,
                    "November 2026 is charged, and before 12–31 October 2026",
                )
            ],
        )
        self.assertEqual((overview.changed_count, overview.whole_count), (1, 1))
        shown = overview.with_user(self.accountant).action_view_whole()["domain"]
        self.assertEqual(self.env["support.charge"].search(shown).amount, 2_400.0)
        # Back to an earlier month, from December.
        with self._on("2026-12-02"):
            overview.action_earlier()
            self.assertEqual(overview.month, "2026-11")
            self.assertEqual(overview.changed_ids.amount, 24_660.0)
            overview.action_later()
            overview.action_later()  # there is no month after today's
        self.assertEqual(overview.month, "2026-12")

    def test_new_instance_of_a_known_contract(self):
        contract = self._create_counted()
        self._run_cron("2026-10-01")
        other = self._create_repository()
        other.commit(module_files("acme_shop", 100))
        with self._on("2026-10-12"):
            contract._amend(
                date(2026, 10, 12),
                "Another instance",
                [
                    (
                        self.env["support.instance"],
                        {
                            "contract_id": contract.id,
                            "name": "Shop",
                            "role": "production",
                            "source_ids": [
                                Command.create({"url": other.url, "branch": "main"})
                            ],
                        },
                    )
                ],
            )
            contract.instance_ids.action_count()
        self._run_cron("2026-11-01")
        overview = self._look("2026-11-02")
        self.assertEqual(
            self._rows(overview.new_ids, "name", "contract_id"),
            [("Instance: Shop", contract)],
        )

    def test_figures_tie_with_the_invoices(self):
        """Six contracts of 2,400.00: posted, posted, draft, held, waived, reversed."""
        posted = self._create_active_contract()
        self._create_active_contract()
        draft = self._create_active_contract(billing_policy="draft")
        others = [
            self._create_active_contract(billing_policy="draft") for _i in range(2)
        ]
        gone = self._create_active_contract()
        self._run_cron("2026-10-01")
        with self._on("2026-10-02"):
            for contract in others:
                contract.invoice_ids.unlink()
            others[0].charge_ids.with_user(self.manager)._decide("hold", "Asked")
            others[1].charge_ids.with_user(self.manager)._decide("waive", "Gift")
            self.env["account.move.reversal"].create(
                {
                    "move_ids": gone.invoice_ids.ids,
                    "journal_id": gone.invoice_ids.journal_id.id,
                    "date": "2026-10-02",
                }
            ).refund_moves()
            gone.invoice_ids.reversal_move_ids.action_post()
        overview = self._look("2026-10-05")
        self.assertEqual(
            self._figures(overview),
            {
                "Charged": 14_400.0,
                "Held": -2_400.0,
                "Waived": -2_400.0,
                "On drafts": -2_400.0,
                "= Invoiced": 7_200.0,
                "Taken back by credit notes": -2_400.0,
                "= Total": 4_800.0,
            },
        )
        self.assertEqual(overview.total.replace("\xa0", " "), "$ 4,800.00")
        self.assertTrue(overview.is_tied)
        lines = {line.name: line for line in overview.total_ids}
        self.assertEqual(self._open(lines["On drafts"]), draft.charge_ids)
        self.assertIn(posted.charge_ids, self._open(lines["= Invoiced"]))
        self.assertEqual(
            self._open(lines["= Total"]),
            self.env["account.move"].search(
                [("state", "=", "posted"), ("partner_id", "=", self.customer.id)]
            ),
        )
        waiting = {line.name: line for line in overview.waiting_ids}
        self.assertEqual(
            {
                name: (line.number, line.amounts.replace("\xa0", " "))
                for name, line in waiting.items()
                if line.amounts
            },
            {
                "Drafts to review": (1, "$ 2,400.00"),
                "Posted, not sent": (2, "$ 4,800.00"),
                "Held charges": (1, "$ 2,400.00"),
            },
        )
        self.assertEqual(self._open(waiting["Held charges"]), others[0].charge_ids)

    def test_posted_and_not_sent_is_sent(self):
        contract = self._create_active_contract()
        paid = self._create_active_contract()
        self._run_cron("2026-10-01")
        paid.invoice_ids.payment_state = "paid"
        overview = self._look("2026-10-05")
        self.assertEqual(overview.unsent_count, 1)
        with self._on("2026-10-05"):
            overview.with_user(self.accountant).action_send()
        self.assertTrue(contract.invoice_ids.sending_data)
        self.assertFalse(paid.invoice_ids.sending_data)
        self.assertFalse(self._look("2026-10-05").unsent_count)

    def test_empty_database_is_not_said_to_be_well(self):
        overview = self._look("2026-10-05")
        self.assertFalse(overview.last_run_id)
        self.assertEqual((overview.last_run, overview.services), ("", ""))

    def test_line_that_is_no_charge_is_named(self):
        """An accountant's own line of 100.00 on a draft of 2,400.00."""
        contract = self._create_active_contract(billing_policy="draft")
        self._run_cron("2026-10-01")
        with self._on("2026-10-01"):
            contract.invoice_ids.invoice_line_ids = [
                Command.create({"name": "Travel", "price_unit": 100.0, "tax_ids": []})
            ]
            contract.invoice_ids.action_post()
        figures = self._figures(self._look("2026-10-05"))
        self.assertEqual(figures["= Invoiced"], 2_400.0)
        self.assertEqual(figures["Other lines on these invoices"], 100.0)
        self.assertEqual(figures["= Total"], 2_500.0)

    def test_difference_is_a_problem(self):
        """An amount that was changed past Odoo does not go unseen."""
        contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET amount_untaxed_in_currency_signed = 2390"
            " WHERE id = %s",
            contract.invoice_ids.ids,
        )
        self.env.invalidate_all()
        overview = self._look("2026-10-05")
        self.assertFalse(overview.is_tied)
        problem = overview.total_ids.filtered("is_problem")
        self.assertEqual(problem.amount, -10.0)

    def test_corrected_month_says_before_and_after(self):
        """12,345 lines were counted, 12,145 are right: 122 × 180.00 = 21,960.00."""
        contract = self._create_counted()
        self._run_cron("2026-10-01")
        charge = contract.charge_ids.filtered("count_ids")
        self.repository.commit(module_files("acme_base", 12_145))
        with self._on("2026-10-03"):
            contract.instance_ids.action_count()
            count = contract.count_ids.sorted("id")[-1]
            if count.state != "approved":
                count.action_approve()
            correction = charge._correct(count, "Wrong folder")
        overview = self._look("2026-10-05")
        self.assertEqual(
            self._rows(overview.changed_ids, "before", "amount", "difference"),
            [(22_320.0, 21_960.0, -360.0)],
        )
        waiting = {line.name: line for line in overview.waiting_ids}
        self.assertEqual(
            self._open(waiting["Corrections for the next invoice"]), correction
        )
        # The button leads to as many as it says.
        self.assertEqual(overview.changed_count, 1)
        changed = overview.action_view_changed()["domain"]
        self.assertEqual(self.env["support.charge"].search(changed), correction)

    def test_failed_and_unbilled_lead_to_their_contracts(self):
        failed = self._create_active_contract(billing_order_required=True)
        self._run_cron("2026-10-01")
        late = self._create_active_contract()
        missed = self._create_active_contract(
            [("operations", "2026-07-01")], billed_through="2026-06-30"
        )
        self._look("2026-10-01")
        overview = self._look("2026-10-05")
        self.assertEqual(overview.failed_ids.contract_id, failed)
        self.assertIn("order number", overview.failed_ids.reason)
        waiting = {line.name: line for line in overview.waiting_ids}
        self.assertEqual(self._open(waiting["Due and not charged yet"]), late | missed)
        self.assertEqual(self._open(overview.failed_ids), failed)

    def test_one_company_only(self):
        """Whoever works in one company sees nothing of another's."""
        mine = self._create_active_contract()
        self._run_cron("2026-10-01")
        other = self.setup_other_company(name="Other")["company"]
        stranger = new_test_user(
            self.env,
            "support_stranger",
            groups="support_contract.group_support_billing",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        overview = self._look("2026-10-05", user=stranger)
        self.assertFalse(overview.line_ids)
        self.assertFalse(overview.last_run_id.line_ids)
        overview = self._look("2026-10-05")
        self.assertEqual(overview.new_ids.contract_id, mine)
        with self.assertRaises(AccessError):
            self._look("2026-10-05", user=self.consultant)

    def test_number_of_queries_does_not_grow(self):
        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._look("2026-10-05")
            return self.env.cr.sql_log_count - start

        for _i in range(2):
            self._create_active_contract(
                [("operations", "2026-09-01"), ("patch", "2026-09-01")]
            )
        self._run_cron("2026-10-01")
        measure()  # caches that a server fills once
        few = measure()
        for _i in range(8):
            self._create_active_contract(
                [("operations", "2026-09-01"), ("patch", "2026-09-01")]
            )
        self._run_cron("2026-10-02")
        self.assertLessEqual(measure(), few + 8)
