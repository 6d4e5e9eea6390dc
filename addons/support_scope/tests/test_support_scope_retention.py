# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import zipfile
from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.support_contract_billing.retention import get_until

from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeRetention(SupportScopeCommon):
    """Time and approvals behind an invoice, for as long as the invoice."""

    def _approve(self, task, day):
        approval = self.env["support.work.approval"].create(
            {
                "name": task.name,
                "contract_id": task.support_contract_id.id,
                "partner_id": self.customer.id,
                "res_model": task._name,
                "res_id": task.id,
                "hours": 1,
                "type_id": self.consulting.id,
            }
        )
        approval.sudo()._with_permission().write(
            {
                "state": "accepted",
                "date_decided": f"{day} 10:00:00",
                "decided_name": "Eva Ek",
                "decided_via": "phone",
            }
        )
        return approval

    def _refuse(self, query, *arguments):
        self.env.flush_all()
        with (
            self.subTest(query),
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(SQL(query, *arguments))

    def test_time_and_approval_are_kept(self):
        task = self._create_task()
        approval = self._approve(task, "2026-09-02")
        line = self._log(task, 60)
        charge = self._bill_september()
        self.assertEqual(charge.state, "invoiced")
        included = self._log(self._create_task(), 30, "2026-09-11")
        included.sudo().support_shown_move_id = charge.move_id
        self.assertEqual(
            get_until(line | included),
            dict.fromkeys((line | included).ids, date(2034, 1, 1)),
        )
        self.assertEqual(get_until(approval), {approval.id: date(2034, 1, 1)})
        content = charge.move_id._make_support_evidence()
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            time = file.read("time.csv").decode()
            self.assertIn("Anna", time)
            self.assertIn(f"{line.id},2026-09-10", time)
            self.assertIn(f"{included.id},2026-09-11", time)
            self.assertIn("Eva Ek", file.read("approvals.csv").decode())
            self.assertIn("60", file.read("charged_days.csv").decode())
        self._refuse("DELETE FROM account_analytic_line WHERE id = %s", line.id)
        self._refuse("DELETE FROM account_analytic_line WHERE id = %s", included.id)
        self._refuse("DELETE FROM support_work_approval WHERE id = %s", approval.id)
        self._refuse("DELETE FROM res_users WHERE id = %s", self.worker.id)
        name = self.worker.name
        self.anna.name = "Anna Married"
        self.worker.partner_id.name = "Anna Married"
        self.env.flush_all()
        names = self.env["support.former.name"].search([])
        self.assertEqual(
            set(names.mapped(lambda one: (one.table_name, one.name))),
            {("hr_employee", "Anna"), ("res_partner", name)},
        )

    def test_old_time_is_deleted_with_its_charge(self):
        contract = self._create_scope_contract(
            billed_through="2014-08-31",
            time_billed_from="2014-09-01",
            service_ids=[
                Command.create(
                    {"type_id": self.type_operations.id, "date_start": "2014-09-01"}
                )
            ],
        )
        self.project.support_contract_id = contract
        task = self._create_task()
        approval = self._approve(task, "2014-09-02")
        with self._on("2014-09-10"):
            line = self._log(task, 60, "2014-09-10")
        self._run_cron("2014-10-01")
        charge = contract.charge_ids.filtered(lambda one: one.kind == "time")
        self.assertEqual((charge.state, line.support_charge_id), ("invoiced", charge))
        deletion = self.env["support.deletion"].create({})
        deletion.action_delete()
        with self.enter_registry_test_mode():
            self.env.ref(
                "support_contract_billing.ir_cron_delete_unkept"
            ).sudo().method_direct_trigger()
        self.assertEqual(deletion.figures["2014"]["account.analytic.line"], 1)
        self.assertEqual(deletion.figures["2014"]["support.work.approval"], 1)
        self.assertFalse(deletion.kept_figures)
        self.assertFalse(line.exists() or charge.exists() or approval.exists())
        self.assertIn("1 Time", self.env["support.history"].search([])[0].note)
