# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SupportBillingCommon


class SupportScreensCommon(SupportBillingCommon):
    """Contracts with three services, whose lines were counted and of which a month is
    due.
    """

    @classmethod
    def _create_counted(cls, number):
        """Active contracts of a customer each; one of 1,234 lines costs
        13 × 180.00 + 2,400.00 + 495.00 = 5,235.00.
        """
        contracts = cls.env["support.contract"]
        for index in range(number):
            contract = cls._create_contract(
                [
                    ("maintenance", "2026-09-01"),
                    ("operations", "2026-09-01"),
                    ("patch", "2026-09-01"),
                ],
                partner_id=cls.env["res.partner"].create({"name": f"C{index}"}).id,
            )
            instance = cls._create_instance(contract)
            contract.action_activate()
            count = (
                cls.env["support.count"]
                .sudo()
                .create(
                    {
                        "contract_id": contract.id,
                        "instance_id": instance.id,
                        "company_id": instance.company_id.id,
                        "date": "2026-08-31",
                        "code_lines": 1234,
                        "billed_lines": 1234,
                        "total_lines": 1234,
                        "digest": f"{instance.id}",
                        "module_ids": [
                            Command.create(
                                {
                                    "instance_id": instance.id,
                                    "date": "2026-08-31",
                                    "name": "customer",
                                    "path": "customer",
                                    "code_lines": 1234,
                                    "total_lines": 1234,
                                    "digest": f"{instance.id}",
                                    "billed": True,
                                }
                            )
                        ],
                    }
                )
            )
            count._with_permission().state = "approved"
            contracts += contract
        return contracts

    def _assert_constant(self, work):
        """Whatever it shows of eight contracts takes as many queries as of two.

        :param work: function that does what opening a screen does
        """
        with self._on("2026-10-01"):
            self._create_counted(2)
            self._count_queries(work)  # what is read once per process
            few = self._count_queries(work)
            self._create_counted(6)
            self.assertEqual(self._count_queries(work), few)

    def _count_queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with self.env.cr.savepoint() as savepoint:
            work()
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            savepoint.rollback()
        return queries


@tagged("post_install", "-at_install")
class TestSupportScreens(SupportScreensCommon):
    """No screen asks the database once more for each contract."""

    def test_preview(self):
        own = self.env["support.billing.preview"].with_user(self.accountant)
        self._assert_constant(own.action_open_all)
        with self._on("2026-10-01"):
            action = own.action_open_all()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(set(preview.invoice_ids.mapped("amount_untaxed")), {5235.0})
        self.assertEqual(preview.invoice_count, 8)

    def test_reconciliation(self):
        own = self.env["support.reconciliation"].with_user(self.accountant)
        self._assert_constant(lambda: own.create({}).action_show())
        with self._on("2026-10-01"):
            own.create({}).action_show()
        found = own.env["support.reconciliation.line"].search([])
        self.assertEqual(sum(found.mapped("expected")), 8 * 5235.0)

    def test_overview(self):
        own = self.env["support.billing.overview"].with_user(self.accountant)
        self._assert_constant(own.action_open)

    def test_first_page_is_that_of_the_role(self):
        Overview = self.env["support.overview"]
        for user, model, view in (
            (self.manager, "support.overview", "support_overview_manager_view_form"),
            (self.accountant, "support.billing.overview", ""),
            (self.consultant, "support.overview", "support_overview_view_form"),
        ):
            with self.subTest(user.login):
                action = Overview.with_user(user).action_open()
                if user != self.consultant:
                    # Nothing was invoiced yet.
                    self.assertEqual(action["res_model"], "support.get.started")
                    action = Overview.with_user(user)._get_role_page()
                self.assertEqual(action["res_model"], model)
                if view:
                    shown = self.env["ir.ui.view"].browse(action["views"][0][0])
                    self.assertEqual(shown.xml_id.split(".")[1], view)

    def test_manager_page(self):
        """Two contracts of 5,235.00 and 2,400.00, the latter's order number is missing:
        of eight the queries are those of two.
        """
        own = self.env["support.overview"].with_user(self.manager)
        names = ["invoiced", "expected", "need_count", "needs", "change_ids"]
        names += ["soon_ids", "ending_count"]

        def look():
            page = own.browse(own._get_role_page()["res_id"])
            return page.read([*names, "activity_ids"])[0]

        self._assert_constant(look)
        self._create_active_contract(billing_order_required=True)
        self._create_active_contract(billing_policy="draft")
        self._run_cron("2026-10-01")
        with self._on("2026-10-02"):
            page = look()
        money = self.company.currency_id.format
        self.assertEqual(page["invoiced"], money(8 * 5235.0))
        self.assertEqual(page["expected"], money(8 * 5235.0 + 2400.0))
        self.assertEqual(page["need_count"], 9)
        self.assertEqual(page["needs"], "1 failed, 8 posted and not sent")
        with self.assertRaises(AccessError):
            own.with_user(self.consultant).create({}).read(["invoiced"])

    def test_run_billing_now_leads_to_its_run(self):
        contracts = self.env["support.contract"].with_user(self.accountant)
        shown = contracts.action_run_billing()["params"]["next"]
        run = self.env[shown["res_model"]].browse(shown["res_id"])
        self.assertEqual((run._name, run.state), ("support.billing.run", "waiting"))
