# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..cloc import CountError
from ..proposal import AddressProposal
from .common import SupportInstanceCommon
from .repository import module_files

# Addresses need no look-up in this form, and nothing is asked for them here.
PUBLIC = "https://93.184.216.34/acme/odoo.git"
OTHER = "https://93.184.216.34/acme/moved.git"
ROLES = ("administrator", "key_user", "finance")


@tagged("post_install", "-at_install")
class TestSupportSourcePortal(SupportInstanceCommon, HttpCase):
    """The customer says where the code is; staff put it to use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repository = cls._create_repository()
        cls.repository.commit(module_files("acme_base", 12))
        cls.contract = cls._create_contract(user_id=cls.manager.id)
        cls.instance = cls._create_instance(cls.contract, cls.repository)
        cls.contract.action_activate()
        cls.instance.action_count()
        cls.users = {role: cls._create_person(role) for role in ROLES}
        for role, user in cls.users.items():
            cls.env["support.contract.contact"].create(
                {
                    "contract_id": cls.contract.id,
                    "partner_id": user.partner_id.id,
                    "role": role,
                }
            )

    @classmethod
    def _create_person(cls, login):
        user = new_test_user(cls.env, login, groups="base.group_portal")
        user.partner_id.parent_id = cls.customer
        return user

    def _send(self, user, url=PUBLIC, branch="main", instance=None, **data):
        """Send the form; returns the page that answers."""
        self.authenticate(user.login, user.login)
        data.setdefault("csrf_token", http.Request.csrf_token(self))
        data |= {
            "instance_id": (instance or self.instance).id,
            "url": url,
            "branch": branch,
        }
        return self.url_open(f"/my/support/{self.contract.id}/code", data=data)

    def _get_waiting(self):
        return self.instance.all_source_ids.filtered(lambda source: not source.active)

    def test_administrator_sends_an_address_and_staff_put_it_to_use(self):
        admin = self.users["administrator"]
        answer = self._send(admin)
        self.assertIn("we are looking at it", answer.text)
        # What we have entered ourselves tells of our own server: it is not shown.
        self.assertIn(PUBLIC, answer.text)
        self.assertNotIn(self.repository.url, answer.text)
        self.assertIn("message=code", answer.url)
        waiting = self._get_waiting()
        self.assertRecordValues(
            waiting,
            [
                {
                    "url": PUBLIC,
                    "branch": "main",
                    "kind": "git",
                    "entered_by_id": admin.partner_id.id,
                }
            ],
        )
        # Somebody of ours is told, and nothing else is read until then.
        self.assertEqual(self.instance.activity_ids.user_id, self.manager)
        self.assertEqual(self.instance.source_ids.url, self.repository.url)
        self.instance.action_count()
        self.assertEqual(self.instance.code_lines, 12)
        # Staff agree on a day; what the customer sends meanwhile changes nothing of it.
        self._send(admin, OTHER, "19.0")
        self.assertRecordValues(waiting, [{"url": PUBLIC, "branch": "main"}])
        other = self._get_waiting() - waiting
        self.assertRecordValues(other, [{"url": OTHER, "proposed": True}])
        self.assertEqual(len(self.instance.activity_ids), 1)
        self.contract._amend(
            self.company._support_today(),
            "Moved",
            [
                (self.instance.source_ids, {"active": False}),
                (waiting, {"active": True}),
            ],
        )
        self.assertEqual(self.instance.source_ids, waiting)
        self.assertRecordValues(
            waiting, [{"proposed": False, "entered_by_id": admin.partner_id.id}]
        )
        # That it came from the customer, which decides where it may lead, is a note of
        # the system: not even a manager takes it away.
        for name, value in (
            ("entered_by_id", False),
            ("date_entered", False),
            ("proposed", True),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                waiting.with_user(self.manager).write({name: value})
        # Nobody fills the list.
        for number in range(5):
            answer = self._send(admin, f"{OTHER}{number}")
        self.assertIn("We are looking at the addresses", answer.text)
        self.assertEqual(len(self._get_waiting().filtered("proposed")), 3)

    def test_addresses_of_our_network_are_refused_and_say_what_to_do(self):
        admin = self.users["administrator"]
        for url in (
            "http://127.0.0.1:8069/a.git",
            "https://10.1.2.3/a.git",
            "https://[::1]/a.git",
            "https://[::ffff:192.168.0.1]/a.git",
            "http://169.254.169.254/latest.git",
            "git@192.168.1.1:acme/odoo.git",
            "ssh://git@172.16.0.1/a.git",
            self.repository.url,
            "https://no-such-name.invalid/a.git",
        ):
            with self.subTest(url=url):
                answer = self._send(admin, url)
                self.assertIn(
                    "cannot reach this address from the internet", answer.text
                )
                self.assertIn("ask your contact", answer.text)
        for url, branch in (
            ("ext::sh -c touch% /tmp/x", "main"),
            ("--upload-pack=touch /tmp/x", "main"),
            ("javascript:alert(1)", "main"),
            ("", "main"),
            (PUBLIC, "--upload-pack=x"),
            (PUBLIC, "a b"),
        ):
            with self.subTest(url=url, branch=branch):
                answer = self._send(admin, url, branch)
                self.assertIn("no address of a repository", answer.text)
        answer = self._send(admin, PUBLIC, "")
        self.assertIn("Enter the branch", answer.text)
        answer = self._send(admin, "https://anna:hemligt@93.184.216.34/a.git")
        self.assertIn("Leave it out", answer.text)
        self.assertFalse(self._get_waiting())

    def test_address_is_asked_on_the_internet_only_until_staff_enter_one(self):
        """A name can lead elsewhere when it is asked than when it was entered."""
        self._send(self.users["administrator"])
        waiting = self._get_waiting()
        inside = self.repository.url
        person = self.users["administrator"].partner_id
        waiting.write({"url": inside, "entered_by_id": person.id})
        with self.assertRaisesRegex(CountError, "begins with https"):
            waiting._get_reader().count()
        waiting.write({"url": "http://127.0.0.1:9/a.git", "entered_by_id": person.id})
        with self.assertRaisesRegex(CountError, "leads to an internal address"):
            waiting._get_reader().count()
        # The same address again, with another branch: still the customer's.
        waiting.with_user(self.manager).write(
            {"url": "http://127.0.0.1:9/a.git", "branch": "main"}
        )
        self.assertTrue(waiting.entered_by_id)
        # The next version reads from the same place, by the same rule.
        self.assertEqual(
            waiting._prepare_next_version_vals()["entered_by_id"],
            waiting.entered_by_id.id,
        )
        # Staff enter another one and answer for it.
        waiting.with_user(self.manager).url = inside
        self.assertFalse(waiting.entered_by_id)
        self.assertEqual(waiting._get_reader().count().code, 12)

    def test_only_administrators_of_this_customer_send_one(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_portal")
        for user in (self.users["key_user"], self.users["finance"], stranger):
            with self.subTest(user=user.login):
                answer = self._send(user)
                self.assertNotIn('name="code"', answer.text)
                page = self.url_open(f"/my/support/{self.contract.id}/code").text
                self.assertNotIn('name="code"', page)
        self.assertFalse(self._get_waiting())
        admin = self.users["administrator"]
        # Nor for a system of another agreement, nor from another site's form.
        other = self._create_instance(self._create_contract(), self.repository)
        answer = self._send(admin, instance=other)
        self.assertIn("not part of the agreement", answer.text)
        self.assertEqual(len(other.all_source_ids), 1)
        with mute_logger("odoo.http"):
            self._send(admin, csrf_token="wrong")
        self.assertFalse(self._get_waiting())
        self.authenticate(admin.login, admin.login)
        page = self.url_open(f"/my/support/{self.contract.id}/code").text
        self.assertIn('name="code"', page)

    def test_what_we_know_is_not_sent_twice(self):
        self._send(self.users["administrator"])
        answer = self._send(self.users["administrator"])
        self.assertIn("We know this address already", answer.text)
        with self.assertRaises(UserError):
            AddressProposal(self.instance, PUBLIC, "main", self.customer).make()
