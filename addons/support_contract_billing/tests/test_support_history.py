# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.support_contract.tests.test_support_guards import SupportGuardCase

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportHistory(SupportGuardCase, SupportBillingCommon):
    """Runs and settings: who, when, from what to what (BFL 5 kap. 11 §)."""

    def _get_new(self, change):
        """What is written down of a change: (setting, before, after, who)."""
        History = self.env["support.history"]
        last = History.search([], limit=1).id
        change()
        self.env.flush_all()
        return [
            (one.record_name, one.field_name, one.before, one.after, one.user_id)
            for one in History.search([("id", ">", last)], order="id")
        ]

    def test_settings(self):
        company, product = self.env.company, self.type_operations.product_id
        account = self.company_data["default_account_revenue"].copy()
        cron = self.cron.sudo()
        manager = self.manager
        manager.group_ids |= self.env.ref("base.group_system")
        draft = self.terms.copy({"version": "next"})
        for record, vals, expected in (
            (company, {"support_rate_days": 20}, ("support_rate_days", "31", "20")),
            (company, {"fiscalyear_last_month": "4", "fiscalyear_last_day": 30}, None),
            (
                product.product_tmpl_id,
                {"property_account_income_id": account.id},
                ("property_account_income_id", "", account.display_name),
            ),
            (cron, {"active": False}, ("active", "yes", "no")),
            (
                self.type_operations,
                {"min_months": 3},
                ("min_months", "0", "3"),
            ),
        ):
            with self.subTest(record=record, vals=vals):
                record = record.with_user(manager)
                found = self._get_new(lambda r=record, v=vals: r.write(v))
                if expected:
                    before = (record.display_name, *expected, manager)
                    self.assertEqual(found, [before])
                    # The same again changes nothing.
                    self.assertFalse(self._get_new(lambda r=record, v=vals: r.write(v)))
                else:
                    self.assertEqual(len(found), 2)
        [published] = self._get_new(draft.with_user(manager).action_publish)
        self.assertEqual(published[1:4], ("state", "Draft", "Published"))
        tax = self.company_data["default_tax_sale"].copy({"name": "Reduced"})
        [rate] = self._get_new(lambda: tax.write({"amount": 12}))
        self.assertEqual(rate[:4], (tax.display_name, "amount", "15.0", "12.0"))
        self.assertFalse(self._get_new(lambda: tax.write({"description": "VAT"})))
        other = self.env["product.template"].create({"name": "Another"})
        self.assertFalse(self._get_new(lambda: other.write({"active": False})))

    def test_runs_and_rights(self):
        self._create_active_contract()
        self._run_cron("2026-10-01")
        run = self.env["support.billing.run"].search([], limit=1)
        entry = self.env["support.history"].search([], limit=1)
        self.assertEqual((entry.kind, entry.model), ("run", run._name))
        self.assertEqual(entry.res_id, run.id)
        self.assertIn("1 billed", entry.note)
        columns = {"user_id": self.manager.id, "note": "x", "date": "2020-01-01"}
        self._refused_columns(entry, **columns)
        with self.assertRaisesRegex(UserError, "append-only"):
            entry.sudo().unlink()
        self.accountant.group_ids |= self.env.ref("base.group_allow_export")
        entry = entry.with_user(self.accountant)
        self.assertTrue(entry.summary)
        # Odoo's own export, as CSV or as a spreadsheet.
        [row] = entry.export_data(["date", "user_id/name", "kind", "note"])["datas"]
        self.assertEqual(row[3], entry.note)
        with self.assertRaises(AccessError):
            entry.with_user(self.consultant).check_access("read")
