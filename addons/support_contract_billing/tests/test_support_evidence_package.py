# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportEvidencePackage(SupportBillingCommon):
    """One button exports everything behind an invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repository = cls._create_repository()
        repository.commit(module_files("acme_base", 300))
        cls.contract = cls._create_contract([("maintenance", "2026-09-01")])
        cls._create_instance(cls.contract, repository).action_count()
        cls.contract.action_activate()

    def setUp(self):
        super().setUp()
        self._run_cron("2026-10-01")
        self.charge = self.contract.charge_ids
        self.invoice = self.charge.move_id

    def _open(self, move):
        self.assertEqual(
            move.with_user(self.accountant).action_download_support_evidence()["url"],
            f"/support/invoice/{move.id}/evidence.zip",
        )
        return self._open_evidence(move)

    def test_everything_is_in_it(self):
        for name, field in (
            ("first.pdf", "invoice_pdf_report_file"),
            ("page.pdf", "support_specification_file"),
        ):
            self.env["ir.attachment"].create(
                {
                    "name": name,
                    "raw": name.encode(),
                    "res_model": "account.move",
                    "res_id": self.invoice.id,
                    "res_field": field,
                }
            )
        self.invoice.name = "INV/2026/=1"
        credit = self.invoice._reverse_moves()
        credit.action_post()
        self.contract.partner_id.name = "Renamed Ltd"
        file = self._open(self.invoice)
        names = set(file.namelist())
        folder = f"agreements/{self.contract.name}"
        self.assertLessEqual(
            {
                "index.html",
                "index.csv",
                "charges.csv",
                "counts.csv",
                "count_modules.csv",
                "count_files.csv",
                f"{folder}/prices.csv",
                f"{folder}/events.csv",
            },
            names,
        )
        [page] = [name for name in names if name.endswith("first.pdf")]
        self.assertEqual(file.read(page), b"first.pdf")
        self.assertTrue(any(name.startswith(f"{folder}/agreement.") for name in names))
        self.assertFalse([name for name in names if ".." in name or name[0] == "/"])
        [charge] = self._read_table(file, "charges.csv")
        self.assertEqual(charge["Amount"], "540.0")
        self.assertEqual(charge["Key"], self.charge.key)
        [count] = self._read_table(file, "counts.csv")
        self.assertEqual(count["Fingerprint"], self.charge.count_ids.digest)
        [module] = self._read_table(file, "count_modules.csv")
        self.assertEqual(module["Name"], "acme_base")
        self.assertEqual(module["Lines of Code"], "300")
        for row in self._read_table(file, "index.csv"):
            digest = hashlib.sha256(file.read(row["File"])).hexdigest()
            self.assertEqual(row["SHA-256"], digest, row["File"])
        text = file.read("index.html").decode()
        self.assertIn(credit.name, text)
        self.assertIn("540.00", text)
        self.assertIn("was not sent yet", text)
        self.assertIn("2034-01-01", text)
        # The name of then.
        self.assertNotIn("Renamed Ltd", text.split("Calculation")[0])
        # The same from the credit note.
        self.assertEqual(set(self._open(credit).namelist()), names)

    def test_consultants_do_not_get_it(self):
        invoice = self.invoice.with_user(self.consultant)
        for method in ("action_download_support_evidence", "_make_support_evidence"):
            with self.assertRaises(AccessError):
                getattr(invoice, method)()
