# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import logging
from contextlib import contextmanager

from psycopg2 import IntegrityError, ProgrammingError

from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged

from ..secret_log import mask
from .common import SupportContractCommon

SECRET = "hem-lig't\\"
PLAIN = "hemlig-0123"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nhemlig\n-----END OPENSSH PRIVATE KEY-----"


@contextmanager
def logged(*names):
    """What these loggers really write, down to "debug"."""
    lines = []

    class Keeper(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    keeper = Keeper(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(keeper)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    try:
        yield lines
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(keeper)
            logger.setLevel(level)
            logger.propagate = propagate


@tagged("post_install", "-at_install")
class TestSupportSecretLog(SupportContractCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract()

    def _assert_masked(self, lines, said):
        text = "\n".join(lines)
        self.assertIn(said, text)
        self.assertIn("***", text)
        self.assertNotRegex(text, "hem-?l")

    def test_address_of_a_link(self):
        with logged("werkzeug") as lines:
            self.url_open(f"/my/support/{self.contract.id}?access_token={PLAIN}&a=1")
        self._assert_masked(lines, f"/my/support/{self.contract.id}?access_token=***&a")

    def test_arguments_of_a_call(self):
        contracts = self.env["support.contract"]
        for args in (
            [[["access_token", "=", SECRET]]],
            [[["access_token", "in", [PLAIN]]]],
        ):
            with logged("odoo.service.model") as lines:
                call_kw(contracts, "search_count", args, {})
            self._assert_masked(lines, "search_count")
        with logged("odoo.service.model") as lines:
            call_kw(self.contract, "write", [self.contract.ids, {}], {})
            call_kw(
                self.contract.with_user(self.env.ref("base.user_root")),
                "write",
                [self.contract.ids, {"name": "Shown", "access_token": SECRET}],
                {},
            )
        self._assert_masked(lines, "Shown")

    def test_values_of_a_statement(self):
        with logged("odoo.sql_db") as lines:
            self.contract.sudo().access_token = PLAIN
            self.env.flush_all()
            self.env.invalidate_all()
            self.contract.search([("access_token", "=", SECRET)])
        self._assert_masked(lines, 'UPDATE "support_contract"')
        # Without a secret all is told.
        with logged("odoo.sql_db") as lines:
            self.env["res.partner"].search([("name", "=", "Acme")])
        self.assertIn("Acme", "\n".join(lines))

    def test_statement_that_fails(self):
        self.env.flush_all()
        with (
            logged("odoo.sql_db") as lines,
            self.env.cr.savepoint(flush=False) as point,
        ):
            with self.assertRaises(IntegrityError):
                self.env.cr.execute(
                    "UPDATE support_contract SET access_token = %s, partner_id = NULL "
                    "WHERE id = %s",
                    [SECRET, self.contract.id],
                )
            point.rollback()
        self._assert_masked(lines, "UPDATE support_contract SET access_token")

    def test_error_that_quotes_a_part_of_the_statement(self):
        self.env.flush_all()
        for condition in (
            f"access_token = '{PLAIN * 9}' AND no_column = 1",
            f"no_column = 1 AND access_token = '{PLAIN * 9}'",
        ):
            with (
                logged("odoo.sql_db") as lines,
                self.assertRaises(ProgrammingError),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(f"SELECT 1 FROM support_contract WHERE {condition}")
            self._assert_masked(lines, "no_column")

    def test_error_that_quotes_a_secret(self):
        with logged("odoo.acme") as lines:
            try:
                raise ValueError(f"Key (access_token)=({PLAIN}) already exists.")
            except ValueError:
                logging.getLogger("odoo.acme").exception("Failed")
        self._assert_masked(lines, "Key (access_token)=(***) already exists")
        self.assertIn("Traceback", lines[0])

    def test_every_way_to_write_it(self):
        for text in (
            f"{{'token': {SECRET!r}, 'a': 1}}",
            json.dumps({"secret": SECRET, "a": 1}),
            json.dumps(json.dumps({"secret": PLAIN, "a": 1})),
            f"sign(access_token={PLAIN!r}, a=1)",
            f"/web/login?redirect=/my%3Faccess_token%3D{PLAIN}%26a%3D1",
            f"{{'Authorization': 'Bearer {PLAIN}', 'a': 1}}",
            f"{{'note': {KEY!r}, 'a': 1}}",
            f"key: {KEY} a",
            f"[('password', '!=', '{PLAIN}'), ('a', '=', 1)]",
        ):
            with self.subTest(text):
                self.assertNotRegex(mask(text), "hem-?l")
                self.assertIn("***", mask(text))
                self.assertIn("a", mask(text).partition("***")[2])
        for text in ("a token of ours", "token_count=3", "{'tokens': 'shown'}", "50%"):
            self.assertEqual(mask(text), text)

    def test_add_ons_name_theirs(self):
        names = self.env["support.secret.log"]._get_secret_names()
        self.assertIn("access_token", names)
