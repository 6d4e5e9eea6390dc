# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.support_source import FOLDERS_VARIABLE
from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportSourcePolicy(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 12))
        self.instance = self._create_instance(self._create_contract(), self.repository)

    def _allow(self, text):
        settings = self.env["res.config.settings"].create(
            {"support_allowed_addresses": text}
        )
        settings.execute()

    def test_the_list_in_the_settings_decides_what_is_read(self):
        self._allow("git.example.com, 10.1.0.0/16")
        with self.assertRaisesRegex(UserError, "not in a folder that is allowed"):
            self.instance.with_user(self.consultant).action_count()
        self.instance.source_ids.url = "http://127.0.0.1:9/a.git"
        with self.assertRaisesRegex(UserError, "not among the allowed"):
            self.instance.action_count()
        self.instance.source_ids.url = self.repository.url
        self._allow(f"git.example.com {self.repository.bare.parent}")
        self.instance.with_user(self.consultant).action_count()
        self.assertEqual(self.instance.code_lines, 12)

    def _count_from(self, *folders):
        with patch.dict(os.environ, {FOLDERS_VARIABLE: ",".join(folders)}):
            self.instance.with_user(self.consultant).action_count()

    def test_folders_are_named_in_the_configuration(self):
        """A folder of the server may be full of others' code."""
        folder = str(self.repository.bare.parent)
        for folders in ([], ["/srv/git"], [f"{folder}x"], [f"{folder}/../x"]):
            with (
                self.subTest(folders=folders),
                self.assertRaisesRegex(UserError, "not in a folder that is allowed"),
            ):
                self._count_from(*folders)
        # The settings may leave some out, and add none.
        self._allow(folder)
        with self.assertRaisesRegex(UserError, "not in a folder that is allowed"):
            self._count_from("/srv/git")
        self._count_from("/srv/git", folder)
        self.assertEqual(self.instance.code_lines, 12)

    def test_what_was_fetched_for_others_is_no_source(self):
        self._count_from(str(self.repository.bare.parent))
        source = self.instance.source_ids
        [key] = source._get_repository_keys()
        copy = Path(source._get_git_dir()) / f"{key}.git"
        self.assertTrue(copy.is_dir())
        source.url = copy.as_uri()
        with self.assertRaisesRegex(UserError, "not in a folder that is allowed"):
            self._count_from("/")

    def test_cloud_metadata_is_never_asked(self):
        for host in ("169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"):
            self.instance.source_ids.url = f"http://{host}/latest.git"
            with self.subTest(host=host), self.assertRaisesRegex(UserError, "no code"):
                self.instance.action_count()

    def test_only_administrators_change_the_list_and_only_to_sense(self):
        with self.assertRaisesRegex(ValidationError, "https://a.se"):
            self._allow("https://a.se")
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create(
                {"support_allowed_addresses": "x.se"}
            ).execute()
