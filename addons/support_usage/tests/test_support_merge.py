# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportMerge(SupportUsageCommon):
    """Two contacts turn out to be one customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.env["res.partner"].create(
            {"name": "Björkdals Snickeri", "is_company": True}
        )
        cls.other = cls._create_active_contract(
            partner_id=cls.twin.id, terms_id=cls.metered.id
        )
        clerk = new_test_user(
            cls.env, "clerk", groups="base.group_user,base.group_partner_manager"
        )
        cls.Merge = cls.env["base.partner.merge.automatic.wizard"]
        cls.clerk = clerk

    def _merge(self, user=None):
        wizard = self.Merge.with_user(user) if user else self.Merge.sudo()
        wizard._merge((self.customer | self.twin).ids, self.customer)

    def test_equal_references_are_named(self):
        """By who may merge contacts and sees neither contracts nor usage."""
        self._record(self._row(reference="2026-09 OCR"))
        self._record(self._row(reference="2026-09 OCR", contract=self.other.name))
        with (
            self.assertRaisesRegex(
                UserError,
                "Björkdal Snickeri AB and Björkdals Snickeri both have.*2026-09 OCR",
            ),
            self.env.cr.savepoint(),
        ):
            self._merge(self.clerk)
        self.assertTrue(self.twin.exists())
        self.other.usage_ids.reference = "2026-09 OCR, twin"
        self._merge()
        self.assertFalse(self.twin.exists())
        self.assertEqual(
            (self.contract | self.other).usage_ids.partner_id, self.customer
        )

    def test_charges_and_usage_of_both_are_kept(self):
        self._record(self._row(reference="a"))
        self._record(self._row(reference="b", contract=self.other.name))
        self._run_cron("2026-10-01")
        charges = (self.contract | self.other).charge_ids
        self._merge()
        self.assertEqual(len(charges.exists()), 4)
        self.assertEqual(charges.partner_id, self.customer)
        self.assertEqual(charges.move_id.partner_id, self.customer)
