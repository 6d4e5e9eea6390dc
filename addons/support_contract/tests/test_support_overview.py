# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tests import tagged

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportOverview(SupportContractCommon):
    """The consultant's first page: my customers, and one field to find the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["support.overview"].with_user(cls.consultant)

    def _create_mine(self, number):
        for index in range(number):
            self._create_contract(
                [("operations", "2026-09-01"), ("patch", "2026-09-01")],
                partner_id=self.env["res.partner"].create({"name": f"C{index}"}).id,
                user_id=self.consultant.id,
            ).action_activate()

    def _look(self):
        action = self.own.action_open_my_day()
        page = self.own.browse(action["res_id"])
        page.read()
        page.customer_ids.read()
        return page

    def test_my_customers_and_what_they_may_have(self):
        self._create_mine(1)
        other = self._create_contract()
        page = self._look()
        self.assertEqual(page.customer_ids.mapped("partner_id.name"), ["C0"])
        rights = str(page.customer_ids.rights)
        self.assertIn("Maintenance ✗", rights)
        self.assertIn("Hot-fix ✓", rights)
        self.assertEqual((page.ending_count, page.soon_ids.ids), (0, []))
        service = page.customer_ids.contract_id.sudo().service_ids[0]
        today = self.env.company._support_today()
        service._with_permission().date_end = fields.Date.add(today, days=10)
        page = self._look()
        self.assertEqual(page.ending_count, 1)
        self.assertIn("end", page.soon_ids.mapped("kind"))
        self.assertEqual(page.customer_ids.next_deadline, page.soon_ids[0].date)
        # By the number of a contract or the name of a customer, mine or not.
        for text in (other.name, other.partner_id.name[:5]):
            with self.subTest(text):
                page.query = text
                page.action_find()
                self.assertIn(other, page.customer_ids.contract_id)
        self.assertNotIn("text-bg-success", str(page.customer_ids.rights))
        self.assertEqual(page.customer_ids[0].action_open()["res_id"], other.id)

    def test_queries_do_not_grow_with_the_customers(self):
        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._look()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self._create_mine(2)
        measure()  # what is read once per process
        few = measure()
        self._create_mine(6)
        self.assertEqual(measure(), few)
