# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.support_scope.tests.common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeOrder(SupportScopeCommon):
    """Time has one payer: its contract, or an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_hour, cls.prepaid = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "service_policy": policy,
                    "uom_id": cls.env.ref("uom.product_uom_hour").id,
                    "list_price": 1000,
                    "taxes_id": False,
                }
                for name, policy in (
                    ("By the Hour", "delivered_timesheet"),
                    ("Prepaid", "ordered_prepaid"),
                )
            ]
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 10})
                    for product in (cls.by_hour, cls.prepaid)
                ],
            }
        )
        cls.order.action_confirm()
        cls.hour_item, cls.prepaid_item = cls.order.order_line
        cls.project.write({"allow_billable": True, "partner_id": cls.customer.id})
        cls.ordered = cls.env["project.project"].create(
            {
                "name": "Ordered",
                "allow_timesheets": True,
                "allow_billable": True,
                "partner_id": cls.customer.id,
                "sale_line_id": cls.hour_item.id,
            }
        )

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return groups | cls.quick_ref("sales_team.group_sale_manager")

    def _assert_of_the_contract(self, lines):
        self.env.flush_all()
        lines.invalidate_recordset()
        for line in lines:
            self.assertFalse(line.so_line)
            self.assertTrue(line.support_verdict)
        self.assertFalse(sum(self.order.order_line.mapped("qty_delivered")))

    def _create_maps(self, project):
        """Rates of employees from before the project was put under its contract."""
        contract, project.support_contract_id = project.support_contract_id, False
        rates = self.env["project.sale.line.employee.map"].create(
            {
                "project_id": project.id,
                "employee_id": self.anna.id,
                "sale_line_id": self.hour_item.id,
            }
        )
        project.sale_line_id = False
        project.support_contract_id = contract
        return rates

    def test_item_of_the_task(self):
        task = self._create_task(sale_line_id=self.hour_item.id)
        self.assertEqual(task.sale_line_id, self.hour_item)
        billed = self._log(task, 60)
        included = self._log(
            task, 60, support_category_id=self._category("technical_environment").id
        )
        self.assertEqual(included.support_verdict, "included")
        self._assert_of_the_contract(billed | included)
        self.assertFalse(billed._timesheet_determine_sale_line())
        # Another item on the task later is no way in either.
        task.sale_line_id = self.prepaid_item
        self._assert_of_the_contract(billed | included)

    def test_rates_of_employees(self):
        task = self._create_task(sale_line_id=self.hour_item.id)
        before = self._log(task, 60)
        rates = self._create_maps(self.project)
        self.assertEqual(self.project.pricing_type, "employee_rate")
        after = self._log(task, 60)
        on_project = self.env["account.analytic.line"].create(
            {
                "name": "On no task",
                "project_id": self.project.id,
                "employee_id": self.anna.id,
                "unit_amount": 1,
                "date": "2026-09-11",
            }
        )
        self.project._update_timesheets_sale_line_id()
        rates.is_cost_changed = True
        self._assert_of_the_contract(before | after | on_project)

    def test_by_hand(self):
        task = self._create_task()
        line = self._log(task, 60)
        for item in self.order.order_line:
            with self.assertRaises(ValidationError):
                line.so_line = item
            with self.assertRaises(ValidationError):
                self._log(task, 60, so_line=item.id, is_so_line_edited=True)
        with self.assertRaises(ValidationError):
            self.hour_item.timesheet_ids = [Command.link(line.id)]
        # From an order, its item is the default of new time.
        with self.assertRaises(ValidationError):
            self.env["account.analytic.line"].with_context(
                default_so_line=self.hour_item.id, default_is_so_line_edited=True
            ).create(
                {
                    "name": "Work",
                    "task_id": task.id,
                    "employee_id": self.anna.id,
                    "unit_amount": 1,
                    "date": "2026-09-11",
                }
            )

    def test_paid_item_is_no_way_out_of_the_contract(self):
        self.order._create_invoices(final=True).action_post()
        self.assertTrue(self.prepaid_item.qty_invoiced)
        line = self._log(self._create_task(), 60)
        with self.assertRaises(ValidationError):
            line.write({"so_line": self.prepaid_item.id, "is_so_line_edited": True})

    def test_import(self):
        task = self._create_task()
        xmlids = {
            record: record._export_rows([["id"]])[0][0]
            for record in (task, self.project, self.anna, self.hour_item)
        }
        names = ["name", "task_id/id", "project_id/id", "employee_id/id"]
        row = ["Work", xmlids[task], xmlids[self.project], xmlids[self.anna]]
        Line = self.env["account.analytic.line"]
        result = Line.load(
            [*names, "unit_amount", "date", "so_line/id"],
            [[*row, "1", "2026-09-10", xmlids[self.hour_item]]],
        )
        self.assertFalse(result["ids"])
        result = Line.load([*names, "unit_amount", "date"], [[*row, "1", "2026-09-10"]])
        self._assert_of_the_contract(Line.browse(result["ids"]))

    def test_charged_time_gets_no_item(self):
        task = self._create_task(sale_line_id=self.hour_item.id)
        line = self._log(task, 60)
        self.assertEqual(self._bill_september().amount, 1215)
        with self.assertRaises(UserError):
            line.so_line = self.hour_item
        self._create_maps(self.project)
        task.project_id = self.ordered
        self.env.flush_all()
        self.assertFalse(line.so_line)
        self.assertFalse(self.hour_item.qty_delivered)

    def test_order_projects_stay_out(self):
        task = self.env["project.task"].create(
            {"name": "Ordered", "project_id": self.ordered.id}
        )
        line = self._log(task, 60)
        self.assertEqual(line.so_line, self.hour_item)
        self.assertFalse(line.support_verdict)
        self.assertEqual(self.hour_item.qty_delivered, 1)
        with self.assertRaisesRegex(ValidationError, self.order.name):
            self.ordered.support_contract_id = self.contract
        with self.assertRaises(ValidationError):
            self.project.sale_line_id = self.hour_item
        self.assertFalse(self._bill_september())

    def test_what_an_order_billed_stays_its_own(self):
        project = self.ordered.copy({"name": "Later", "sale_line_id": False})
        project.write({"allow_billable": True, "partner_id": self.customer.id})
        task, prepaid = self.env["project.task"].create(
            [
                {"name": name, "project_id": project.id, "sale_line_id": item.id}
                for name, item in (
                    ("By hour", self.hour_item),
                    ("Paid", self.prepaid_item),
                )
            ]
        )
        billed = self._log(task, 60)
        paid = self._log(prepaid, 60)
        self.env.flush_all()
        invoice = self.order._create_invoices(final=True)
        invoice.action_post()
        self.assertEqual(billed.timesheet_invoice_id, invoice)
        late = self._log(task, 60)
        self.assertEqual(late.so_line, self.hour_item)
        project.support_contract_id = self.contract
        self.env.flush_all()
        self.assertRecordValues(
            billed | paid | late,
            [
                {"so_line": self.hour_item.id, "support_verdict": False},
                {"so_line": self.prepaid_item.id, "support_verdict": False},
                {"so_line": False, "support_verdict": "undecided"},
            ],
        )
        (task | prepaid).scope_category_id = self._category("new_configuration")
        charge = self._bill_september()
        self.assertEqual(charge.time_line_ids, late)
        self.assertEqual(charge.amount, 1215)
        self.assertEqual(self.hour_item.qty_delivered, 1)

    def test_time_before_its_day_is_the_orders(self):
        task = self._create_task(sale_line_id=self.hour_item.id)
        line = self._log(task, 60, "2026-08-31")
        self.assertEqual(line.so_line, self.hour_item)
        line.date = "2026-09-01"
        self._assert_of_the_contract(line)
