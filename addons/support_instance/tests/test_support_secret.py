# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Nothing that people can write into a database gets at a secret in clear."""

import os
from itertools import product
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import vault
from ..cloc import AccessRefused, CountError, SourceRefused
from ..cloc.addresses import open_secret
from .common import SupportInstanceCommon

SECRET = "hemligt-ord-4711"

# What somebody would try, on credentials and on a source, whatever it is read by.
EXPRESSIONS = {
    "support.credential": (
        "object.secret",
        "object.sudo()._get_secret()",
        "object.sudo()._get_sealed()",
        "object.sudo()._get_sealed().text",
        "object.sudo()._get_state()",
        "object.sudo().secret_encrypted",
        "object.sudo().read(['secret', 'secret_encrypted'])",
        "object.sudo().export_data(['secret', 'secret_encrypted'])",
    ),
    "support.source": (
        "object._get_git_source().secret",
        "object._get_reader()",
        "object._get_reader().source.secret",
        "object._get_reader().source.secret.text",
        "object._get_reader().server.key",
        "object._get_reader().server.key.text",
        "object.instance_id._get_readers()",
        "object.credential_id.secret",
        "object.credential_id.sudo()._get_secret()",
        "object.instance_id.source_ids.credential_id.sudo()._get_sealed().text",
    ),
}


