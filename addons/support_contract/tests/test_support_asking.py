# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..asking import MOST_OPEN, Asking
from ..links import make_token
from .common import SupportContractCommon

MAY = {
    "administrator": {"question", "order", "end"},
    "key_user": {"question"},
    "finance": {"question"},
}


@tagged("post_install", "-at_install")
class TestSupportAsking(SupportContractCommon, HttpCase):
    """Who of the customer asks and orders what, and what comes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract([("operations", "2026-09-01")])
        cls.contract._set_state("active")
        cls.contract.user_id = cls.manager
        cls.users = {role: cls._create_person(role) for role in MAY}
        for role, user in cls.users.items():
            cls.env["support.contract.contact"].create(
                {
                    "contract_id": cls.contract.id,
                    "partner_id": user.partner_id.id,
                    "role": role,
                }
            )
        cls.rival = cls.env["res.partner"].create(
            {"name": "Lövdalen Glas AB", "is_company": True}
        )
        cls.stranger = cls._create_person("stranger", cls.rival)
        cls.url = f"/my/support/{cls.contract.id}"
        cls.token = make_token(cls.contract, cls.users["administrator"].partner_id)

    @classmethod
    def _create_person(cls, login, company=None):
        user = new_test_user(cls.env, login, groups="base.group_portal")
        user.partner_id.write(
            {"parent_id": (company or cls.customer).id, "email": f"{login}@example.com"}
        )
        return user

    def _open(self, user, query=""):
        login = user.login if user else None
        self.authenticate(login, login)
        return html.fromstring(self.url_open(self.url + query).content)

    def _send(self, user, kind, text="Why?", query="", **data):
        """Send a form as its page would, if the page would have it or not."""
        self._open(user, query)
        data |= {"kind": kind, "text": text}
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(f"{self.url}/ask{query}", data=data)

    def _ask(self, user, kind="question", text="Why?", choice="", contract=None):
        contract = (contract or self.contract).with_user(user).sudo()
        return Asking(contract, kind, user.partner_id).ask(text, choice)

    def test_each_role_has_its_forms_and_no_other(self):
        kinds = MAY["administrator"]
        for role, user in self.users.items():
            forms = self._open(user).cssselect("details[name^=ask_]")
            names = {form.get("name").removeprefix("ask_") for form in forms}
            self.assertEqual(names & kinds, MAY[role], role)
            for kind in kinds:
                before = len(self.contract.question_ids)
                answer = self._send(user, kind)
                self.contract.invalidate_recordset()
                made = len(self.contract.question_ids) - before
                with self.subTest(role=role, kind=kind):
                    self.assertEqual(made, kind in MAY[role])
                    self.assertEqual("message=asked" in answer.url, kind in MAY[role])

    def test_nobody_else_asks(self):
        other = self._create_contract([("patch", "2026-09-01")])
        for user, query in (
            (self.stranger, ""),
            (None, ""),
            (None, "?access_token=wrong"),
            (None, f"?access_token={make_token(other, other.partner_id)}"),
            (None, f"?access_token={make_token(self.contract, self.rival)}"),
        ):
            self._send(user, "question", query=query)
            self.assertFalse(self.contract.question_ids)
        # What is no form of ours either, and what another site sends.
        self._send(self.users["administrator"], "nonsense")
        with self.assertLogs("odoo.http", "WARNING"):
            self.url_open(f"{self.url}/ask", data={"kind": "question", "text": "X"})
        self.assertFalse(self.contract.question_ids)
        with self.assertRaisesRegex(UserError, "not we"):
            self._ask(self.manager)

    def test_whoever_has_the_link_asks_as_whom_it_was_sent_to(self):
        answer = self._send(None, "order", query=f"?access_token={self.token}")
        self.assertIn(self.token, answer.url)
        self.assertEqual(
            self.contract.question_ids.partner_id,
            self.users["administrator"].partner_id,
        )
        # A link opens no more than its person may.
        key_user = self.users["key_user"].partner_id
        query = f"?access_token={make_token(self.contract, key_user)}"
        self._send(None, "order", query=query)
        self.assertEqual(len(self.contract.question_ids), 1)
        self._send(None, "question", "Mine", query=query)
        text = self._open(None, query).text_content()
        self.assertIn("Mine", text)
        self.assertNotIn("Why?", text)

    def test_receipt_to_do_answer_and_both_on_the_page(self):
        user = self.users["key_user"]
        question = self._ask(user, text="Is <b>it</b> down?")
        self.assertEqual(question.activity_ids.user_id, self.manager)
        [receipt] = question.message_ids.filtered("subject")
        self.assertEqual(receipt.partner_ids, user.partner_id)
        self.assertIn("Is &lt;b&gt;it&lt;/b&gt; down?", receipt.body)
        self.assertIn(self.url, receipt.body)
        self.assertNotIn(self.token, receipt.body)
        self.assertRecordValues(
            receipt.notification_ids,
            [{"res_partner_id": user.partner_id.id, "notification_type": "email"}],
        )
        mine = question.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Write the answer"):
            mine.action_answer()
        mine.answer = "No, <i>it</i> runs."
        page = self._open(user)
        self.assertIn("We are on it", page.text_content())
        self.assertNotIn("it runs", page.text_content())
        mine.action_answer()
        self.assertRecordValues(
            question, [{"state": "answered", "answered_by_id": self.manager.id}]
        )
        self.assertFalse(question.activity_ids)
        answer = question.message_ids.filtered("subject").sorted("id")[-1]
        self.assertEqual(answer.partner_ids, user.partner_id)
        self.assertIn("No, &lt;i&gt;it&lt;/i&gt; runs.", answer.body)
        text = self._open(user).text_content()
        self.assertIn("Is <b>it</b> down?", text)
        self.assertIn("No, <i>it</i> runs.", text)
        with self.assertRaisesRegex(UserError, "answered already"):
            mine.action_answer()

    def test_who_sees_what_was_asked(self):
        self._ask(self.users["key_user"], text="Of the key user")
        self._ask(self.users["administrator"], "end", text="Of the administrator")
        seen = {
            "administrator": (True, True),
            "key_user": (True, False),
            "finance": (False, False),
        }
        for role, user in self.users.items():
            text = self._open(user).text_content()
            found = ("Of the key user" in text, "Of the administrator" in text)
            self.assertEqual(found, seen[role], role)
        self.contract._amend(
            self.company._support_today(),
            "Sold",
            [(self.contract, {"partner_id": self.rival.id})],
        )
        heir = self.stranger.partner_id
        self.env["support.contract.contact"].create(
            {
                "contract_id": self.contract.id,
                "partner_id": heir.id,
                "role": "administrator",
            }
        )
        text = self._open(self.stranger).text_content()
        self.assertIn("Ask a question", text)
        self.assertNotIn("Of the key user", text)

    def test_what_is_ordered_and_ended_is_of_this_agreement(self):
        user = self.users["administrator"]
        patch = self.env.ref("support_contract.service_type_patch")
        other = self._create_contract([("patch", "2026-09-01")])
        order = self._ask(user, "order", "", str(patch.id))
        self.assertEqual(order.type_id, patch)
        self.assertIn(patch.name, order.text)
        end = self._ask(user, "end", "", str(self.contract.service_ids.id))
        self.assertEqual(end.service_id, self.contract.service_ids)
        # Nothing changed by asking.
        self.assertEqual(self.contract.state, "active")
        self.assertFalse(self.contract.service_ids.date_end)
        for kind, choice in (
            ("order", str(self.type_operations.id)),
            ("end", str(other.service_ids.id)),
            ("end", "0"),
            ("order", "x"),
        ):
            with self.assertRaisesRegex(UserError, "one of the lines"):
                self._ask(user, kind, "X", choice)

    def test_bad_input_says_what_to_do_and_keeps_the_text(self):
        user = self.users["administrator"]
        with self.assertRaisesRegex(UserError, "Write what"):
            self._ask(user, text="  ")
        with self.assertRaisesRegex(UserError, "too long"):
            self._ask(user, text="x" * 5000)
        answer = self._send(user, "order", "Soon & <b>", choice="x")
        page = html.fromstring(answer.content)
        form = page.cssselect("details[name=ask_order]")[0]
        self.assertIsNotNone(form.get("open"))
        self.assertIn("one of the lines", form.cssselect("[role=alert]")[0].text)
        self.assertEqual(form.cssselect("textarea")[0].text, "Soon & <b>")
        for _number in range(MOST_OPEN):
            self._ask(user)
        with self.assertRaisesRegex(UserError, "Call us"):
            self._ask(user)

    def test_what_was_asked_is_nobody_s_to_change(self):
        question = self._ask(self.users["key_user"])
        mine = question.with_user(self.manager)
        for vals in ({"text": "Else"}, {"state": "answered"}, {"kind": "order"}):
            with self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            self.env["support.question"].with_user(self.manager).create({})
        mine.answer = "Because."
        mine.action_answer()
        with self.assertRaisesRegex(UserError, "stays"):
            mine.answer = "Or not."
        with self.assertRaises(UserError):
            question.unlink()
        with self.assertRaises(AccessError):
            question.with_user(self.users["key_user"]).read(["text"])
