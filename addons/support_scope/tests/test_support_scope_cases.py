# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .case_table import FACTORS, SupportCasesCommon, read_table


@tagged("post_install", "-at_install")
class TestSupportScopeCases(SupportCasesCommon):
    """The clauses as a table that a consultant can check."""

    def test_every_row(self):
        rows = [row for row in read_table() if not row["Upgrade"]]
        for name, factor in FACTORS.items():
            record = self.env.ref(f"support_scope.work_factor_{name}")
            self.assertEqual(record.factor, factor)
        self._run_rows(rows)

    def test_table_is_whole(self):
        rows = read_table()
        self.assertEqual(
            [row["No"] for row in rows], [str(n + 1) for n in range(len(rows))]
        )
        self.assertGreaterEqual(len(rows), 90)
        shipped = self.env["ir.model.data"].search(
            [
                ("module", "=", "support_contract"),
                ("model", "=", "support.scope.category"),
            ]
        )
        codes = (
            self.env["support.scope.category"]
            .browse(shipped.mapped("res_id"))
            .mapped("code")
        )
        self.assertLessEqual(set(codes), {row["Category"] for row in rows})
        clauses = {part for row in rows for part in row["Clause"].split(", ")}
        expected = {f"R{number}" for number in range(4, 18)}
        self.assertLessEqual(expected, clauses)
