# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .common import SupportInstanceCommon


@tagged("post_install", "-at_install")
class TestSupportLists(SupportInstanceCommon):
    """Lists read what their rows show for all of them at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        contracts = cls.env["support.contract"]
        for number in range(8):
            contract = cls._create_contract(
                partner_id=cls.env["res.partner"].create({"name": f"C{number}"}).id
            )
            instance = cls._create_instance(contract, billed=True)
            contracts |= contract
            for day in ("2026-09-01", "2026-10-01"):
                cls._create_count(instance, day, 1000 + 100 * number + int(day[6]))
        cls.contracts = contracts

    @classmethod
    def _create_count(cls, instance, day, lines):
        count = cls.env["support.count"].create(
            {
                "contract_id": instance.contract_id.id,
                "instance_id": instance.id,
                "company_id": instance.company_id.id,
                "date": day,
                "code_lines": lines,
                "billed_lines": lines,
                "total_lines": lines,
                "digest": f"{instance.id}{day}",
                "module_ids": [
                    Command.create(
                        {
                            "instance_id": instance.id,
                            "date": day,
                            "name": "customer",
                            "path": "customer",
                            "code_lines": lines,
                            "total_lines": lines,
                            "digest": f"{instance.id}{day}",
                            "billed": True,
                        }
                    )
                ],
            }
        )
        count._with_permission().state = "approved"
        return count

    def _count_queries(self, records, names):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        records.browse(records.ids).read(names)
        return self.env.cr.sql_log_count - before

    def _assert_constant(self, records, names):
        self._count_queries(records, names)  # what is read once per process
        few = self._count_queries(records[:2], names)
        self.assertEqual(self._count_queries(records, names), few)

    def test_contracts_need_no_query_each(self):
        names = ["display_name", "billed_lines", "count_count", "instance_count"]
        self._assert_constant(self.contracts, names)
        self.assertEqual(
            self.contracts.mapped("billed_lines"),
            [1000 + 100 * number for number in range(8)],
        )

    def test_instances_need_no_query_each(self):
        names = ["display_name", "last_count_id", "code_lines"]
        self._assert_constant(self.contracts.instance_ids, names)

    def test_counts_of_one_day_are_told_apart_by_time(self):
        instance = self.contracts.instance_ids[0]
        first, alone = instance.count_ids.sorted("date")
        second = self._create_count(instance, "2026-09-01", 1002)
        with self._unguarded():
            for count, time in ((first, "07:05"), (second, "13:30")):
                self.env.cr.execute(
                    "UPDATE support_count SET read_at = %s WHERE id = %s",
                    (f"2026-09-01 {time}:00", count.id),
                )
        self.env.invalidate_all()
        counts = (first | second | alone).with_context(tz="Europe/Stockholm")
        name = instance.display_name
        self.assertEqual(
            counts.mapped("display_name"),
            [
                f"{name}, 2026-09-01 09:05",
                f"{name}, 2026-09-01 15:30",
                f"{name}, 2026-10-01",
            ],
        )

    def test_counts_need_no_query_each(self):
        names = ["display_name", "previous_id", "difference", "hold_count"]
        self._assert_constant(self.contracts.count_ids, names)
