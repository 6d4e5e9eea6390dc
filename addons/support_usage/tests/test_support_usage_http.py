# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import HttpCase, tagged

from ..controllers.usage import SCOPE
from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportUsageHttp(SupportUsageCommon, HttpCase):
    """`POST /support/usage`, as a program does it."""

    def _key(self, user=None, scope=SCOPE):
        keys = self.env["res.users.apikeys"].with_user(user or self.accountant).sudo()
        return keys._generate(scope, "Meter", Datetime.to_datetime("2099-01-01"))

    def _post(self, body, key=None, **headers):
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        return self.url_open(
            "/support/usage", data=body, headers=headers, method="POST"
        )

    def test_same_message_twice_is_once(self):
        key = self._key()
        for status in ("recorded", "known"):
            answer = self._post({"usage": [self._row()]}, key)
            self.assertEqual(answer.status_code, 200, answer.text)
            self.assertEqual(answer.json()["usage"][0]["status"], status)
        self.assertEqual(self.contract.usage_ids.create_uid, self.accountant)
        answer = self._post({"usage": [self._row(quantity=1)]}, key)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("312", answer.json()["rows"][0]["error"])
        self.assertEqual(self.contract.usage_ids.quantity, 312.0)

    def test_one_wrong_row_records_nothing(self):
        rows = [self._row(), self._row(reference="b", date="2099-01-01")]
        answer = self._post({"usage": rows}, self._key())
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.contract.usage_ids)

    def test_without_a_valid_key_nothing_happens(self):
        body = {"usage": [self._row()]}
        for headers in (
            {},
            {"Authorization": "Bearer "},
            {"Authorization": "Basic abc"},
            {"Authorization": f"Bearer {self._key(scope='other')}"},
            {"Authorization": "Bearer " + "0" * 40},
        ):
            answer = self._post(body, **headers)
            self.assertEqual(answer.status_code, 401, headers)
        key = self._key()
        self.accountant.active = False
        self.assertEqual(self._post(body, key).status_code, 401)
        self.assertFalse(self.contract.usage_ids)

    def test_key_of_a_consultant_may_not(self):
        answer = self._post({"usage": [self._row()]}, self._key(self.consultant))
        self.assertEqual(answer.status_code, 403)

    def test_key_opens_nothing_else(self):
        key = self._key()
        answer = self.url_open(
            "/json/2/support.usage/search",
            data="{}",
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
            },
        )
        self.assertEqual(answer.status_code, 401)

    def test_hostile_bodies(self):
        key = self._key()
        for body in (
            "",
            "{",
            "[]",
            "null",
            '{"usage": ',
            "[" * 100_000,
            b"\xff\xfe",
            '{"usage": {}}',
            '{"usage": []}',
            '{"usage": [1, null]}',
        ):
            answer = self._post(body, key)
            self.assertIn(answer.status_code, (400, 422), body[:20])
        self.assertEqual(self._post("x" * 2_000_001, key).status_code, 413)
        answer = self.url_open("/support/usage", method="GET")
        self.assertEqual(answer.status_code, 405)

    def test_formula_in_a_reference_is_no_formula_in_the_file(self):
        ocr = self.env.ref("support_contract_billing.service_type_ocr")
        terms = self.terms.copy({"version": "csv"})
        terms.price_ids = [Command.create({"type_id": ocr.id, "price_unit": 1.0})]
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        with self._on("2026-10-01"):
            self.env["support.usage"].with_user(self.accountant).create(
                {
                    "contract_id": contract.id,
                    "type_id": ocr.id,
                    "date": "2026-09-30",
                    "reference": '=HYPERLINK("x")',
                    "note": 'a;b"c',
                }
            )
        with self._on("2026-11-01"):
            contract.sudo()._bill()
        charge = contract.charge_ids.filtered("usage_ids")
        self.authenticate(self.consultant.login, self.consultant.login)
        answer = self.url_open(f"/support/charge/{charge.id}/usage.csv")
        self.assertIn("'=HYPERLINK", answer.content.decode("utf-8-sig"))
