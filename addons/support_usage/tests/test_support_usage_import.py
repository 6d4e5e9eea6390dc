# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged
from odoo.tools import file_open

from .common import SupportUsageCommon

OPTIONS = {
    "quoting": '"',
    "has_headers": True,
    "encoding": "",
    "separator": "",
    # What Odoo's screen begins with.
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "advanced": True,
    "keep_matches": False,
    "date_format": "",
    "datetime_format": "",
}
HEADER = "Contract;Kind;Date;Quantity;Reference"


@tagged("post_install", "-at_install")
class TestSupportUsageImport(SupportUsageCommon):
    """Files as spreadsheets write them, through Odoo's own import."""

    def _import(self, *rows, encoding="utf-8", **options):
        """Import rows of (day, quantity, reference).

        :return: (messages, {reference: (day, quantity)} of what was recorded)
        """
        lines = [HEADER, *(f"{self.contract.name};OCR scans;{row}" for row in rows)]
        wizard = (
            self.env["base_import.import"]
            .with_user(self.accountant)
            .create(
                {
                    "res_model": "support.usage",
                    "file": "\r\n".join(lines).encode(encoding),
                    "file_name": "usage.csv",
                    "file_type": "text/csv",
                }
            )
        )
        with self._on("2026-10-01"):
            preview = wizard.parse_preview({**OPTIONS, **options})
            result = wizard.execute_import(
                ["contract_id", "type_id", "date", "quantity", "reference"],
                preview["headers"],
                {**preview["options"], **options},
            )
        usages = self.env["support.usage"].browse(result.get("ids") or ())
        return [one["message"] for one in result["messages"]], {
            usage.reference: (usage.date, usage.quantity) for usage in usages
        }

    def test_r06_decimals_that_would_be_lost(self):
        """Nothing is rounded: the row and its number are named; again it is known."""
        rows = "2026-09-01;12.25;a", "2026-09-02;0.333;b"
        messages, recorded = self._import(*rows)
        self.assertFalse(recorded)
        self.assertEqual(len(messages), 1)
        self.assertIn("0.333", messages[0])
        self.assertIn("2 at most", messages[0])
        for _time in range(2):
            messages, recorded = self._import(rows[0])
            self.assertFalse(messages)
            self.assertEqual(recorded, {"a": (date(2026, 9, 1), 12.25)})

    def test_r06_whole_units_only(self):
        """Where units have no decimals, a half is refused and not made one."""
        self.env.ref("uom.decimal_product_uom").digits = 0
        messages, recorded = self._import("2026-09-01;12.5;a")
        self.assertFalse(recorded)
        self.assertIn("0 at most", messages[0])

    def test_template_can_be_read_in_every_language(self):
        """It names kinds by their codes: OCR scans are OCR-skanningar in Swedish."""
        self.env["res.lang"]._activate_lang("sv_SE")
        self.accountant.lang = "sv_SE"
        kinds = self.env["support.service.type"].search([("basis", "=", "usage")])
        for kind in kinds:
            kind.with_context(lang="sv_SE").name = f"Svenska {kind.code}"
        with file_open("support_usage/static/csv/support_usage.csv") as file:
            text = file.read().replace("SC00001", self.contract.name)
        wizard = (
            self.env["base_import.import"]
            .with_user(self.accountant)
            .with_context(lang="sv_SE")
            .create(
                {
                    "res_model": "support.usage",
                    "file": text.encode(),
                    "file_name": "usage.csv",
                    "file_type": "text/csv",
                }
            )
        )
        with self._on("2026-10-01"):
            preview = wizard.parse_preview({**OPTIONS})
            result = wizard.execute_import(
                ["contract_id", "type_id", "date", "quantity", "reference", "note"],
                preview["headers"],
                {**OPTIONS, **preview["options"]},
            )
        self.assertFalse(result["messages"])
        usages = self.env["support.usage"].browse(result["ids"])
        self.assertEqual(usages.type_id.mapped("code"), ["ocr", "einvoice"])

    def test_decimal_comma_is_never_a_thousand_mark(self):
        """12,5 scans are not 125, and 1234,50 not 123 450."""
        for number in ("12,5", "1234,50", "0,125", "12,50"):
            messages, recorded = self._import(f"2026-09-30;{number};{number}")
            self.assertFalse(recorded)
            self.assertIn(f"“{number}” is not a number", messages[0])

    def test_decimal_comma_that_was_chosen(self):
        messages, recorded = self._import(
            "30/09/2026;12,5;a",
            "29/09/2026;1234,50;b",
            "28/09/2026;1 234,5;c",
            encoding="utf-8-sig",
            float_thousand_separator=" ",
            float_decimal_separator=",",
        )
        self.assertFalse(messages)
        self.assertEqual(
            recorded,
            {
                "a": (date(2026, 9, 30), 12.5),
                "b": (date(2026, 9, 29), 1234.5),
                "c": (date(2026, 9, 28), 1234.5),
            },
        )

    def test_thousands_in_groups_of_three(self):
        messages, recorded = self._import(
            "2026-09-30;1,000;a", "2026-09-30;12,345,678.5;b", "2026-09-30;-1,000;c"
        )
        self.assertFalse(messages)
        self.assertEqual(
            [quantity for _day, quantity in recorded.values()],
            [1000.0, 12345678.5, -1000.0],
        )

    # -- once, whoever has the contract ---------------------------------------------

    def _pass_on(self):
        heir = self.env["res.partner"].create({"name": "Björkdal Möbler AB"})
        with self._on("2026-10-01"):
            self.contract._amend(
                date(2026, 10, 1), "Merger", [(self.contract, {"partner_id": heir.id})]
            )

    def test_usage_is_known_when_the_contract_has_passed_on(self):
        [first] = self._record(self._row())
        self._pass_on()
        [again] = self._record(self._row())
        self.assertEqual((again["status"], again["id"]), ("known", first["id"]))
        self.assertEqual(len(self.contract.usage_ids), 1)

    def test_other_content_is_refused_when_the_contract_has_passed_on(self):
        self._record(self._row())
        self._pass_on()
        with self.assertRaisesRegex(Exception, "was used before and said: 312"):
            self._record(self._row(quantity=7))
