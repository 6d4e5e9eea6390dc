# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.support_contract.tests.test_support_guards import SupportGuardCase
from odoo.addons.support_instance.tests.repository import module_files

from ..retention import get_until
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportRetention(SupportGuardCase, SupportBillingCommon):
    """Seven years after the calendar year in which the financial year ends."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 300))

    def _bill(self, start, day):
        """An invoice of a counted month, with its documents; the contract."""
        contract = self._create_contract([("maintenance", start)], billed_through=False)
        instance = self._create_instance(contract, self.repository)
        with self._on(start):
            instance.action_count()
            contract.action_activate()
        self._run_cron(day)
        self.assertEqual(contract.charge_ids.state, "invoiced")
        for field, mimetype in (
            ("invoice_pdf_report_file", "application/pdf"),
            ("support_specification_file", "application/xml"),
        ):
            self.env["ir.attachment"].create(
                {
                    "name": mimetype,
                    "raw": b"as sent",
                    "mimetype": mimetype,
                    "res_model": "account.move",
                    "res_id": contract.charge_ids.move_id.id,
                    "res_field": field,
                }
            )
        return contract

    def _get_documents(self, invoice):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", invoice.id),
                ("res_field", "!=", False),
            ]
        )

    def _get_day(self, day):
        self.env.flush_all()
        [[found]] = self.env.execute_query(
            SQL("SELECT support_retention_day(%s, %s::date)", self.env.company.id, day)
        )
        return found

    def _delete(self, **vals):
        deletion = self.env["support.deletion"].create(vals)
        deletion.with_user(self.manager).action_delete()
        cron = self.env.ref("support_contract_billing.ir_cron_delete_unkept")
        with self.enter_registry_test_mode():
            cron.sudo().method_direct_trigger()
        self.assertEqual(deletion.state, "done")
        return deletion

    def test_worked_years(self):
        for last_day, last_month, day, expected in (
            (31, "12", "2026-01-01", "2034-01-01"),
            (31, "12", "2026-12-31", "2034-01-01"),
            (30, "4", "2026-05-01", "2035-01-01"),
            (30, "4", "2027-04-30", "2035-01-01"),
            (30, "4", "2026-04-30", "2034-01-01"),
            (28, "2", "2028-02-29", "2036-01-01"),
            (28, "2", "2028-03-01", "2037-01-01"),
        ):
            with self.subTest(last_month=last_month, day=day):
                self.env.company.write(
                    {
                        "fiscalyear_last_day": last_day,
                        "fiscalyear_last_month": last_month,
                    }
                )
                self.assertEqual(self._get_day(day), date.fromisoformat(expected))
        self.env.company.fiscalyear_last_month = "12"
        self.env.company.support_retention_years = 10
        self.assertEqual(self._get_day("2026-02-01"), date(2037, 1, 1))
        self._refused("UPDATE res_company SET support_retention_years = 0")

    def test_nobody_deletes_what_is_kept(self):
        contract = self._bill("2026-09-01", "2026-10-01")
        charge, invoice = contract.charge_ids, contract.charge_ids.move_id
        documents = self._get_documents(invoice)
        for records in (charge, charge.count_ids, invoice, documents):
            self.assertEqual(
                set(get_until(records).values()), {date(2034, 1, 1)}, records._name
            )
            for record in records:
                self._refused(
                    "DELETE FROM %s WHERE id = %s",
                    SQL.identifier(record._table),
                    record.id,
                )
        for line in invoice.line_ids:
            self._refused("DELETE FROM account_move_line WHERE id = %s", line.id)
        # Odoo detaches them from the invoice when it becomes a draft again.
        self._passes(
            "UPDATE ir_attachment SET res_field = NULL WHERE id = %s", documents[0].id
        )
        for document in documents:
            for change in (
                "store_fname = 'x'",
                "store_fname = NULL",
                "res_id = 0",
                "mimetype = 'x/x'",
            ):
                self._refused(
                    f"UPDATE ir_attachment SET {change} WHERE id = %s", document.id
                )
        self._refused(
            "UPDATE ir_attachment SET support_detached = FALSE WHERE id = %s",
            documents[0].id,
        )
        for record, error in (
            (documents[0], "bookkeeping material"),
            (charge, "cannot be deleted"),
            (charge.count_ids, "cannot be deleted"),
        ):
            with (
                self.subTest(record._name),
                self.assertRaisesRegex(UserError, error),
                self.env.cr.savepoint(),
            ):
                record.with_user(self.env.ref("base.user_admin")).sudo().unlink()
        with self.assertRaisesRegex(UserError, "Nothing is old enough"):
            self._delete()

    def test_what_was_sent_is_kept_as_a_draft_and_cancelled(self):
        contract = self._bill("2026-09-01", "2026-10-01")
        invoice = contract.charge_ids.move_id
        invoice.is_move_sent = True
        invoice.button_draft()
        self._refused("DELETE FROM account_move WHERE id = %s", invoice.id)
        invoice.button_cancel()
        self._refused("DELETE FROM account_move WHERE id = %s", invoice.id)
        # Its charge is free by now, and still on record.
        self.assertEqual(
            get_until(contract.charge_ids)[contract.charge_ids.id].year, 2034
        )

    def test_last_document_counts(self):
        contract = self._bill("2014-09-01", "2014-10-01")
        charge, invoice = contract.charge_ids, contract.charge_ids.move_id
        self.assertEqual(get_until(charge.count_ids)[charge.count_ids.id].year, 2022)
        credit = invoice._reverse_moves(
            [{"invoice_date": "2026-10-05", "date": "2026-10-05"}]
        )
        credit.action_post()
        for record in (charge, charge.count_ids, invoice, credit):
            self.assertEqual(get_until(record)[record.id].year, 2034, record._name)
        self._refused("DELETE FROM support_count WHERE id = %s", charge.count_ids.id)

    def test_manager_deletes_what_is_old(self):
        old = self._bill("2014-09-01", "2014-10-01")
        new = self._bill("2026-09-01", "2026-10-01")
        charge, count = old.charge_ids, old.charge_ids.count_ids
        invoice = charge.move_id
        documents = self._get_documents(invoice)
        deletion = self.env["support.deletion"].create({})
        self.assertIn("2014", str(deletion.overview))
        self.assertNotIn("2026", str(deletion.overview))
        with self.assertRaises(AccessError):
            deletion.with_user(self.accountant).action_delete()
        deletion = self._delete()
        self.assertEqual(
            deletion.figures,
            {
                "2014": {
                    "support.count.growth": 1,
                    "support.count": 1,
                    "support.charge": 1,
                    "ir.attachment": len(documents),
                }
            },
        )
        self.assertFalse(charge.exists() or count.exists() or documents.exists())
        self.assertTrue(invoice.exists())
        self.assertTrue(new.charge_ids.count_ids)
        self.assertEqual(len(self._get_documents(new.charge_ids.move_id)), 2)
        history = self.env["support.history"].search([("kind", "=", "deletion")])
        self.assertEqual(history.user_id, self.manager)
        self.assertIn("2014: ", history.note)
        self._refused("DELETE FROM support_history WHERE id = %s", history.id)
        with self.assertRaisesRegex(UserError, "is kept"):
            deletion.unlink()
        # The entries, where somebody says so.
        self._delete(with_entries=True)
        self.assertFalse(invoice.exists())

    def test_names_are_kept(self):
        contract = self._bill("2026-09-01", "2026-10-01")
        customer, moment = contract.partner_id, contract.charge_ids.create_date
        old = customer.name
        self._refused("DELETE FROM res_partner WHERE id = %s", customer.id)
        customer.name = "Renamed Ltd"
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE res_partner SET name = 'Again' WHERE id = %s", customer.id)
        )
        customer.invalidate_recordset()
        names = self.env["support.former.name"].search([("res_id", "=", customer.id)])
        self.assertEqual(names.mapped("name"), ["Renamed Ltd", old])
        self.assertEqual(names[0].name_now, "Again")
        self.assertEqual(names._get_name_on(customer, moment), old)
        self._refused("DELETE FROM support_former_name")
        # Nobody else's are noted.
        other = self.env["res.partner"].create({"name": "No customer"})
        other.name = "Nobody"
        self.env.flush_all()
        self.assertFalse(names.search([("res_id", "=", other.id)]))
        self.assertFalse(names._is_named(other))
        other.unlink()
