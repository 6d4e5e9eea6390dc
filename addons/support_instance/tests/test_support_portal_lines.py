# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.tests import tagged

from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportPortalLines(SupportInstanceCommon):
    """The lines that a customer pays for, on the customer's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repository = cls._create_repository()
        cls.contract = cls._create_contract([("maintenance", "2026-09-01")])
        cls.instance = cls._create_instance(cls.contract, cls.repository)
        with freeze_time("2026-09-01"):
            cls.contract.action_activate()

    def _count(self, day, lines, approve=True):
        self.repository.commit(module_files("acme_base", lines))
        with freeze_time(f"{day} 12:00:00"):
            self.instance.action_count()
            count = self.instance.count_ids.sorted("id")[-1]
            if approve and count.state == "to_review":
                count.action_approve()
        return count

    def _read(self, day, sections=frozenset({"lines"})):
        self.env.invalidate_all()
        with freeze_time(f"{day} 12:00:00"):
            return self.contract._prepare_portal_overview(sections)["lines"]

    def test_only_what_is_approved_and_covered(self):
        self.assertFalse(self._read("2026-09-04"), "nothing was counted")
        self._count("2026-09-05", 1000)
        self.assertEqual(
            self._count("2026-09-06", 9000, approve=False).state, "to_review"
        )
        (row,) = self._read("2026-09-07")
        self.assertEqual((row["lines"], row["modules"].name), (1000, "acme_base"))
        self.assertFalse(self._read("2026-09-07", frozenset({"costs", "services"})))
        with freeze_time("2026-09-08 08:00:00"):
            self.contract._amend(
                self.contract.company_id._support_today(),
                "Not covered any more",
                [(self.instance.module_ids, {"covered": False})],
            )
        self._count("2026-09-08", 1001)
        (row,) = self._read("2026-09-09")
        self.assertEqual((row["lines"], row["modules"].billed), (0, False))

    def test_what_is_not_billed_is_no_line_of_the_fee(self):
        test = self._create_instance(
            self._create_contract(), self.repository, name="Test", role="test"
        )
        self.repository.commit(module_files("acme_base", 10))
        test.action_count()
        self.assertFalse(test.billed)
        self.assertFalse(test.contract_id._prepare_portal_lines())
