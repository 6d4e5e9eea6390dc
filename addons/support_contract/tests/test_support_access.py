# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.support_contract.signing import LINK, mark_sent

from .common import SupportContractCommon

MODELS = (
    "support.service.type",
    "support.terms",
    "support.terms.price",
    "support.contract",
    "support.contract.service",
)


@tagged("post_install", "-at_install")
class TestSupportAccess(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract()

    def test_nobody_outside_reads_anything(self):
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        portal = new_test_user(self.env, "portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (employee, portal, public):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_consultant_reads_but_does_not_write(self):
        for record in (
            self.contract,
            self.contract.service_ids,
            self.terms,
            self.terms.price_ids,
        ):
            own = record[:1].with_user(self.consultant)
            with self.subTest(model=record._name):
                self.assertTrue(own.has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(own.has_access(operation), operation)

    def test_consultant_prepares_a_draft_and_decides_nothing(self):
        """Customer, services and conditions; never terms, signature or activation."""
        mine = self.env["support.contract"].with_user(self.consultant)
        with Form(mine) as form:
            form.partner_id = self.customer
            with form.service_ids.new() as line:
                line.type_id = self.type_operations
            with form.condition_ids.new() as condition:
                condition.key = "discount"
                condition.value = 12.0
        draft = form.record
        self.assertEqual(draft.terms_id, draft._default_terms_id())
        draft.service_ids.date_start = "2026-10-01"
        draft.condition_ids.unlink()
        draft.note = "<p>Calls back on Monday</p>"
        self.assertTrue(draft.may_prepare)
        terms = self.terms.copy({"version": "other"})
        terms.action_publish()
        for vals in (
            {"terms_id": terms.id},
            {"date_signed": "2026-08-20"},
            {"billed_through": "2026-08-31"},
            {"name": "S9"},
            {"status": "active"},
            {"state": "active"},
            {"contact_ids": [Command.create({"partner_id": self.customer.id})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                draft.write(vals)
        with self.assertRaises(AccessError):
            mine.create({"partner_id": self.customer.id, "terms_id": self.terms.id})
        for action in ("activate", "send", "cancel", "draft", "end", "amend"):
            with (
                self.subTest(action=action),
                self.assertRaises(UserError),
            ):
                method = getattr(draft, f"action_{action}")
                Form.from_action(self.env(user=self.consultant.id), method())
        with self.assertRaises(AccessError):
            draft.message_post(body=LINK, message_type="comment")
        with self.assertRaises(AccessError):
            draft.unlink()
        draft.message_post(body="A colleague's note")

    def test_consultant_leaves_what_was_sent_or_agreed(self):
        """But for notes and the talk about it."""
        sent = self._create_contract([("operations", "2026-09-01")], date_signed=False)
        mark_sent(sent, self.customer)
        active = self._create_contract([("operations", "2026-09-01")])
        active.action_activate()
        for contract in (sent, self.contract, active):
            own = contract.with_user(self.consultant)
            with self.subTest(status=own.status):
                self.assertFalse(own.may_prepare)
                for record, vals in (
                    (own, {"partner_id": self.company.partner_id.id}),
                    (own.service_ids, {"date_start": "2026-12-01"}),
                    (own, {"note": "x", "user_id": False}),
                    (own, {"service_ids": [Command.clear()]}),
                ):
                    with self.assertRaises(UserError):
                        record.write(vals)
                with self.assertRaises(UserError):
                    self.env["support.contract.condition"].with_user(
                        self.consultant
                    ).create({"contract_id": own.id, "key": "discount", "value": 50.0})
                own.note = "<p>Prefers to be called</p>"
                own.message_post(body="Called")
                self.assertIn("Prefers", contract.note)

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for record in (
            self.contract,
            self.contract.service_ids,
        ):
            with self.subTest(model=record._name):
                found = self.env[record._name].with_user(stranger).search([])
                self.assertFalse(found & record)
                with self.assertRaises(AccessError):
                    record.with_user(stranger).read(["display_name"])
