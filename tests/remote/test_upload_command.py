# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The two lines that a token comes with, as they are shown: real curl, real cloc."""

import json
import os
import re
import shlex
import stat
import subprocess

from test_upload_race import SETUP, last

from tooling import odoo

AGAIN = """
import json
env["ir.config_parameter"].set_param("web.base.url", {address!r})
action = env["support.source"].search([]).action_new_token()
env.cr.commit()
print("\\n" + json.dumps(action["context"]))
"""


def test_the_lines_that_are_shown_count_and_keep_the_token(
    database, odoo_shell, odoo_server, odoo_env, tmp_path
):
    name = database("support_instance")
    odoo_shell(name, SETUP)
    # What the customer's server calls `odoo`
    command = tmp_path / "bin" / "odoo"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.join(odoo.command())} "$@"\n')
    command.chmod(0o755)
    env = odoo_env | {
        "HOME": str(tmp_path),
        "PATH": f"{command.parent}{os.pathsep}{odoo_env['PATH']}",
    }

    def run(line):
        return subprocess.run(
            ["sh", "-c", line], env=env, capture_output=True, text=True, timeout=120
        )

    with odoo_server(name) as address:
        shown = last(odoo_shell(name, AGAIN.format(address=address)))
        assert run(shown["default_preparation"]).returncode == 0
        line = shown["default_command"].replace("DATABASE", name)
        done = run(line)
    answer = json.loads(done.stdout)
    assert answer["new"] and answer["lines"] > 10_000, done.stderr
    assert shown["default_token"] not in line
    (file,) = tmp_path.glob("support_token_*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.fullmatch(r"Authorization: Bearer [\w-]+\n", file.read_text())
