# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account_peppol.tools.peppol_iap_connector import PEPPOL_PROXY_URLS
from odoo.addons.support_contract_billing.watching import BillingWatch

from .common import L10nSeSupportCommon

DOCUMENT = (
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##"
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
ACTIVITY = ["support_contract_billing.activity_sending_failed"]


class AccessPoint(BaseHTTPRequestHandler):
    """Answers look-ups, and documents as the server says."""

    def log_message(self, *_arguments):
        """Quiet."""

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        """The look-up of a participant."""
        asked = parse_qs(urlsplit(self.path).query)["peppol_identifier"][0]
        self.server.asked.append(asked)
        formats = self.server.participants.get(asked)
        if formats is None:
            self._answer(404, {"error": {"code": "NOT_FOUND", "message": "none"}})
            return
        services = [{"href": "x", "document_id": one} for one in formats]
        self._answer(200, {"result": {"identifier": asked, "services": services}})

    def do_POST(self):
        """A document that is sent."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        documents = body["params"].get("documents", [])
        self.server.sent += documents
        if self.server.down:
            self._answer(500, {})
            return
        messages = [{"message_uuid": f"uuid-{one}"} for one in range(len(documents))]
        self._answer(200, {"result": {"messages": messages}})


@tagged("post_install", "-at_install")
class TestL10nSePeppol(L10nSeSupportCommon):
    """An invoice is sent when somebody can have received it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = ThreadingHTTPServer(("127.0.0.1", 0), AccessPoint)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.server = server
        url = f"http://127.0.0.1:{server.server_port}"
        # Where Odoo's access point is; its own code asks there.
        cls.startClassPatcher(patch.dict(PEPPOL_PROXY_URLS, {"test": url}))
        cls.env["ir.config_parameter"].set_param("account_peppol.edi.mode", "test")
        cls.company.email = "faktura@example.com"
        cls.swedish.write(
            {
                "company_registry": "5560360793",
                "peppol_eas": "0007",
                "peppol_endpoint": "5560360793",
                "invoice_sending_method": "peppol",
                "email": "ekonomi@bjorkdal.example.com",
                "street": "Storgatan 1",
                "city": "Luleå",
                "zip": "97231",
            }
        )
        cls.contract = cls._create_active_contract(
            billing_policy="send",
            partner_id=cls.swedish.id,
            billing_reference="Eva Björk",
        )

    def setUp(self):
        super().setUp()
        server = self.server
        server.participants, server.asked, server.sent = {}, [], []
        server.down = False

    def _join(self, *formats):
        self.server.participants["0007:5560360793"] = formats or (DOCUMENT,)

    def _register(self):
        """The company can send; its key signs what it asks."""
        key = (
            self.env["certificate.key"]
            .sudo()
            ._generate_rsa_private_key(self.company, name="peppol.key")
        )
        self.env["account_edi_proxy_client.user"].create(
            {
                "id_client": "support-test",
                "company_id": self.company.id,
                "proxy_type": "peppol",
                "edi_mode": "test",
                "edi_identification": "0007:5560000001",
                "refresh_token": "c2VjcmV0",
                "private_key_id": key.id,
            }
        )
        self.company.partner_id.write(
            {"peppol_eas": "0007", "peppol_endpoint": "5560000001"}
        )
        self.company.account_peppol_proxy_state = "sender"

    def _send(self, bill=True):
        if bill:
            self._run_cron("2026-10-01")
        with self._on("2026-10-01"), self.enter_registry_test_mode():
            for name in (
                "account.ir_cron_account_move_send",
                "support_contract_billing.ir_cron_check_sending",
            ):
                self.env.ref(name).sudo().method_direct_trigger()
        return self.contract.invoice_ids

    def _get_waiting(self):
        overview = self.env["support.billing.overview"].create({})
        line = overview.line_ids.filtered(lambda one: one.name == "Posted, not sent")
        return self.env["account.move"].search(line.res_domain or [("id", "=", 0)])

    def _get_mails(self, move):
        return move.message_ids.notification_ids.filtered(
            lambda one: one.res_partner_id == self.swedish
        )

    def _assert_not_sent(self, move, words):
        """It waits for a person, who reads what to do, once."""
        self.assertEqual(move.state, "posted")
        self.assertFalse(self.contract.billing_error)
        self.assertFalse(move.is_move_sent)
        self.assertFalse(move.sending_data)
        self.assertIn(words, move.support_sending_error)
        self.assertIn(move.name, self.contract.sending_error)
        activity = self.contract.activity_search(ACTIVITY)
        self.assertEqual(len(activity), 1)
        for word in ("singleton", "Error", "psycopg"):
            self.assertNotIn(word, activity.note)
        self.assertIn(move, self._get_waiting())
        self.assertIn("did not reach", " ".join(BillingWatch(self.env).get_warnings()))
        self.assertFalse(self.server.sent)
        self.assertFalse(self._get_mails(move))

    def test_customer_who_is_not_on_peppol(self):
        self._register()
        move = self._send()
        self.assertEqual(self.server.asked[-1], "0007:5560360793")
        self._assert_not_sent(move, "is not found on Peppol")
        # Joined since: it is looked up again, and one is sent.
        self._join()
        with self._on("2026-10-02"):
            self.contract.with_user(self.accountant).action_send_again()
        self._send(bill=False)
        self.assertEqual(len(self.server.sent), 1)
        self.assertTrue(move.is_move_sent)
        self.assertFalse(self.contract.sending_error)
        self.assertFalse(self.contract.activity_search(ACTIVITY))
        self.assertFalse(self._get_waiting())

    def test_customer_who_takes_other_documents(self):
        self._register()
        self._join("urn:another")
        self._assert_not_sent(self._send(), "takes no invoices in the format")

    def test_customer_without_an_address_on_peppol(self):
        self._register()
        self.swedish.write({"peppol_eas": False, "peppol_endpoint": False})
        self._assert_not_sent(self._send(), "has no address on Peppol")

    def test_company_that_is_not_registered(self):
        self._join()
        self._assert_not_sent(self._send(), "is not registered for Peppol")

    def test_sending_method_by_hand(self):
        self.swedish.invoice_sending_method = "manual"
        move = self._send()
        self._assert_not_sent(move, "by hand")
        # A person has downloaded it.
        self.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["manual"]
        )
        self._send(bill=False)
        self.assertFalse(self.contract.sending_error)

    def test_by_email_where_the_policy_allows_it(self):
        self.company.support_email_instead = True
        move = self._send()
        self.assertTrue(self._get_mails(move))
        self.assertTrue(move.is_move_sent)
        self.assertFalse(self.contract.sending_error)

    def test_never_by_email_to_public_customers(self):
        self.company.support_email_instead = True
        self.swedish.support_public_customer = True
        self._assert_not_sent(self._send(), "is not registered for Peppol")

    def test_public_customer_whose_method_is_email(self):
        self.swedish.support_public_customer = True
        self.swedish.invoice_sending_method = "email"
        self._assert_not_sent(self._send(), "public customer")

    def test_public_customer_is_mailed_by_nobody(self):
        """Whoever chooses e-mail in the window is told why not."""
        self.swedish.support_public_customer = True
        move = self._send()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"sending_methods": ["email"]})
        )
        with self.assertRaisesRegex(UserError, "public customer"):
            wizard.action_send_and_print()
        self.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["email"]
        )
        self._assert_not_sent(move, "public customer")

    def test_public_customer_pays_within_30_days(self):
        self.swedish.support_public_customer = True
        long = self.env.ref("account.account_payment_term_45days")
        self.swedish.property_payment_term_id = long
        self._run_cron("2026-10-01")
        self.assertIn("within 30 days, not 45", self.contract.billing_error)
        self.assertFalse(self.contract.invoice_ids)
        self.swedish.property_payment_term_id = self.env.ref(
            "account.account_payment_term_30days"
        )
        self._run_cron("2026-10-02")
        self.assertFalse(self.contract.billing_error)
        self.assertEqual(self.contract.invoice_ids.state, "posted")

    def test_found_on_peppol_by_itself_and_not_registered(self):
        """Nobody chose a method: Odoo takes e-mail, and Peppol if it is found."""
        self._join()
        self.swedish.invoice_sending_method = False
        move = self._send()
        self.assertTrue(self._get_mails(move))
        self.assertFalse(self.contract.sending_error)

    def test_registered_company_sends_once(self):
        self._register()
        self._join()
        move = self._send()
        self.assertEqual(len(self.server.sent), 1)
        self.assertTrue(move.is_move_sent)
        self.assertEqual(move.peppol_move_state, "processing")
        self.assertFalse(self.contract.sending_error)
        # Odoo has committed that it was sent, and then something else failed.
        with self._on("2026-10-02"):
            move._queue_sending()
        # As if its document had not been written down; it cannot be deleted.
        move.ubl_cii_xml_id.res_field = False
        move.invalidate_recordset(["ubl_cii_xml_id", "ubl_cii_xml_file"])
        self._send(bill=False)
        self.assertEqual(len(self.server.sent), 1)

    def test_refused_later_by_the_customers_access_point(self):
        self._register()
        self._join()
        move = self._send()
        self.server.sent.clear()
        move.peppol_move_state = "error"
        self._send(bill=False)
        self._assert_not_sent(move, "did not accept")

    def test_e_invoice_without_a_reference(self):
        """PEPPOL-EN16931-R003: the receiver would refuse it."""
        self._register()
        self._join()
        self.contract._with_permission().billing_reference = False
        move = self._send()
        self.assertIn("only with a reference", move.support_sending_error)
        self.assertFalse(move.is_move_sent)
        self.assertFalse(self.server.sent)
        self.assertEqual(len(self.contract.activity_search(ACTIVITY)), 1)

    def test_access_point_that_is_down(self):
        self._register()
        self._join()
        self.server.down = True
        with self.assertLogs("odoo.addons", "WARNING"):
            move = self._send()
        self.server.sent.clear()
        self._assert_not_sent(move, "returned an error")
