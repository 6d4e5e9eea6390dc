# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..links import make_token
from ..signing import get_digest_to_sign, mark_sent
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportPortal(SupportContractCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        picture = io.BytesIO()
        Image.new("RGB", (30, 10), "navy").save(picture, "PNG")
        cls.picture = base64.b64encode(picture.getvalue()).decode()
        terms = cls.terms.copy({"version": "2", "sign_activates": True})
        terms.action_publish()
        cls.contract = cls._create_contract(
            [("operations", "2026-09-01")], date_signed=False, terms_id=terms.id
        )
        cls.customer_user = new_test_user(
            cls.env, "customer_user", groups="base.group_portal"
        )
        cls.customer_user.partner_id.parent_id = cls.customer
        cls.token = make_token(cls.contract, cls.customer)
        cls.contract.contact_ids = [
            Command.create(
                {
                    "partner_id": cls.customer_user.partner_id.id,
                    "role": "administrator",
                }
            )
        ]
        cls.stranger = new_test_user(cls.env, "stranger", groups="base.group_portal")

    def _sign(self, token, name="Alva Berg", signature=None):
        digest = get_digest_to_sign(self.contract)
        return self.make_jsonrpc_request(
            f"/my/support/{self.contract.id}/sign?digest={digest}",
            {
                "access_token": token,
                "name": name,
                "signature": self.picture if signature is None else signature,
            },
        )

    def _send(self):
        mark_sent(self.contract, self.customer)

    def test_customer_signs_with_the_link_and_the_contract_becomes_active(self):
        self._send()
        answer = self._sign(self.token)
        self.assertIn("message=signed", answer["redirect_url"])
        self.assertRecordValues(
            self.contract,
            [
                {
                    "state": "active",
                    "signed_by": "Alva Berg",
                    "date_signed": self.company._support_today(),
                }
            ],
        )
        self.assertTrue(self.contract.signature)
        message = self.contract.message_ids.filtered("attachment_ids")
        name = self.contract.name
        self.assertCountEqual(
            message.attachment_ids.mapped("name"),
            [f"{name}.pdf", f"{name} signature.pdf"],
        )
        self.assertIn("signed_by", self.contract.event_ids.mapped("field_name"))

    def test_signing_waits_for_what_is_missing(self):
        self._send()
        # Who signs is not bound to it.
        self.contract.billed_through = False
        self._sign(self.token)
        self.assertEqual(self.contract.state, "draft")
        self.assertIn("cannot become active", self.contract.activity_ids.summary)

    def test_signing_needs_the_token(self):
        self._send()
        for token in (None, "", "wrong", self.token[:-1]):
            with self.subTest(token=token):
                self.assertIn("error", self._sign(token))
        self.authenticate("stranger", "stranger")
        self.assertIn("error", self._sign(None))
        self.assertFalse(self.contract.signature)

    def test_signing_twice_without_a_name_or_with_rubbish(self):
        self._send()
        token = self.token
        self.assertIn("error", self._sign(token, name=" "))
        self.assertIn("error", self._sign(token, signature=""))
        self.assertIn("error", self._sign(token, signature="no picture"))
        self.assertFalse(self.contract.signed_by)
        self._sign(token)
        self.assertIn("signed already", self._sign(token)["error"])

    def test_customer_reads_the_agreement_and_a_stranger_does_not(self):
        self.contract.date_signed = "2026-08-20"
        self.contract.action_activate()
        url = f"/my/support/{self.contract.id}"
        self.authenticate("customer_user", "customer_user")
        page = self.url_open(url).text
        self.assertIn(self.contract.name, page)
        self.assertIn("Operations", page)
        self.assertIn(self.contract.name, self.url_open("/my/support").text)
        self.authenticate("stranger", "stranger")
        self.assertNotIn(self.contract.name, self.url_open(url).text)
        self.assertNotIn(self.contract.name, self.url_open("/my/support").text)
        self.authenticate(None, None)
        self.assertNotIn(self.contract.name, self.url_open(url).text)

    def test_agreement_says_what_an_hour_costs(self):
        kind = self.env.ref("support_contract.service_type_consulting")
        terms = self.terms.copy({"version": "hours"})
        price = terms.price_ids.create(
            {
                "terms_id": terms.id,
                "type_id": kind.id,
                "price_unit": 1350.0,
                "is_example": True,
            }
        )
        contract = self._create_contract(
            [("operations", "2026-09-01")], terms_id=terms.id
        )
        self.assertFalse(contract._get_hourly_rates())  # an example is no price
        price.is_example = False
        rates = contract._get_hourly_rates()
        self.assertEqual(len(rates), 2)
        self.assertIn("Consulting: ", rates[0])
        self.assertIn("1,350.00 an hour", rates[0].replace("\N{NO-BREAK SPACE}", " "))
        self.assertIn("less 10%", rates[1])

    def test_draft_is_for_those_with_the_link(self):
        self.authenticate("customer_user", "customer_user")
        url = f"/my/support/{self.contract.id}"
        self.assertNotIn(self.contract.name, self.url_open(url).text)
        self._send()
        self.authenticate(None, None)
        with_token = f"{url}?access_token={self.token}"
        self.assertIn("#modalsign", self.url_open(with_token).text)

    def test_portal_users_have_no_access_to_the_models(self):
        with self.assertRaises(AccessError):
            self.contract.with_user(self.customer_user).read(["name"])
