# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import config, mute_logger

from .. import vault
from ..cloc import AccessRefused
from ..cloc.addresses import open_secret
from .common import SupportInstanceCommon
from .repository import module_files

SECRET = "hemligt-ord-4711"
SPECIFICATION = {"specification": {"state": {}}}


@tagged("post_install", "-at_install")
class TestSupportCredential(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self._use_keys(Fernet.generate_key().decode())
        self.credential = self._create_credential()
        self.contract = self._create_contract()
        self.instance = self._create_instance(
            self.contract,
            source_ids=[
                Command.create(
                    {
                        "url": "https://git.example.com/acme/odoo.git",
                        "branch": "main",
                        "credential_id": self.credential.id,
                    }
                )
            ],
        )
        self.source = self.instance.source_ids

    def _use_keys(self, *keys):
        # The environment is where the key is; nothing of it is in the database.
        environment = patch.dict(os.environ, {vault.VARIABLE: ",".join(keys)})
        environment.start()
        self.addCleanup(environment.stop)
        self.env.invalidate_all()

    def _create_credential(self, **vals):
        return self.env["support.credential"].create(
            {
                "name": "Token of Björkdal",
                "host": "git.example.com",
                "login": "bjorkdal",
                "secret": SECRET,
                **vals,
            }
        )

    def _open(self, source):
        """The secret as the process that fetches gets it."""
        kind = "ssh" if source.is_ssh else "password"
        return open_secret(source.secret, kind, source.url, source.policy)

    def _get_stored(self, credential=None):
        credential = (credential or self.credential).sudo()
        return vault.decrypt(credential.secret_encrypted, **credential._get_binding())

    def test_the_fetching_process_gets_user_and_secret(self):
        source = self.source.with_user(self.consultant)._get_git_source()
        self.assertEqual((source.user, self._open(source)), ("bjorkdal", SECRET))
        self.assertNotIn(SECRET, repr(source))

    def test_nobody_reads_a_secret_back(self):
        Credential = self.env["support.credential"]
        for user in (self.consultant, self.manager, self.env.ref("base.user_admin")):
            credential = self.credential.with_user(user)
            with self.subTest(user=user.login):
                user.group_ids += self.env.ref("base.group_allow_export")
                names = [
                    name
                    for name in credential.fields_get()
                    if name != "secret_encrypted"
                ]
                told = [
                    credential.read(),
                    credential.read(names),
                    credential.web_read({"secret": {}, "name": {}, "state": {}}),
                    credential.export_data(["name", "secret"]),
                    self.source.with_user(user).read(),
                    self.source.with_user(user).export_data(
                        ["credential_id/secret", "url"]
                    ),
                    self.instance.with_user(user).read(),
                ]
                self.assertNotIn(SECRET, str(told))
                self.assertFalse(credential.secret)
                self.assertNotIn("secret_encrypted", credential.fields_get())
                encrypted = self.credential.sudo().secret_encrypted
                self.assertNotIn(encrypted, str(told))
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    credential.read(["secret_encrypted"])
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    credential.export_data(["secret_encrypted"])
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    Credential.with_user(user).search(
                        [("secret_encrypted", "=like", "gA%")]
                    )
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    self.env["support.source"].with_user(user).search(
                        [("credential_id.secret_encrypted", "=like", "gA%")]
                    )
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    Credential.with_user(user).formatted_read_group(
                        [], ["secret_encrypted"], ["__count"]
                    )
                with mute_logger("odoo.models"), self.assertRaises(AccessError):
                    Credential.with_user(user).search([], order="secret_encrypted")

    def test_a_secret_cannot_be_searched_or_grouped_by(self):
        Credential = self.env["support.credential"].with_user(self.manager)
        with mute_logger("odoo.fields", "odoo.orm.fields"):
            with self.assertRaises(ValueError):
                Credential.search([("secret", "like", SECRET[:4])])
            with self.assertRaises(ValueError):
                Credential.formatted_read_group([], ["secret"], ["__count"])
            with self.assertRaises(ValueError):
                Credential.search([], order="secret")

    def test_what_a_manager_enters_is_not_sent_back(self):
        with mute_logger("odoo.sql_db"):
            answer = (
                self.env["support.credential"]
                .with_user(self.manager)
                .browse()
                .web_save(
                    {"name": "N", "host": "git.example.com", "secret": SECRET},
                    {"name": {}, "secret": {}, "state": {}},
                )
            )
        self.assertEqual(answer[0]["state"], "stored")
        self.assertNotIn(SECRET, str(answer))
        with Form(self.credential.with_user(self.manager)) as form:
            form.secret = "another"
            form.name = "Renamed"
        self.assertEqual(self._get_stored(), "another")

    def test_only_managers_enter_secrets(self):
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.credential.with_user(self.consultant).secret = "x"
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.credential.with_user(self.consultant).write({"host": "evil.example"})
        self.assertEqual(self._get_stored(), SECRET)

    def test_the_database_has_nothing_in_clear(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(c)::text FROM support_credential c WHERE id = %s",
            [self.credential.id],
        )
        self.assertNotIn(SECRET, self.env.cr.fetchone()[0])
        copy = self.credential.copy()
        self.assertEqual(copy.state, "missing")
        # Nor does the text of one record open another.
        copy.sudo().secret_encrypted = self.credential.sudo().secret_encrypted
        self.env.invalidate_all()
        self.assertEqual(copy.state, "lost")

    def test_ciphertext_cannot_be_put_in_by_hand(self):
        vals = {"secret_encrypted": "x"}
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.credential.with_user(self.manager).write(vals)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.env["support.credential"].with_user(self.manager).create(
                {"name": "N", "host": "git.example.com", **vals}
            )

    def test_another_host_is_never_sent_the_secret(self):
        with self.assertRaisesRegex(ValidationError, "git.example.com only"):
            self.source.url = "https://evil.example.net/acme/odoo.git"
        with self.assertRaisesRegex(ValidationError, "git.example.com only"):
            self.source.url = "https://git.example.com:8443/acme/odoo.git"
        with self.assertRaisesRegex(ValidationError, "another kind"):
            self.source.url = "ssh://git.example.com/acme/odoo.git"
        # Not even if the credentials are redirected as well.
        self.source.credential_id = False
        self.credential.with_user(self.manager).host = "evil.example.net"
        self.source.write(
            {
                "url": "https://evil.example.net/acme/odoo.git",
                "credential_id": self.credential.id,
            }
        )
        self.assertEqual(self.credential.state, "lost")
        with self.assertRaisesRegex(AccessRefused, "Enter it again"):
            self.source._get_git_source()

    def test_hosts_are_names_of_hosts(self):
        for host in ("https://git.example.com", "a b", "x/y", "u@h", "-x", "", "h:1:2"):
            with self.subTest(host=host), self.assertRaises(ValidationError):
                self.credential.host = host
        for host in ("git.example.com:8443", "[2001:db8::1]", " GIT.example.com "):
            self.credential.host = host

    def test_without_a_key_saving_is_refused_and_counting_asks_again(self):
        self._use_keys("")
        with self.assertRaisesRegex(UserError, vault.VARIABLE):
            self._create_credential()
        with self.assertRaisesRegex(UserError, vault.OPTION):
            self.credential.secret = "new"
        self.assertEqual(self.credential.state, "lost")
        with self.assertRaisesRegex(UserError, "could not be counted.*no key"):
            self.instance.action_count()
        # What has no secret in it can be saved.
        self.credential.name = "Renamed"
        self._use_keys("not-a-key")
        with self.assertRaisesRegex(UserError, vault.VARIABLE):
            self.credential.secret = "new"

    def test_keys_are_exchanged_without_entering_anything_again(self):
        old, new = (Fernet.generate_key().decode() for _ in range(2))
        self._use_keys(old)
        credential = self._create_credential()
        self._use_keys(new, old)
        self.assertEqual(credential.state, "stored")
        credential.with_user(self.manager).action_encrypt_anew()
        self._use_keys(new)
        self.assertEqual(self._get_stored(credential), SECRET)
        # One that was under neither key is not touched.
        self.assertEqual(self.credential.state, "lost")
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            credential.with_user(self.consultant).action_encrypt_anew()

    def test_the_configuration_file_can_have_the_key(self):
        self._use_keys("")
        key = Fernet.generate_key().decode()
        with patch.dict(config.options, {vault.OPTION: key}):
            self.assertEqual(self._create_credential().state, "stored")

    def test_another_company_cannot_use_it(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = self._create_credential(company_id=company.id)
        with self.assertRaises(UserError):
            self.source.credential_id = other
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            other.with_user(self.manager).read(["name"])

    def test_what_is_entered_is_in_no_log(self):
        """Odoo notes the arguments of every call at its level “debug”."""
        model = self.env["support.credential"].with_user(self.manager)
        vals = {"name": "A", "host": "git.example.com", "secret": SECRET}
        wizard = self.env["support.upload.token"].with_user(self.manager)
        with self.assertLogs("odoo", "DEBUG") as logs:
            call_kw(model, "create", [[vals]], {})
            call_kw(model, "web_save", [self.credential.ids, vals], SPECIFICATION)
            call_kw(model, "onchange", [[], vals, ["host"], {"host": {}}], {})
            call_kw(model, "load", [[*vals], [[*vals.values()]]], {})
            call_kw(wizard, "create", [[{"token": SECRET}]], {})
        self.assertNotIn(SECRET, "".join(logs.output))
        # What was called by whom can be seen all the same.
        self.assertIn(
            f"call support.credential({self.credential.id},).web_save(",
            "".join(logs.output),
        )

    def test_a_password_in_an_address_does_not_reach_the_database(self):
        """Nor its log, which may have every statement: it is refused before."""
        for url in (
            f"https://acme:{SECRET}@git.example.com/a.git",
            f"https://{SECRET}@git.example.com/a.git",
        ):
            vals = {"url": url, "kind": "git", "credential_id": False}
            with (
                self.assertLogs("odoo.sql_db", "DEBUG") as logs,
                self.assertRaisesRegex(ValidationError, "contains a password"),
            ):
                self.env["res.partner"].search([], limit=1)
                self.source.write(vals)
            self.assertNotIn(SECRET, "".join(logs.output))
            with (
                self.assertLogs("odoo.sql_db", "DEBUG") as logs,
                self.assertRaisesRegex(ValidationError, "contains a password"),
            ):
                self.env["res.partner"].search([], limit=1)
                self.instance.source_ids = [Command.create(vals)]
            self.assertNotIn(SECRET, "".join(logs.output))

    def test_failures_tell_no_secret(self):
        """From a real git that fails, through the message, to what is stored."""
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 3))
        credential = self._create_credential(host="127.0.0.1:9")
        self.source.credential_id = False
        self.source.write(
            {"url": "https://127.0.0.1:9/a.git", "credential_id": credential.id}
        )
        with self.assertLogs("odoo", "DEBUG") as logs:
            with self.assertRaises(UserError) as caught:
                self.instance.action_count()
            self.env["res.partner"].search([], limit=1)
        self.assertNotIn(SECRET, str(caught.exception))
        self.assertNotIn(SECRET, "".join(logs.output))
        self.assertNotIn(SECRET, str(self.instance.message_ids.mapped("body")))