@tagged("post_install", "-at_install")
class TestSupportSecret(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        environment = patch.dict(
            os.environ, {vault.VARIABLE: Fernet.generate_key().decode()}
        )
        environment.start()
        self.addCleanup(environment.stop)
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
                ),
            ],
        )
        self.git = self.instance.source_ids
        self.admin = self.env.ref("base.user_admin")
        self.targets = {
            "support.credential": self.credential,
            "support.source": self.git,
        }

    def _create_credential(self, **vals):
        return self.env["support.credential"].create(
            {"name": "C", "host": "git.example.com", "secret": SECRET, **vals}
        )

    def _get_attempts(self):
        """(record, expression) of everything tried."""
        for model, records in self.targets.items():
            yield from product(records, EXPRESSIONS[model])

    def _try(self, function, *arguments):
        """What came of it, the words of a refusal included."""
        try:
            with (
                mute_logger("odoo.addons.base.models.ir_qweb", "odoo.tools.safe_eval"),
                mute_logger("odoo.addons.mail.models.mail_render_mixin"),
                mute_logger("odoo.addons.mail.models.mail_template"),
                self.env.cr.savepoint(),
            ):
                return str(function(*arguments))
        except Exception as error:
            chain = []
            while error:
                chain.append(f"{error!r} {error}")
                error = error.__cause__ or error.__context__
            return " ".join(chain)

    def _check(self, told):
        self.assertTrue(told)
        self.assertNotIn(SECRET, told)

    def test_mail_templates_cannot_tell_it(self):
        """A consultant who may write mail templates, previewing one; and the admin."""
        self.consultant.group_ids += self.env.ref("mail.group_mail_template_editor")
        # That it would be told, if anything told it.
        told = self._preview(self.consultant, self.credential, "object.host * 2")
        self.assertIn("git.example.com" * 2, str(told))
        for user, (record, expression) in product(
            (self.consultant, self.admin), self._get_attempts()
        ):
            with self.subTest(user=user.login, record=record, expression=expression):
                self._check(self._try(self._preview, user, record, expression))

    def _preview(self, user, record, expression):
        template = (
            self.env["mail.template"]
            .with_user(user)
            .create(
                {
                    "name": "T",
                    "model_id": self.env["ir.model"]._get(record._name).id,
                    "subject": "{{ " + expression + " }}",
                    "body_html": f'<p t-out="{expression}"/>',
                }
            )
        )
        preview = (
            self.env["mail.template.preview"]
            .with_user(user)
            .create(
                {
                    "mail_template_id": template.id,
                    "resource_ref": f"{record._name},{record.id}",
                }
            )
        )
        rendered = [
            template._render_field(name, record.ids)
            for name in ("subject", "body_html")
        ]
        return [preview.subject, preview.body_html, preview.error_msg, rendered]

    def test_server_actions_cannot_tell_it(self):
        """As automation rules and scheduled actions run them, too."""
        told = self._try(self._run, self.credential, "record.host * 2")
        self.assertIn("git.example.com" * 2, told)
        for record, expression in self._get_attempts():
            with self.subTest(record=record, expression=expression):
                code = expression.replace("object", "record")
                self._check(self._try(self._run, record, code))

    def _run(self, record, code):
        action = (
            self.env["ir.actions.server"]
            .with_user(self.admin)
            .create(
                {
                    "name": "A",
                    "model_id": self.env["ir.model"]._get(record._name).id,
                    "state": "code",
                    "code": f"raise UserError(str([{code}]))",
                }
            )
        )
        return action.with_context(
            active_model=record._name, active_id=record.id, active_ids=record.ids
        ).run()

    def test_fields_that_people_add_cannot_tell_it(self):
        self.addCleanup(self.registry._setup_models__, self.env.cr, [])
        Field = self.env["ir.model.fields"].with_user(self.admin)
        names = {model: [] for model in self.targets}
        for model, expressions in EXPRESSIONS.items():
            for number, expression in enumerate(expressions):
                code = expression.replace("object", "record")
                names[model].append(
                    Field.create(
                        {
                            "name": f"x_told_{number}",
                            "model_id": self.env["ir.model"]._get(model).id,
                            "ttype": "char",
                            "store": False,
                            "compute": "for record in self:\n"
                            f"    record['x_told_{number}'] = str({code})",
                        }
                    ).name
                )
        related = Field.create(
            {
                "name": "x_related",
                "model_id": self.env["ir.model"]._get("support.source").id,
                "ttype": "text",
                "store": False,
                "related": "credential_id.secret",
            }
        )
        names["support.source"].append(related.name)
        self.consultant.group_ids += self.env.ref("base.group_allow_export")
        for model, records in self.targets.items():
            pairs = product(records.with_user(self.consultant), names[model])
            for record, name in pairs:
                with self.subTest(record=record, field=name):
                    self._check(self._try(record.read, [name]))
                    self._check(self._try(record.export_data, [name]))

    def test_nothing_that_hangs_on_a_reader_has_it(self):
        """Follow every attribute of what the records hand to the counter."""
        seen, waiting = (
            {},
            [
                *self.instance._get_readers(),
                self.credential.sudo()._get_sealed(),
            ],
        )
        while waiting:
            value = waiting.pop()
            if id(value) in seen:
                continue
            seen[id(value)] = value
            if isinstance(value, str | bytes):
                text = value.encode() if isinstance(value, str) else value
                self.assertNotIn(SECRET.encode(), text)
            elif isinstance(value, tuple | list | set | frozenset):
                waiting += value
            elif isinstance(value, dict):
                waiting += [*value, *value.values()]
            elif type(value).__module__.startswith("odoo.addons.support_"):
                waiting += [
                    getattr(value, name) for name in dir(value) if name[:2] != "__"
                ]
        self.assertIn(self.git.url, seen.values())

    def test_an_address_changed_in_the_database_is_sent_nothing(self):
        """Not even by somebody who can write SQL."""
        for url in (
            "https://evil.example.net/acme/odoo.git",
            "http://git.example.com/acme/odoo.git",
        ):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE support_source SET url = %s WHERE id = %s", [url, self.git.id]
            )
            self.env.invalidate_all()
            reader = self.git._get_reader()
            with self.subTest(url=url), self.assertRaises(CountError) as caught:
                open_secret(reader.source.secret, "password", reader.source.url)
            self.assertIsInstance(caught.exception, AccessRefused | SourceRefused)
            # Nor by the readers themselves, which would have asked that address.
            with self.assertRaises(CountError):
                reader.count(timeout=5)

    def test_what_was_entered_for_https_is_not_sent_in_clear(self):
        for user in (self.manager, self.env.user):
            source = self.git.with_user(user)
            with self.assertRaisesRegex(ValidationError, "without encryption"):
                source.url = "http://git.example.com/acme/odoo.git"
        # Nor if the credentials say so, too: the secret is bound to what it was.
        self.git.credential_id = False
        self.credential.scheme = "http"
        self.assertEqual(self.credential.state, "lost")

    def test_a_secret_in_clear_goes_to_allowed_hosts_only(self):
        credential = self._create_credential(scheme="http", host="git.example.com")
        vals = {
            "url": "http://git.example.com/acme/odoo.git",
            "credential_id": credential.id,
        }
        with self.assertRaisesRegex(ValidationError, "without encryption"):
            self.git.write(vals)
        self._allow_plain("other.example, git.example.com")
        self.git.write(vals)
        source = self.git._get_git_source()
        self.assertEqual(
            open_secret(source.secret, "password", source.url, source.policy), SECRET
        )
        # Taken back: what is stored already is not sent any more.
        self._allow_plain("other.example")
        with self.assertRaisesRegex(UserError, "without encryption"):
            self.instance.action_count()
        with self.assertRaises(ValidationError):
            self._allow_plain("http://git.example.com")
        with self.assertRaises(ValidationError):
            self._allow_plain("*.example.com")

    def _allow_plain(self, text):
        self.env["res.config.settings"].create({"support_plain_hosts": text}).execute()

    def test_tokens_of_uploads_are_kept_as_fingerprints(self):
        upload = self._create_instance(
            self.contract,
            name="Upload",
            source_ids=[Command.create({"kind": "upload"})],
        ).source_ids
        action = upload.with_user(self.manager).action_new_token()
        token = action["context"]["default_token"]
        wizard = (
            self.env["support.upload.token"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({})
        )
        self.env.flush_all()
        self.env.invalidate_all()
        for table, record in (
            ("support_source", upload),
            ("support_upload_token", wizard),
        ):
            self.env.cr.execute(
                f"SELECT row_to_json(t)::text FROM {table} t WHERE id = %s", [record.id]
            )
            self.assertNotIn(token, self.env.cr.fetchone()[0])
        for expression in (
            "object.sudo().token_hash",
            "object.sudo().read()",
            "object.sudo()._get_by_token(object.id, 'x')",
        ):
            told = self._try(self._preview, self.admin, upload, expression)
            self.assertNotIn(token, told)
