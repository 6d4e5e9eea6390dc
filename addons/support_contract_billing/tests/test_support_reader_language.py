# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import new_test_user, tagged

from ..due import Backlog
from .common import SupportBillingCommon

ENGLISH, SWEDISH = "Operations, September 2026", "Drift, september 2026"


@tagged("post_install", "-at_install")
class TestSupportReaderLanguage(SupportBillingCommon):
    """What staff reads is in their language, what the customer reads in the customer's.

    One customer has Swedish, one English, and one of Finland has no language, as none
    of theirs is installed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("sv_SE")
        cls.env["ir.module.module"]._load_module_terms(
            ["support_contract", "support_contract_billing"], ["sv_SE"]
        )
        cls.contracts = cls.env["support.contract"]
        for lang in ("sv_SE", "en_US", False):
            customer = cls.env["res.partner"].create({"name": f"C {lang}"})
            customer.lang = lang
            cls.contracts += cls._create_active_contract(partner_id=customer.id)
        cls.readers = {
            ENGLISH: cls.accountant,
            SWEDISH: new_test_user(
                cls.env,
                "support_swedish",
                groups="support_contract.group_support_billing",
                lang="sv_SE",
            ),
        }

    def _as(self, records, reader):
        return records.with_user(reader).with_context(lang=reader.lang)

    def test_lists_have_the_language_of_the_reader(self):
        self._run_cron("2026-10-01")
        charges = self.contracts.charge_ids
        self.assertEqual(
            [contract.charge_ids.name for contract in self.contracts],
            [SWEDISH, ENGLISH, ENGLISH],
        )
        for charge in charges:
            self.assertEqual(
                charge.move_line_id.name, f"{charge.name}\n{charge.calculation}"
            )
        corrections = charges.sudo().browse()
        for charge in charges.sudo():
            corrections += charge.copy(
                {
                    "name": "In the customer's language",
                    "key": f"correction of {charge.id}",
                    "kind": "correction",
                    "corrects_id": charge.id,
                    "state": "held",
                    "move_line_id": False,
                }
            )
        again = [
            one.copy({"corrects_id": one.id, "key": f"again {one.id}"})
            for one in corrections
        ]
        for name, reader in self.readers.items():
            with self.subTest(reader=reader.login):
                self.assertEqual(
                    set(self._as(charges, reader).mapped("display_name")), {name}
                )
                word = "Correction" if name == ENGLISH else "Rättelse"
                for correction in [*corrections, *again]:
                    own = self._as(correction, reader)
                    self.assertEqual(own.display_name, f"{word}: {name}")

    def test_many_take_as_many_queries_as_few(self):
        self._run_cron("2026-12-01", agreed=True)
        few, many = self.contracts[:1].charge_ids, self.contracts.charge_ids
        queries = []
        for charges in (few, few, many):  # the first reads what every request reads
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            # As a list gets them, that knows nothing of their contracts.
            listed = self._as(charges.browse(charges.ids), self.readers[SWEDISH])
            listed.mapped("display_name")
            queries.append(self.env.cr.sql_log_count - before)
        self.assertEqual(queries[1], queries[2])

    def test_preview_has_the_language_of_the_reader(self):
        for name, reader in self.readers.items():
            with self.subTest(reader=reader.login), self._on("2026-10-01"):
                preview = self._as(self.env["support.billing.preview"], reader)
                action = preview.action_open_all()
                lines = preview.browse(action["res_id"]).line_ids
                self.assertEqual(set(lines.mapped("name")), {name})
                for line in lines:
                    own = SWEDISH if line.partner_id.lang == "sv_SE" else ENGLISH
                    self.assertEqual(line.wording.splitlines()[0], own)
                    self.assertEqual(bool(line.calculation), own == name)

    def test_missed_months_are_in_the_language_of_the_reader(self):
        for name, reader in self.readers.items():
            with self.subTest(reader=reader.login), self._on("2026-12-01"):
                for contract in self._as(self.contracts, reader):
                    self.assertIn(name, Backlog(contract.sudo()).describe())
