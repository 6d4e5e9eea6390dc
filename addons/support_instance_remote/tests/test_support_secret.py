# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What keeps the secret of a repository keeps the key of a running Odoo."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.support_instance.cloc import (
    AccessRefused,
    CountError,
    SourceRefused,
)
from odoo.addons.support_instance.cloc.addresses import open_secret

# The module, not its class: that would be run here once more as it is.
from odoo.addons.support_instance.tests import test_support_secret as secret


@tagged("post_install", "-at_install")
class TestSupportSecretRemote(secret.TestSupportSecret):
    """All that is tried on a Git source, with a running Odoo beside it."""

    # Odoo leaves the tests of the other class out otherwise.
    allow_inherited_tests_method = True

    def setUp(self):
        super().setUp()
        self.key = self._create_credential(kind="api", host="odoo.example.com")
        self.instance.source_ids = [
            Command.create(
                {
                    "kind": "remote",
                    "url": "https://odoo.example.com",
                    "credential_id": self.key.id,
                }
            )
        ]
        self.remote = self.instance.source_ids - self.git
        self.targets = {
            "support.credential": self.credential | self.key,
            "support.source": self.git | self.remote,
        }

    def test_an_address_of_an_odoo_changed_in_the_database_is_sent_nothing(self):
        """Not even by somebody who can write SQL."""
        for url in ("https://evil.example.net", "http://odoo.example.com"):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE support_source SET url = %s WHERE id = %s",
                [url, self.remote.id],
            )
            self.env.invalidate_all()
            reader = self.remote._get_reader()
            with self.subTest(url=url), self.assertRaises(CountError) as caught:
                open_secret(reader.server.key, "api", reader.server.url)
            self.assertIsInstance(caught.exception, AccessRefused | SourceRefused)
            # Nor by the readers themselves, which would have asked that address.
            with self.assertRaises(CountError):
                reader.count(timeout=5)

    def test_a_key_that_was_entered_for_https_is_not_sent_in_clear(self):
        for user in (self.manager, self.env.user):
            with self.assertRaisesRegex(ValidationError, "without encryption"):
                self.remote.with_user(user).url = "http://odoo.example.com"

    def test_a_password_in_the_address_of_an_odoo_does_not_reach_the_database(self):
        """Nor its log, which may have every statement: it is refused before."""
        url = f"https://acme:{secret.SECRET}@odoo.example.com"
        vals = {"url": url, "kind": "remote", "credential_id": False}
        for command in (Command.update(self.git.id, vals), Command.create(vals)):
            with (
                self.assertLogs("odoo.sql_db", "DEBUG") as logs,
                self.assertRaisesRegex(ValidationError, "contains a password"),
            ):
                self.env["res.partner"].search([], limit=1)
                self.instance.source_ids = [command]
            self.assertNotIn(secret.SECRET, "".join(logs.output))
