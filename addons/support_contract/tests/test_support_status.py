# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.support_contract.signing import mark_sent

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-08-24")
class TestSupportStatus(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls._create_contract(
            [("operations", "2026-09-01")], date_signed=False
        )

    def test_status_follows_the_agreement(self):
        draft, seen = self.draft, []
        seen.append(draft.status)
        mark_sent(draft, self.customer)
        seen.append(draft.status)
        draft.date_signed = "2026-08-24"
        seen.append(draft.status)
        draft.action_activate()
        seen.append(draft.status)
        self.assertEqual(seen, ["draft", "sent", "signed", "active"])
        found = self.env["support.contract"].search([("status", "=", "active")])
        self.assertIn(draft, found)
        with self.assertRaises(UserError):
            draft.with_user(self.manager).status = "ended"

    def test_change_of_what_was_sent_takes_it_back(self):
        """Customers see no draft any more, and the log says why."""
        draft = self.draft
        mark_sent(draft, self.customer)
        draft.note = "<p>What colleagues write is not agreed</p>"
        self.assertEqual(draft.status, "sent")
        draft.service_ids.price_unit = 2000.0
        self.assertEqual(draft.status, "draft")
        self.assertIn("after it was sent", draft.event_ids.sorted("id")[-1].note)
        mark_sent(draft, self.customer)
        self.assertEqual(draft.status, "sent")

    def test_checklist_before_activation(self):
        """Rows, ticked or not, instead of an error."""
        draft = self.draft
        self.assertEqual(draft.attention, "activation")
        self.assertEqual(draft.activation_left, 1)
        self.assertIn("Every service has a price", draft.activation_checks)
        self.assertIn("Enter the date", draft.activation_checks)
        with Form(draft) as form:
            form.date_signed = "2026-08-24"
            # It can be activated without saving first.
            self.assertFalse(form.activation_left)
        self.assertEqual(draft.attention, "signed")

    def test_coming(self):
        contract = self.draft
        contract.date_signed = "2026-08-24"
        contract.action_activate()
        self.assertIn("Operations begins", contract.coming)
        contract._amend(
            date(2026, 12, 1),
            "Review",
            [(contract.service_ids, {"price_unit": 2600.0})],
        )
        contract.invalidate_recordset()
        self.assertIn("2,400.00 → ", contract.coming.replace("\xa0", " "))
        with freeze_time("2026-12-01"):
            contract.invalidate_recordset()
            self.assertFalse(contract.coming)

    def test_form_has_four_buttons_and_five_tabs_at_most(self):
        """Of whatever is installed; the rest is in the menu."""
        arch = etree.fromstring(self.env["support.contract"].get_view()["arch"])
        shown = "[not(@invisible='1' or @invisible='True')]"
        stats = arch.xpath(f"//div[@name='button_box']/button{shown}")
        self.assertLessEqual(len(stats), 4)
        self.assertLessEqual(len(arch.xpath("//notebook/page")), 5)
        for button in arch.xpath("//header/button"):
            self.assertIn("btn-primary", button.get("class"))
