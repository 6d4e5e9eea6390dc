# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import OdooPdfFileReader

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargeChange(SupportBillingCommon):
    """What changed since the month before, and the page that shows it. R2, R7."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 12_345))
        self.contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("patch", "2026-09-01")]
        )
        self.instance = self._create_instance(self.contract, self.repository)
        self.contract.action_activate()
        self._run_cron("2026-10-01")

    def _bill_november(self):
        self._run_cron("2026-11-01")
        return self.contract.invoice_ids.sorted("id")[-1]

    def _bill_changed_code(self):
        """What is written in October is counted for November, billed in December."""
        for day in ("2026-10-25", "2026-11-01", "2026-12-01"):
            self._run_cron(day)
        return self.contract.invoice_ids.sorted("id")[-1]

    def _get_note(self, invoice):
        return invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "line_note"
        ).name

    def test_first_invoice_and_an_equal_month_have_no_note(self):
        self.assertFalse(self._get_note(self.contract.invoice_ids))
        self.assertFalse(self._get_note(self._bill_november()))

    def test_r07_note_names_the_modules_that_grew(self):
        """12,345 + 1,300 − 60 = 13,585: +1,240."""
        self.repository.commit(module_files("acme_stock", 1_300))
        self.repository.commit(module_files("acme_base", 12_285))
        invoice = self._bill_changed_code()
        self.assertEqual(
            self._get_note(invoice),
            "Since the month before:\n"
            "– Maintenance and support: 12,345 → 13,585 lines, +1,240 "
            "(acme_stock +1,300, new; acme_base −60)",
        )
        self.assertEqual(len(invoice.invoice_line_ids.filtered("product_id")), 2)

    def test_r07_note_names_new_and_ended_services_and_prices(self):
        maintenance, patch = self.contract.service_ids
        with self._on("2026-10-01"):
            self.contract._amend(
                date(2026, 10, 1),
                "Agreed",
                [(maintenance, {"price_unit": 185.0})],
            )
            self.contract._amend(
                date(2026, 10, 1),
                "Operations too",
                [
                    (
                        self.env["support.contract.service"],
                        {
                            "contract_id": self.contract.id,
                            "type_id": self.type_operations.id,
                            "date_start": date(2026, 10, 12),
                        },
                    )
                ],
            )
        with self._on("2026-10-20"):
            self.contract._give_notice(patch, date(2026, 10, 20))
        note = self._get_note(self._bill_november())
        self.assertIn("Maintenance and support: price 180.00 → 185.00", note)
        self.assertIn("Operations: new from 10/12/2026", note)
        self._run_cron("2026-12-01")
        note = self._get_note(self.contract.invoice_ids.sorted("id")[-1])
        self.assertIn("Patch agreement: ended on 10/31/2026", note)
        self.assertNotIn("price", note)

    def test_r07_note_is_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.customer.lang = "sv_SE"
        self.repository.commit(module_files("acme_stock", 1_300))
        self.assertIn("13\xa0645", self._get_note(self._bill_changed_code()))

    def test_no_line_costs_nothing(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.condition_ids = [
            Command.create(
                {"key": "discount", "value": 100.0, "type_id": self.type_operations.id}
            )
        ]
        contract.action_activate()
        self._run_cron("2026-10-01")
        self.assertFalse(contract.invoice_ids)
        self.assertRecordValues(contract.charge_ids, [{"state": "waived", "amount": 0}])
        self.assertIn("zero", contract.charge_ids.decision_reason)

    # -- the page -----------------------------------------------------------------

    def test_r07_shares_of_the_modules_add_up(self):
        """137 × 180.00 = 24,660.00 for 13,645 lines."""
        self.repository.commit(module_files("acme_stock", 1_300))
        page = self._bill_changed_code()._get_support_specification()
        [service] = page["services"]
        self.assertEqual(
            [
                (row["name"], row["before"], row["now"], row["change"], row["amount"])
                for row in service["rows"]
            ],
            [
                # 24,660.00 × 1,300 / 13,645 = 2,349.432…
                ("acme_stock", 0, 1_300, 1_300, 2_349.43),
                ("acme_base", 12_345, 12_345, 0, 22_310.57),
            ],
        )
        self.assertEqual(service["total"]["amount"], 24_660.0)
        self.assertEqual(page["others"].mapped("amount"), [495.0])
        self.assertEqual(page["included"], [])

    def test_many_modules_fit_on_the_page(self):
        self.repository.commit(
            {
                path: text
                for number in range(40)
                for path, text in module_files(f"acme_{number:02}", 10 + number).items()
            }
        )
        [service] = self._bill_changed_code()._get_support_specification()["services"]
        # 16 lines, less 2 of the patch agreement.
        self.assertEqual(len(service["rows"]), 14)
        self.assertEqual(service["rest"]["name"], 41 - 14)
        shown = sum(row["now"] for row in service["rows"]) + service["rest"]["now"]
        self.assertEqual(shown, service["total"]["now"])

    def test_other_invoices_have_no_page(self):
        invoice = self.init_invoice("out_invoice", amounts=[100.0], post=True)
        self.assertFalse(invoice.has_support_specification)
        invoice._make_support_specification()
        self.assertFalse(invoice.support_specification_id)
        data = self.env["account.move.send"]._get_placeholder_mail_attachments_data(
            invoice
        )
        self.assertEqual(len(data), 1)

    def test_invoice_leads_to_its_counts(self):
        invoice = self.contract.invoice_ids.with_user(self.accountant)
        action = invoice.action_view_support_counts()
        self.assertEqual(action["res_model"], "support.count")
        self.assertEqual(action["res_id"], self.instance.count_ids.id)

    def test_stranger_opens_no_page(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.contract.invoice_ids.with_user(
                stranger
            ).action_open_support_specification()


@tagged("post_install", "-at_install")
class TestSupportEvidenceFiles(SupportBillingCommon, HttpCase):
    """The evidence as files, for those who may read the charge or the invoice."""

    def _bill(self, contract, day):
        with self._on(day):
            for instance in contract.instance_ids:
                instance.sudo()._count_or_note_failure()
            contract.sudo()._bill()

    def _bill_counted(self):
        repository = self._create_repository()
        repository.commit(
            {
                path: text
                for number in range(40)
                for path, text in module_files(f"acme_{number:02}", 20).items()
            }
        )
        contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("patch", "2026-09-01")]
        )
        self._create_instance(contract, repository)
        contract.action_activate()
        self._bill(contract, "2026-10-01")
        return contract.invoice_ids

    def test_page_is_made_when_first_opened_and_kept(self):
        invoice = self._bill_counted()
        self.assertFalse(invoice.support_specification_id)
        action = (
            invoice.with_user(self.accountant)
            .with_context(force_report_rendering=True)
            .action_open_support_specification()
        )
        page = invoice.support_specification_id
        self.assertEqual(page.raw[:5], b"%PDF-")
        self.assertEqual(len(OdooPdfFileReader(io.BytesIO(page.raw)).pages), 1)
        self.assertIn(str(page.id), action["url"])
        self.assertNotIn("/", page.name)
        invoice.with_user(self.accountant).action_open_support_specification()
        self.assertEqual(invoice.support_specification_id, page)
        invoice.button_draft()
        self.assertFalse(invoice.support_specification_id)

    def test_page_is_sent_with_the_invoice(self):
        self.customer.email = "faktura@bjorkdal.example.com"
        invoice = self._bill_counted()
        Send = self.env["account.move.send"]
        names = [
            data["name"]
            for data in Send._get_placeholder_mail_attachments_data(invoice)
        ]
        self.assertEqual(len(names), 2)
        Send.with_context(force_report_rendering=True)._generate_and_send_invoices(
            invoice, sending_methods=["email"]
        )
        page = invoice.support_specification_id
        self.assertTrue(page)
        message = invoice.message_ids.filtered("attachment_ids")[:1]
        self.assertIn(page.name, message.attachment_ids.mapped("name"))
        # The customer's download has both.
        self.assertEqual(len(invoice._get_invoice_legal_documents_all()), 2)

    @mute_logger("odoo.http")
    def test_files_of_a_charge_as_csv(self):
        charge = self._bill_counted().invoice_line_ids.support_charge_ids.filtered(
            "count_ids"
        )
        url = f"/support/charge/{charge.id}/files.csv"
        new_test_user(self.env, "outsider", groups="base.group_user")
        new_test_user(self.env, "portal_csv", groups="base.group_portal")
        for login in ("outsider", "portal_csv"):
            self.authenticate(login, login)
            self.assertIn(self.url_open(url).status_code, (403, 404), login)
        self.authenticate(self.consultant.login, self.consultant.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        lines = answer.content.decode("utf-8-sig").splitlines()
        self.assertEqual(len(lines) - 1, len(charge.count_ids.line_ids))
        self.assertIn("acme_", lines[1])
        self.assertEqual(self.url_open("/support/charge/0/files.csv").status_code, 404)
