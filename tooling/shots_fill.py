# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the demo has none of, for bin/shots: counts that wait, every kind of source.

Runs in `odoo shell` on the copy of the demo that pictures are taken of.
"""

import contextlib
import io
import shutil
from datetime import date, timedelta
from pathlib import Path

from odoo import fields
from odoo.fields import Command
from odoo.tools.cloc import Cloc

from .demo_repositories import git

CUSTOMER = "Kornknarrens Bageri AB"


def _module(name, lines, manifest=""):
    body = "".join(f"x{index} = {index}\n" for index in range(lines))
    return {
        f"{name}/__manifest__.py": f"{{'name': '{name}', {manifest}}}\n",
        f"{name}/__init__.py": "from . import models\n",
        f"{name}/models.py": body,
    }


BEFORE = {
    **_module("bageri_butik", 1240),
    **_module("bageri_recept", 2310),
    **_module("bageri_lager", 860),
}
AFTER = {
    **_module("bageri_butik", 1310),
    **_module("bageri_recept", 2310, "'cloc_exclude': ['models.py']"),
    **_module("bageri_leverans", 415),
    "bageri_butik/pris.py": "def pris(:\n    return 1\n",
    "bageri_butik/static/src/kassa.ts": "const moms = 0.12;\n" * 180,
}


def fill(env, folder):
    """Commits; afterwards the screens of shots_screens.py have something to show."""
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    _create_approver(env)
    _invite_customers(env)
    _announce_fee(env)
    _lower_price(env)
    contract = env["support.contract"].create(
        {
            "partner_id": env["res.partner"]
            .create({"name": CUSTOMER, "is_company": True, "lang": "sv_SE"})
            .id,
            "terms_id": env.ref("l10n_se_support.terms_se").id,
            "service_ids": [
                Command.create(
                    {
                        "type_id": env.ref(
                            "support_contract.service_type_maintenance"
                        ).id,
                        "date_start": fields.Date.today().replace(day=1),
                    }
                )
            ],
        }
    )
    credentials = _create_credentials(env)
    production = _create_counts(env, contract, folder)
    production.source_ids = [
        Command.create(
            {
                "url": "ssh://git@git.example.com/bageri/extra.git",
                "credential_id": credentials["ssh"].id,
                "active": False,
            }
        )
    ]
    _create_other_sources(env, contract, credentials["api"], folder)
    _create_runs(env)
    # The copy has another name, and asks before it bills.
    runs = env["support.billing.run"]
    runs._write_stamp(runs._get_last_finished())
    env.cr.commit()


def _create_approver(env):
    """Somebody who may do everything with counts, in Swedish."""
    groups = (
        "support_contract.group_support_manager",
        "support_contract.group_support_approver",
        "base.group_system",
    )
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Siri Ekvall",
            "login": "approver",
            "password": "approver",
            "email": "approver@granlyckan.example.com",
            "lang": "sv_SE",
            "tz": "Europe/Stockholm",
            "notification_type": "inbox",
            "odoobot_state": "disabled",
            "group_ids": [Command.link(env.ref(group).id) for group in groups],
        }
    )


def _invite_customers(env):
    """Somebody of the cycle shop, and of the Finnish nursery, may log in."""
    for customer, login in (("Älgtjärn", "customer"), ("Revontuli", "asiakas")):
        contact = env["support.contract.contact"].search(
            [("contract_id.partner_id", "ilike", customer)], limit=1
        )
        contact.role = "administrator"
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "partner_id": contact.partner_id.id,
                "login": login,
                "password": login,
                "lang": contact.partner_id.lang,
                "tz": "Europe/Stockholm",
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )


def _announce_fee(env):
    """The portal tells the cycle shop what next month will cost."""
    last = env["support.fee.announcement"].search(
        [("contract_id.partner_id", "ilike", "Älgtjärn")], limit=1
    )
    coming = fields.Date.add(fields.Date.today(), months=1).replace(day=1)
    last.copy(
        {
            "period_start": coming,
            "fee_before": last.fee_after,
            "fee_after": last.fee_after + 540.0,
            "reason": "Underhåll och support: 4 231 → 4 512 rader, +281",
        }
    )


def _lower_price(env):
    """Agreed afterwards: the grocer's patch agreement costs less from 21 October."""
    contract = env["support.contract"].search([("partner_id", "ilike", "Lingonglänta")])
    condition = {
        "contract_id": contract.id,
        "type_id": env.ref("support_contract.service_type_patch").id,
        "key": "price",
        "value": 330.0,
        "date_start": date(2026, 10, 21),
    }
    contract._amend(
        date(2026, 10, 21),
        "Färre moduler att patcha",
        [(env["support.contract.condition"], condition)],
    )


def _create_credentials(env):
    made = {}
    for kind, name, host, secret in (
        ("password", "Bageriets kod, läsnyckel", "git.example.com", "not-a-secret"),
        ("ssh", "Bageriets extramoduler", "git.example.com", "not-a-key"),
        ("api", "Bageriets Odoo", "odoo.kornknarren.example.com", "not-a-key"),
    ):
        vals = {"name": name, "kind": kind, "host": host, "secret": secret}
        vals["login"] = "git" if kind == "ssh" else "support"
        made[kind] = env["support.credential"].create(vals)
    return made


def _create_counts(env, contract, folder):
    """An instance with an approved count, and one that waits for its holds."""
    bare, work = folder / "bageri.git", folder / "work"
    git("init", "--quiet", "--bare", "--initial-branch=main", bare)
    git("clone", "--quiet", bare, work)
    instance = env["support.instance"].create(
        {
            "name": "Produktion",
            "contract_id": contract.id,
            "role": "production",
            "url": "https://odoo.kornknarren.example.com",
            "series": "19.0",
            "source_ids": [Command.create({"url": bare.as_uri(), "branch": "main"})],
        }
    )
    for number, files in enumerate((BEFORE, AFTER)):
        for path in work.iterdir():
            if path.name != ".git":
                shutil.rmtree(path)
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        git("add", "--all", cwd=work)
        git("commit", "--quiet", "-m", f"Version {number}", cwd=work)
        git("push", "--quiet", "origin", "HEAD:main", cwd=work)
        instance.action_count()
        env.cr.commit()
    return instance


def _create_other_sources(env, contract, key, folder):
    def create(name, **source):
        instance = env["support.instance"].create(
            {
                "name": name,
                "contract_id": contract.id,
                "role": "test",
                "series": "17.0",
                "source_ids": [Command.create(source)],
            }
        )
        return instance.source_ids

    report = create("Rapport", kind="report")
    counter = Cloc()
    for module in sorted((folder / "work").glob("bageri_*")):
        counter.count_path(str(module))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        counter.report(verbose=True)
    wizard = env["support.cloc.report.add"].create(
        {"instance_id": report.instance_id.id, "text": printed.getvalue()}
    )
    wizard.action_add()
    create("Egen server", kind="upload").action_new_token()
    create(
        "Databas",
        kind="remote",
        url="https://odoo.kornknarren.example.com",
        protocol="jsonrpc",
        database="kornknarren",
        credential_id=key.id,
    )


def _create_runs(env):
    now = fields.Datetime.now()
    env["support.count.run"].create(
        {
            "company_id": env.company.id,
            "date_start": now - timedelta(minutes=4),
            "date_done": now,
            "instance_count": 300,
            "counted_count": 187,
            "failed_count": 2,
        }
    )
