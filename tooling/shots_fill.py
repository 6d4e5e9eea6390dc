# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the demo has none of, for bin/shots: counts that wait, every kind of source.

Runs in `odoo shell` on the copy of the demo that pictures are taken of.
"""

import contextlib
import io
import shutil
from pathlib import Path

from odoo import fields
from odoo.fields import Command
from odoo.tools.cloc import Cloc

from .demo_repositories import git

REMOTE = "https://odoo.stjarnmyran.example.com"


def _module(name, lines, manifest=""):
    body = "".join(f"x{index} = {index}\n" for index in range(lines))
    return {
        f"{name}/__manifest__.py": f"{{'name': '{name}', {manifest}}}\n",
        f"{name}/__init__.py": "from . import models\n",
        f"{name}/models.py": body,
    }


BEFORE = {
    **_module("bryggeri_butik", 1240),
    **_module("bryggeri_recept", 2310),
    **_module("bryggeri_lager", 860),
}
AFTER = {
    **_module("bryggeri_butik", 1310),
    **_module("bryggeri_recept", 2310, "'cloc_exclude': ['models.py']"),
    **_module("bryggeri_leverans", 415),
    "bryggeri_butik/pris.py": "def pris(:\n    return 1\n",
    "bryggeri_butik/static/src/kassa.ts": "const moms = 0.12;\n" * 180,
}


def fill(env, folder):
    """Commits; afterwards the screens of shots_screens.csv have something to show."""
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    _create_users(env)
    _announce_fee(env)
    contract = env["support.contract"].search([("state", "=", "draft")], limit=1)
    _create_counts(env, contract, folder)
    _create_other_sources(env, contract, folder)
    now = fields.Datetime.now()
    env["support.count.run"].create(
        {
            "company_id": env.company.id,
            "date_start": fields.Datetime.subtract(now, minutes=4),
            "date_done": now,
            "instance_count": 300,
            "counted_count": 187,
            "failed_count": 2,
        }
    )
    # The copy has another name, and asks before it bills.
    runs = env["support.billing.run"]
    runs._write_stamp(runs._get_last_finished())
    env.cr.commit()


def _create_users(env):
    """Who may do everything with counts and work, in Swedish, and customers in the
    portal.
    """

    def create(login, *groups, **vals):
        vals |= {"login": login, "password": login, "tz": "Europe/Stockholm"}
        vals["group_ids"] = [Command.set([env.ref(group).id for group in groups])]
        env["res.users"].with_context(no_reset_password=True).create(vals)

    create(
        "approver",
        "base.group_user",
        "base.group_system",
        "support_contract.group_support_manager",
        "support_contract.group_support_approver",
        "helpdesk_mgmt.group_helpdesk_manager",
        "hr_timesheet.group_hr_timesheet_approver",
        "project.group_project_user",
        name="Siri Ekvall",
        email="approver@granlyckan.example.com",
        lang="sv_SE",
        notification_type="inbox",
        odoobot_state="disabled",
    )
    for customer, login in (("Älgtjärn", "customer"), ("Revontuli", "asiakas")):
        contact = env["support.contract.contact"].search(
            [("contract_id.partner_id", "ilike", customer)], limit=1
        )
        contact.role = "administrator"
        partner = contact.partner_id
        create(login, "base.group_portal", partner_id=partner.id, lang=partner.lang)


def _announce_fee(env):
    """The portal tells the cycle shop what next month will cost."""
    last = env["support.fee.announcement"].search(
        [("contract_id.partner_id", "ilike", "Älgtjärn")], limit=1
    )
    last.copy(
        {
            "period_start": fields.Date.start_of(
                fields.Date.add(fields.Date.today(), months=1), "month"
            ),
            "fee_before": last.fee_after,
            "fee_after": last.fee_after + 540.0,
            "reason": "Underhåll och support: 4 231 → 4 512 rader, +281",
        }
    )


def _create_instance(env, contract, name, **source):
    return env["support.instance"].create(
        {
            "name": name,
            "contract_id": contract.id,
            "role": "test",
            "url": REMOTE,
            "series": "19.0",
            "source_ids": [Command.create(source)],
        }
    )


def _create_counts(env, contract, folder):
    """An instance with an approved count, and one that waits for its holds."""
    bare, work = folder / "bryggeri.git", folder / "work"
    git("init", "--quiet", "--bare", "--initial-branch=main", bare)
    git("clone", "--quiet", bare, work)
    instance = _create_instance(
        env, contract, "Produktion", url=bare.as_uri(), branch="main"
    )
    instance.role = "production"
    for files in (BEFORE, AFTER):
        git("rm", "-r", "--quiet", "--ignore-unmatch", ".", cwd=work)
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        git("add", "--all", cwd=work)
        git("commit", "--quiet", "-m", "Version", cwd=work)
        git("push", "--quiet", "origin", "HEAD:main", cwd=work)
        instance.action_count()
        env.cr.commit()


def _create_other_sources(env, contract, folder):
    """A report, an upload and a running Odoo, and every kind of credential."""
    report = _create_instance(env, contract, "Rapport", kind="report")
    counter = Cloc()
    for module in sorted((folder / "work").glob("bryggeri_*")):
        counter.count_path(str(module))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        counter.report(verbose=True)
    env["support.cloc.report.add"].create(
        {"instance_id": report.id, "text": printed.getvalue()}
    ).action_add()
    upload = _create_instance(env, contract, "Egen server", kind="upload")
    upload.source_ids.action_new_token()
    keys = {
        kind: env["support.credential"].create(
            {
                "name": name,
                "kind": kind,
                "host": host,
                "secret": "not-a-secret",
                "login": "git" if kind == "ssh" else "support",
            }
        )
        for kind, name, host in (
            ("password", "Bryggeriets kod, läsnyckel", "git.example.com"),
            ("ssh", "Bryggeriets extramoduler", "git.example.com"),
            ("api", "Bryggeriets Odoo", "odoo.stjarnmyran.example.com"),
        )
    }
    _create_instance(
        env,
        contract,
        "Databas",
        kind="remote",
        url=REMOTE,
        protocol="jsonrpc",
        database="stjarnmyran",
        credential_id=keys["api"].id,
    )
