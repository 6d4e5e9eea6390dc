# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.support_evidence_mixin import evidence_digest
from .common import SupportInstanceCommon
from .repository import module_files

OTHER = {"char": "x", "text": "x", "integer": 7, "date": "2001-01-01"}


@tagged("post_install", "-at_install")
class TestSupportCountEvidence(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(
            {
                **module_files("acme_base", 120),
                **module_files("acme_sale", 30),
                "acme_sale/page.html": "<p/>\n",
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.instance.action_count()
        self.count = self.instance.count_ids
        self.assertEqual(self.count.state, "approved")

    def _refused(self, query):
        """The database refuses the statement; returns what it says."""
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError) as caught,
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(query)
        return str(caught.exception)

    def _get_evidence(self, count=None):
        count = count or self.count
        return [count, count.module_ids, count.line_ids, count.flag_ids]

    def _other_value(self, field, record):
        if field.type == "boolean":
            return not record[field.name]
        if field.type == "selection":
            return next(key for key in field.get_values(self.env) if key != "approved")
        if field.type == "many2one":
            # A record that is there, so that no foreign key refuses it.
            return self._others[field.comodel_name]
        if field.type == "datetime":
            return "2001-01-01 00:00:00"
        return OTHER[field.type]

    def test_r02_the_database_refuses_every_change_of_a_decided_count(self):
        other = self._create_repository()
        other.commit(module_files("acme_other", 5))
        contract = self._create_contract()
        instance = self._create_instance(contract, other)
        instance.action_count()
        company = self.env["res.company"].create({"name": "Another company"})
        self._others = {
            "support.contract": contract.id,
            "support.instance": instance.id,
            "res.company": company.id,
            "res.users": self.approver.id,
            "support.count": instance.count_ids.id,
            "support.count.module": instance.count_ids.module_ids.id,
            "support.source": instance.source_ids.id,
        }
        for records in self._get_evidence():
            record = records[:1]
            for name in (
                *records._get_evidence_fields(),
                *records._get_evidence_links(),
            ):
                with self.subTest(table=record._table, column=name):
                    said = self._refused(
                        SQL(
                            "UPDATE %s SET %s = %s WHERE id = %s",
                            SQL.identifier(record._table),
                            SQL.identifier(name),
                            self._other_value(record._fields[name], record),
                            record.id,
                        )
                    )
                    self.assertIn("never changes", said)

    def test_r02_every_stored_column_is_evidence_or_known_not_to_be(self):
        free = {
            # What Odoo itself keeps, and follows from others.
            *("id", "create_uid", "create_date", "write_uid", "write_date"),
            # When the code was last read: it says nothing else than the count.
            "date_confirmed",
        }
        for records in self._get_evidence():
            stored = {
                field.name
                for field in records._fields.values()
                if field.store and field.column_type
            }
            named = {*records._get_evidence_fields(), *records._get_evidence_links()}
            self.assertEqual(stored - named - free, set(), records._name)
            self.assertEqual(named - stored, set(), records._name)
            related = [
                field.name
                for field in records._fields.values()
                if field.store and field.related
            ]
            self.assertFalse(related, "A stored related field rewrites evidence.")

    def test_r02_the_database_refuses_to_delete_or_add(self):
        for records in self._get_evidence():
            table = SQL.identifier(records._table)
            self._refused(SQL("DELETE FROM %s WHERE id = %s", table, records[:1].id))
        line = self.count.line_ids[:1]
        self._refused(
            SQL(
                "INSERT INTO support_count_line (count_id, module_id, path) "
                "VALUES (%s, %s, 'more.py')",
                self.count.id,
                line.module_id.id,
            )
        )

    def test_r02_the_orm_refuses_the_superuser_too(self):
        for records in self._get_evidence():
            record = records[:1].sudo()
            for name in (*record._get_evidence_fields(), *record._get_evidence_links()):
                with self.assertRaises(UserError):
                    record.write({name: False})
            with self.assertRaisesRegex(UserError, "evidence"):
                record.unlink()
        with self.assertRaises(UserError):
            self.env["support.count.module"].create(
                {"count_id": self.count.id, "name": "smuggled"}
            )

    def test_undecided_count_can_go(self):
        self.repository.commit({"acme_sale/broken.py": "def :\n"})
        self.instance.action_count()
        waiting = self.instance.count_ids.filtered(lambda c: c.state == "to_review")
        lines = waiting.line_ids
        waiting.unlink()
        self.env.flush_all()
        self.assertFalse(lines.exists())

    def test_rejected_count_is_evidence_too(self):
        self.repository.commit({"acme_sale/broken.py": "def :\n"})
        self.instance.action_count()
        waiting = self.instance.count_ids.filtered(lambda c: c.state == "to_review")
        waiting.with_user(self.approver)._decide("rejected", "No.")
        self._refused(
            SQL("UPDATE support_count SET state = 'approved' WHERE id = %s", waiting.id)
        )

    def test_a_later_version_can_change_the_tables(self):
        """New columns are filled, types change, and what is no evidence is written."""
        cr = self.env.cr
        self.env.flush_all()
        cr.execute(
            """
            ALTER TABLE support_count ADD COLUMN access_token varchar DEFAULT 'none';
            UPDATE support_count SET access_token = 'some';
            ALTER TABLE support_count ALTER COLUMN revision TYPE text;
            ALTER TABLE support_count ALTER COLUMN code_lines TYPE bigint;
            ALTER TABLE support_count_line ADD COLUMN note varchar;
            UPDATE support_count_line SET note = 'new';
            ALTER TABLE support_count_line ALTER COLUMN path TYPE text;
            ALTER TABLE support_count_module DROP COLUMN date;
            UPDATE support_count SET write_date = now() at time zone 'utc';
            """
        )
        self._refused(SQL("UPDATE support_count SET revision = 'forged'"))
        self._refused(SQL("UPDATE support_count_module SET code_lines = 1"))

    def test_update_of_the_module_makes_the_trigger_anew(self):
        self.env.flush_all()
        for model in (
            *("support.count", "support.count.module"),
            *("support.count.line", "support.count.flag"),
        ):
            self.env[model].init()
        self.env.cr.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname LIKE 'support_count%_evidence'"
        )
        tables = {row[0] for row in self.env.cr.fetchall()}
        self.assertLessEqual(
            {
                *("support_count", "support_count_module"),
                *("support_count_line", "support_count_flag"),
            },
            tables,
        )
        self._refused(SQL("UPDATE support_count SET billed_lines = 0"))

    def test_source_may_go_and_the_count_still_names_it(self):
        module = self.count.module_ids[:1]
        self.instance.source_ids.unlink()
        self.env.flush_all()
        module.invalidate_recordset()
        self.assertFalse(module.source_id)
        self.assertEqual(module.source_name, f"{self.repository.url} (main)")
        self.assertFalse(self.count._get_contradictions())

    def test_r02_digest_covers_every_column(self):
        """Whatever somebody with the database's owner rights changes, it shows."""
        self.assertFalse(self.count._get_contradictions())
        notification = self.count.with_user(self.consultant).action_verify()
        self.assertEqual(notification["params"]["type"], "success")
        self.env.cr.execute("SET session_replication_role = replica")
        self._others = dict.fromkeys(
            (
                *("support.contract", "support.instance", "res.company"),
                *("support.count", "support.count.module"),
            ),
            2**30,
        )
        for records in self._get_evidence():
            record = records[:1]
            for name in record._get_evidence_fields():
                if name in record._get_decision_fields():
                    continue
                with self.subTest(table=record._table, column=name):
                    self.env.cr.execute("SAVEPOINT forge")
                    self.env.cr.execute(
                        SQL(
                            "UPDATE %s SET %s = %s WHERE id = %s",
                            SQL.identifier(record._table),
                            SQL.identifier(name),
                            self._other_value(record._fields[name], record),
                            record.id,
                        )
                    )
                    self.env.invalidate_all()
                    digest = self.count._compute_evidence_digest()
                    self.assertNotEqual(digest, self.count.digest)
                    self.env.cr.execute("ROLLBACK TO SAVEPOINT forge")
                    self.env.invalidate_all()

    def test_order_of_fields_does_not_matter_to_the_digest(self):
        fields = self.count._get_statements()[0]
        backwards = dict(reversed(fields.items()))
        self.assertNotEqual(list(fields), list(backwards))
        self.assertEqual(evidence_digest(fields), evidence_digest(backwards))

    def test_forged_lines_do_not_add_up(self):
        self.env.flush_all()
        self.env.cr.execute("SET session_replication_role = replica")
        self.env.cr.execute(
            SQL(
                "UPDATE support_count SET billed_lines = 10 WHERE id = %s",
                self.count.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(len(self.count._get_contradictions()), 2)
        notification = self.count.action_verify()
        self.assertEqual(notification["params"]["type"], "danger")
