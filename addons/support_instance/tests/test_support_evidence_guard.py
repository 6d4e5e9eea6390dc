# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What somebody with SQL tries on evidence: refused, or noticed."""

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import SupportInstanceCommon
from .repository import module_files

REPORT = """\
Odoo cloc                              Line   Other    Code
-----------------------------------------------------------
acme                                     12       2      10
    acme/models.py                       12       2      10
-----------------------------------------------------------
                                         12       2      10
"""


@tagged("post_install", "-at_install")
class TestSupportEvidenceGuard(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(
            {**module_files("acme_base", 300), "acme_base/a.html": "<p/>\n"}
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.count = self._count()
        self.assertEqual(self.count.state, "approved")
        reported = self._create_instance(
            self.contract,
            name="Reported",
            source_ids=[Command.create({"kind": "report"})],
        )
        self.report, __ = self.env["support.cloc.report"]._receive(
            reported.source_ids, REPORT
        )
        reported.action_count()
        self.reported_count = reported.count_ids
        self.assertEqual(self.reported_count.code_lines, 10)

    def _count(self, files=None):
        if files:
            self.repository.commit(files)
        self.instance.action_count()
        return self.instance.count_ids.sorted("id")[-1:]

    def _refused(self, query, *arguments):
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError) as caught,
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(SQL(query, *arguments))
        return str(caught.exception)

    def _force(self, query, *arguments):
        """As the owner of the database, who can switch triggers off."""
        self.env.flush_all()
        self.env.cr.execute("SET session_replication_role = replica")
        self.env.cr.execute(SQL(query, *arguments))
        self.env.cr.execute("SET session_replication_role = origin")
        self.env.invalidate_all()

    def _wait(self):
        """A count that waits for an approver."""
        count = self._count(module_files("acme_base", 2000))
        self.assertEqual(count.state, "to_review")
        return count

    def test_r02_no_table_of_evidence_is_emptied(self):
        for table in (
            *("support_count", "support_count_module", "support_count_line"),
            *("support_count_flag", "support_count_growth", "support_cloc_report"),
            *("support_instance", "support_contract", "res_company"),
        ):
            with self.subTest(table=table):
                said = self._refused("TRUNCATE %s CASCADE", SQL.identifier(table))
                self.assertRegex(said, "never change|append-only")

    def test_tables_without_evidence_may_be_emptied(self):
        self._force("DELETE FROM support_cloc_report")
        self._force("UPDATE support_count SET state = 'draft'")
        self.env.cr.execute(
            "TRUNCATE support_count, support_count_module, support_count_line, "
            "support_count_flag, support_count_growth, support_cloc_report CASCADE"
        )
        self.env.invalidate_all()
        self.assertFalse(self.env["support.count"].search_count([]))

    def test_r02_nothing_is_put_under_a_decided_count_by_another_one(self):
        waiting = self._wait()
        module, line = self.count.module_ids, waiting.line_ids[:1]
        self._refused(
            "INSERT INTO support_count_line (count_id, module_id, path, code_lines) "
            "VALUES (%s, %s, 'forged.py', 5000)",
            waiting.id,
            module.id,
        )
        self._refused(
            "UPDATE support_count_line SET module_id = %s WHERE id = %s",
            module.id,
            line.id,
        )
        self._refused(
            "UPDATE support_count_line SET module_id = %s WHERE id = %s",
            line.module_id.id,
            self.count.line_ids[:1].id,
        )

    def test_r02_a_file_lies_under_a_module_of_its_own_count(self):
        one = self._wait()
        two = self._count(module_files("acme_base", 3000))
        self.assertEqual((one.state, two.state), ("to_review", "to_review"))
        said = self._refused(
            "UPDATE support_count_line SET module_id = %s WHERE id = %s",
            one.module_ids[:1].id,
            two.line_ids[:1].id,
        )
        self.assertIn("another line count", said)

    def test_a_file_of_another_count_is_noticed(self):
        waiting = self._wait()
        self._force(
            "INSERT INTO support_count_line (count_id, module_id, path, code_lines) "
            "VALUES (%s, %s, 'forged.py', 0)",
            waiting.id,
            self.count.module_ids.id,
        )
        for count in (waiting, self.count):
            self.assertIn("under a module of another", str(count._get_contradictions()))

    def test_r02_records_keep_their_number_and_their_author(self):
        records = [
            self.count,
            self.count.module_ids,
            self.count.line_ids,
            self.count.flag_ids,
            self.count.growth_ids,
            self.report,
        ]
        for record in records:
            self.assertTrue(record)
            for column, value in (
                ("id", 2**30),
                ("create_date", "2001-01-01"),
                ("create_uid", self.approver.id),
            ):
                with self.subTest(table=record._table, column=column):
                    self._refused(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(record._table),
                        SQL.identifier(column),
                        value,
                        record[:1].id,
                    )
        for record in records[1:4]:
            for column, value in (
                ("write_date", "2001-01-01"),
                ("write_uid", self.approver.id),
            ):
                with self.subTest(table=record._table, column=column):
                    self._refused(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(record._table),
                        SQL.identifier(column),
                        value,
                        record[:1].id,
                    )

    def test_who_made_it_may_be_deleted(self):
        user = self.env["res.users"].create({"name": "Gone", "login": "gone"})
        table = SQL.identifier("support_count_line")
        self._force(
            "UPDATE %s SET create_uid = %s, write_uid = %s", table, user.id, user.id
        )
        user.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.count.line_ids.create_uid)
        self.assertFalse(self.count._get_contradictions())

    def test_r02_growth_never_changes(self):
        growth = self.count.growth_ids
        self.assertEqual(growth.change, 300)
        for column, value in (
            ("change", 3),
            ("lines_after", 3),
            ("module", "other"),
            ("billed", False),
            ("kind", "gone"),
            ("count_id", self.reported_count.id),
        ):
            with self.subTest(column=column):
                self._refused(
                    "UPDATE support_count_growth SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    value,
                    growth.id,
                )
        self._refused("DELETE FROM support_count_growth WHERE id = %s", growth.id)
        self._refused(
            "INSERT INTO support_count_growth (count_id, instance_id, contract_id, "
            "company_id, date, module, kind, change) "
            "SELECT count_id, instance_id, contract_id, company_id, date, 'more', "
            "kind, 1 FROM support_count_growth WHERE id = %s",
            growth.id,
        )
        with self.assertRaises(UserError):
            growth.sudo().change = 3
        with self.assertRaises(UserError):
            growth.sudo().unlink()
        # What is behind it is named later.
        growth.with_user(self.consultant).origin_note = "Order 7"
        self.env.flush_all()

    def test_growth_that_was_changed_is_noticed(self):
        self.assertFalse(self.count._get_contradictions())
        later = self._count(module_files("acme_base", 310))
        self.assertEqual(later.growth_ids.change, 10)
        self.assertFalse(later._get_contradictions())
        self._force("UPDATE support_count_growth SET change = 3")
        for count in (self.count, later):
            self.assertIn("growth", str(count._get_contradictions()))
        self._force("DELETE FROM support_count_growth")
        self.assertIn("growth", str(later._get_contradictions()))

    def test_r02_reports_never_change(self):
        for column, value in (
            ("text", "x"),
            ("digest", "x"),
            ("odoo_version", "1.0"),
            ("code_lines", 1),
            ("date_first", "2001-01-01"),
            ("source_id", self.instance.source_ids.id),
        ):
            with self.subTest(column=column):
                self._refused(
                    "UPDATE support_cloc_report SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    value,
                    self.report.id,
                )
        self._refused("DELETE FROM support_cloc_report WHERE id = %s", self.report.id)
        # It may come again.
        self.env["support.cloc.report"]._receive(self.report.source_id, REPORT)
        self.env.flush_all()
        self.assertFalse(self.reported_count._get_contradictions())
        self._force(
            "UPDATE support_cloc_report SET text = 'x' WHERE id = %s", self.report.id
        )
        self.assertIn("report", str(self.reported_count._get_contradictions()))

    def test_r02_what_was_changed_is_not_approved(self):
        waiting = self._wait()
        lines = waiting.code_lines
        # Undecided, so the database lets it pass.
        for table in ("support_count", "support_count_module", "support_count_line"):
            column = "id" if table == "support_count" else "count_id"
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET code_lines = 10 WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    waiting.id,
                )
            )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no longer match the fingerprint"):
            waiting.with_user(self.approver).action_approve()
        self.assertEqual(waiting.state, "to_review")
        waiting.with_user(self.approver)._decide("rejected", "Forged.")
        again = self._count()
        self.assertEqual((again.state, again.code_lines), ("to_review", lines))
        again.with_user(self.approver).action_approve()
        self.assertEqual(again.state, "approved")
