# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import inspect
import io
import zipfile
from collections import defaultdict

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .access_matrix import ask, find_fields, find_methods, find_ways, is_nothing
from .common import SupportHelpdeskCommon

# What a test says in every text of the customer, and no page may show to others.
SECRET = "Hemligt"

# Whom Odoo and OCA let see the records themselves: tasks of projects for employees,
# tickets of the helpdesk. Of the rest a role sees what it needs.
EVERYBODY = {
    "helpdesk.ticket.category",
    "helpdesk.ticket.team",
    "project.project",
    "project.task",
    "res.company",
    "res.partner",
    "res.users",
    "support.reproduction",
    "support.work.factor",
}
ACCOUNTS = {
    "account.analytic.line",
    "support.charge",
    "support.charge.day",
    "support.work.approval",
}
ROLES = {
    "base.group_user": set(),
    "hr_timesheet.group_hr_timesheet_user": set(),
    "project.group_project_user": set(),
    "helpdesk_mgmt.group_helpdesk_user_own": {"helpdesk.ticket"},
    "account.group_account_invoice": ACCOUNTS,
    "support_contract.group_support_user": {
        "support.charge",
        "support.charge.day",
        "support.contract",
        "support.contract.contact",
        "support.work.approval",
        "support.work.report",
        "support.work.verdict",
    },
}
QUIET = (
    "odoo.sql_db",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.http",
)
MONEY = {
    "support_price": "support_contract.group_support_user",
    "support_terms": "support_contract.group_support_user",
    "support_cost": "support_contract.group_support_manager",
}


def _read(answer):
    """The text of a page, or of the files in an archive."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    return b"\n".join(files).decode(errors="replace")


class SupportAccessCommon(SupportHelpdeskCommon):
    """One customer with everything that there is, charged and invoiced, and everybody
    who is to see nothing of it, or little.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.contact_ids = [
            Command.create(
                {"partner_id": cls.eva.id, "role": "key_user", "may_approve": True}
            ),
        ]
        cls.other_contract.contact_ids = [
            Command.create(
                {
                    "partner_id": cls.olle.id,
                    "role": "administrator",
                    "may_approve": True,
                }
            ),
        ]
        cls.customer.name = f"{SECRET} AB"
        for project in cls.project | cls.time_project:
            project.name = f"{SECRET} project"
        cls._create_people()
        cls._create_secrets()
        cls._charge()
        cls.secrets = cls._find_secrets()

    @classmethod
    def _create_people(cls):
        cls.fia = cls._create_person("Fia", cls.other_customer, "fia@glas.example.com")
        cls.sven = cls._create_person("Sven", cls.customer, "sven@bjork.example.com")
        cls.portal = {
            login: new_test_user(
                cls.env, login, groups="base.group_portal", partner_id=partner.id
            )
            for login, partner in (
                ("administrator_of_another", cls.olle),
                ("follower_of_another", cls.fia),
                ("colleague", cls.sven),
                ("key_user", cls.eva),
            )
        }
        cls.portal["visitor"] = cls.env.ref("base.public_user")
        cls.roles = {
            group: new_test_user(cls.env, f"role_{group}", groups=group)
            for group in ROLES
        }

    @classmethod
    def _create_secrets(cls):
        env = cls.env
        cls.reproduction = env["support.reproduction"].create(
            {"name": SECRET, "module_name": "sale", "series": "19.0"}
        )
        cls.ticket = cls._create_ticket(
            name="A report is wrong", reproduction_id=cls.reproduction.id
        )
        cls.task = env["project.task"].create(
            {
                "name": f"{SECRET} task",
                "project_id": cls.project.id,
                "scope_category_id": env.ref(
                    "support_contract.scope_new_configuration"
                ).id,
                "partner_id": cls.eva.id,
            }
        )
        # Who follows a ticket or a task reads along, at most.
        followers = cls.fia | cls.eva
        cls.ticket.message_subscribe(followers.ids)
        cls.task.message_subscribe(followers.ids)
        # Odoo lets people into a project, and then shows them every line in it.
        cls.shared = env["project.project"].create(
            {
                "name": "Shared",
                "allow_timesheets": True,
                "privacy_visibility": "portal",
                "partner_id": cls.fia.id,
                "collaborator_ids": [
                    Command.create({"partner_id": one.id}) for one in followers
                ],
            }
        )
        cls.shared_task = env["project.task"].create(
            {
                "name": "Shared task",
                "project_id": cls.shared.id,
                "partner_id": cls.fia.id,
            }
        )
        cls.shared.message_subscribe(followers.ids)
        cls.shared_task.message_subscribe(followers.ids)
        line = {
            "name": f"{SECRET} line",
            "employee_id": cls.anna.id,
            "unit_amount": 1.0,
            "date": "2026-09-10",
        }
        cls.lines = env["account.analytic.line"].create(
            [
                {**line, "ticket_id": cls.ticket.id},
                {**line, "task_id": cls.task.id, "project_id": cls.project.id},
                {**line, "project_id": cls.project.id},
                {
                    **line,
                    "ticket_id": cls.ticket.id,
                    "project_id": cls.shared.id,
                    "task_id": cls.shared_task.id,
                },
            ]
        )
        cls.approvals = env["support.work.approval"].create(
            [
                {
                    "name": f"{SECRET} estimate",
                    "contract_id": cls.contract.id,
                    "res_model": work._name,
                    "res_id": work.id,
                    "hours": 2.0,
                    "type_id": cls.consulting.id,
                    "partner_id": cls.eva.id,
                    "description": f"<p>{SECRET}</p>",
                }
                for work in (cls.ticket, cls.task)
            ]
        )
        env["support.ticket.split"].create(
            {
                "ticket_id": cls.ticket.id,
                "name": SECRET,
                "scope_category_id": cls.ticket.scope_category_id.id,
                "line_ids": cls.lines[0].ids,
            }
        )

    @classmethod
    def _find_secrets(cls):
        """{model: records of the customer's}; a new model is among them, or fails."""
        env, secrets = cls.env, {}
        shared = {
            "account.analytic.line": cls.lines,
            "helpdesk.ticket": cls.ticket,
            "helpdesk.ticket.category": env["helpdesk.ticket.category"].create(
                {"name": SECRET}
            ),
            "helpdesk.ticket.team": env["helpdesk.ticket.team"].create(
                {"name": SECRET}
            ),
            "hr.employee": cls.anna,
            "project.project": cls.project,
            "project.task": cls.task,
            "res.company": cls.company,
            "res.partner": cls.eva,
            "res.users": cls.portal["key_user"],
            "support.contract": cls.contract,
            "support.contract.contact": cls.contract.contact_ids,
            "support.charge": env["support.charge"].search(
                [("contract_id", "=", cls.contract.id)]
            ),
        }
        env.flush_all()
        for model in find_fields(env):
            secrets[model] = shared.get(model, env[model].search([]))
        return secrets

    @classmethod
    def _charge(cls):
        """The invoice of September, on whose charges that time is."""
        cls.approvals.action_send()
        with freeze_time("2026-10-01 03:00:00"):
            cls.contract.sudo()._bill()


@tagged("post_install", "-at_install")
class TestSupportAccessMatrix(SupportAccessCommon):
    """Everybody against everything by RPC: models and fields are those that the
    registry has, so that a new one is asked for by itself.
    """

    def _call(self, user, model, method, args):
        """What somebody gets by RPC, or None if it is refused."""
        try:
            with self.env.cr.savepoint(flush=False), mute_logger(*QUIET):
                return call_kw(self.env[model].with_user(user), method, args, {})
        except Exception:  # noqa: BLE001  # whatever refuses tells nothing
            return None

    def _collect_leaks(self, user, allowed=()):
        for model, names in find_fields(self.env).items():
            records = self.secrets[model]
            if model in allowed or not records:
                continue
            if not self.env[model].with_user(user).has_access("read"):
                names = names[:1]  # nothing of it at all
            for name in names:
                for method, args in ask(name, records.ids):
                    answer = self._call(user, model, method, args)
                    if not is_nothing(answer):
                        text = f"{user.login}: {model}.{name}: {method}: {answer}"
                        yield text[:250]

    def test_there_is_something_to_find(self):
        empty = [
            model
            for model, records in self.secrets.items()
            if not records and not self.env[model]._transient
        ]
        self.assertFalse(empty, "models without a record of the customer's")
        # The calls find what is there, for who may see it.
        leaks = {leak.split(": ")[1] for leak in self._collect_leaks(self.env.user)}
        for model in ("account.analytic.line", "helpdesk.ticket", "project.task"):
            for name in find_fields(self.env)[model]:
                self.assertIn(f"{model}.{name}", leaks)

    def test_customers_by_rpc(self):
        leaks = [
            one for user in self.portal.values() for one in self._collect_leaks(user)
        ]
        self.assertFalse(leaks, "\n".join(leaks))

    def test_colleagues_by_rpc(self):
        leaks = [
            one
            for group, user in self.roles.items()
            for one in self._collect_leaks(user, EVERYBODY | ROLES[group])
        ]
        self.assertFalse(leaks, "\n".join(leaks))

    def test_money_by_rpc(self):
        """Who sees time and tickets sees no prices of it, nor what people cost."""
        for group, user in self.roles.items():
            for name, needed in MONEY.items():
                if user.has_group(needed):
                    continue
                for method, args in ask(name, self.lines.ids):
                    answer = self._call(user, "account.analytic.line", method, args)
                    self.assertTrue(is_nothing(answer), (group, name, method, answer))

    def test_records_by_rpc(self):
        """Not the fields of ours alone: the records themselves."""
        shown = {"res.company", "res.partner", "res.users", "helpdesk.ticket.category"}
        shown |= {"helpdesk.ticket.team"}
        for login, user in self.portal.items():
            for model, records in self.secrets.items():
                if model in shown:
                    continue
                if model == "helpdesk.ticket" and not login.startswith(
                    ("admin", "vis")
                ):
                    continue
                calls = [*ask("display_name", records.ids), *ask("id", records.ids)]
                for method, args in calls:
                    if method == "web_read" and args[1] == {"id": {}}:
                        continue  # gives back the numbers that it was given
                    answer = self._call(user, model, method, args)
                    self.assertTrue(is_nothing(answer), (login, model, method, answer))

    def test_fields_that_lead_there(self):
        """By a field of something that people do see, to what they do not."""
        ways = defaultdict(list)
        for model, field, target in find_ways(self.env):
            ways[model].append((field, target))
        fields = find_fields(self.env)
        leaks = []
        people = [(user, set()) for user in self.portal.values()]
        people += [(user, EVERYBODY | ROLES[key]) for key, user in self.roles.items()]
        for user, allowed in people:
            for model, own in ways.items():
                if not self.env[model].with_user(user).has_access("read"):
                    continue
                for field, target in own:
                    if target in allowed:
                        continue
                    names = fields[target]
                    if not self.env[target].with_user(user).has_access("read"):
                        names = names[:1]
                    for name in names:
                        path = f"{field}.{name}"
                        domain = [
                            (field, "in", self.secrets[target].ids),
                            (path, "!=", False),
                        ]
                        if self._call(user, model, "search_count", [domain]):
                            leaks.append(f"{user.login}: {model}.{path}")
        self.assertFalse(leaks, "\n".join(leaks))

    def test_methods(self):
        """Buttons answer neither strangers nor colleagues without the role."""
        answers = []
        people = {**self.portal, "nobody": self.roles["base.group_user"]}
        for login, user in people.items():
            shown = EVERYBODY if login == "nobody" else ()
            for model in find_fields(self.env).keys() - shown:
                for name, signature in find_methods(self.env, model).items():
                    records = self.secrets[model] or self.env[model].browse(1)
                    needed = [
                        one
                        for one in list(signature.parameters.values())[1:]
                        if one.default is inspect.Parameter.empty
                    ]
                    args = [records.ids[:1], *([""] * len(needed))]
                    answer = self._call(user, model, name, args)
                    if answer is not None and SECRET in str(answer):
                        answers.append(f"{login}: {model}.{name}: {answer}")
        self.assertFalse(answers, "\n".join(answers))

    def test_verdicts_hide_names_of_hidden_work(self):
        """Who sees all verdicts does not read the name of a task they cannot open."""
        consultant = self.roles["support_contract.group_support_user"]
        verdicts = self.env["support.work.verdict"].search(
            [("res_model", "=", "project.task"), ("res_id", "=", self.task.id)]
        )
        self.assertTrue(verdicts)
        seen = verdicts.with_user(consultant)
        self.assertEqual(seen[0].work_name, f"{SECRET} task")
        self.project.privacy_visibility = "followers"
        self.env.invalidate_all()
        self.assertFalse(seen[0].work_name)
        with self.assertRaises(AccessError):
            self.task.with_user(consultant).check_access("read")


@tagged("post_install", "-at_install")
class TestSupportAccessPages(SupportAccessCommon, HttpCase):
    """Everybody against every page, with the links of other things, too."""

    def _get_pages(self):
        """Addresses that could show something of the customer's."""
        yield from (
            "/my",
            "/my/home",
            "/my/tickets",
            "/my/tickets?sortby=name&search_in=all&search=report",
            "/my/projects",
            "/my/tasks",
            "/my/tasks?search_in=name&search=" + SECRET[1:-1],
            "/my/tasks?groupby=project_id",
            "/my/timesheets",
            "/my/timesheets?groupby=project_id&sortby=employee_id",
            "/my/timesheets?groupby=task_id&search_in=name&search=" + SECRET[1:-1],
            "/my/invoices",
            "/my/support",
        )
        for task in self.task | self.shared_task:
            yield f"/my/tasks/{task.id}"
            yield f"/my/tasks/{task.id}?report_type=html"
            for project in self.project | self.shared:
                yield f"/my/projects/{project.id}/task/{task.id}"
                yield f"/my/projects/{project.id}/project_sharing"
        for project in self.project | self.time_project | self.shared:
            yield f"/my/projects/{project.id}"
        yield f"/my/ticket/{self.ticket.id}"
        yield f"/my/support/{self.contract.id}"
        for page in self.contract._get_portal_pages():
            yield f"/my/support/{self.contract.id}/{page}"
        for approval in self.approvals:
            yield f"/my/support/approval/{approval.id}"
        for charge in self.secrets["support.charge"]:
            yield f"/support/charge/{charge.id}/files.csv"
            if move := charge.move_line_id.move_id:
                yield f"/my/invoices/{move.id}"
                yield f"/my/invoices/{move.id}?report_type=html"
                yield f"/support/invoice/{move.id}/evidence.zip"
        for attachment in self.attachments:
            yield f"/web/content/{attachment.id}"
            yield f"/web/content/ir.attachment/{attachment.id}/datas"
            yield f"/web/image/{attachment.id}"
        for model, records in self.secrets.items():
            if model not in ("res.partner", "res.users", "res.company"):
                for record in records[:1]:
                    yield f"/mail/view?model={model}&res_id={record.id}"
                    yield f"/web/image/{model}/{record.id}/display_name"
                    yield f"/odoo/{model}/{record.id}"

    def _attach(self):
        records = [self.ticket, self.task, *self.approvals, self.reproduction]
        records += [self.contract, self.lines[0], *self.secrets["support.charge"][:1]]
        # sudo: nobody attaches files to each of these.
        self.attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{SECRET}.txt",
                        "raw": f"{SECRET} attachment".encode(),
                        "res_model": record._name,
                        "res_id": record.id,
                    }
                    for record in records
                ]
            )
        )

    def _collect_pages(self, allowed=(), token=None):
        for page in self._get_pages():
            if any(part in page for part in allowed):
                continue
            if token:
                page += f"{'&' if '?' in page else '?'}access_token={token}"
            with mute_logger(*QUIET):
                text = _read(self.url_open(page))
            if SECRET.lower() in text.lower():
                where = text.lower().index(SECRET.lower())
                yield f"{page}: {text[max(where - 200, 0) : where + 80]}"

    def test_pages(self):
        self._attach()
        # A follower sees whose ticket it is.
        own = ("/my/tickets", "/my/ticket/", "model=helpdesk.ticket&")
        for login in ("administrator_of_another", "follower_of_another", None):
            self.authenticate(login, login)
            allowed = own if login == "follower_of_another" else ()
            leaks = list(self._collect_pages(allowed))
            self.assertFalse(leaks, f"{login}:\n" + "\n".join(leaks))

    def test_links_open_one_thing(self):
        """With the link of one thing nothing else opens."""
        self._attach()
        other = self._create_ticket(partner=self.olle)
        tokens = {
            other._portal_ensure_token(),
            self.shared._portal_ensure_token(),
            self.shared_task._portal_ensure_token(),
        }
        self.authenticate(None, None)
        # They know no such link.
        deaf = ("/odoo/", "/mail/", "/web/image/")
        leaks = [leak for token in tokens for leak in self._collect_pages(deaf, token)]
        self.assertFalse(leaks, "\n".join(leaks))

    def test_time_in_contract_projects_is_on_no_page(self):
        """Not even for the customer's own people, followers and collaborators."""
        pages = ["/my/timesheets", "/my/tasks", "/my/projects"]
        pages += [page for page in self._get_time_pages()]
        for login in ("key_user", "colleague", "follower_of_another"):
            self.authenticate(login, login)
            for page in pages:
                with mute_logger(*QUIET):
                    text = self.url_open(page).text
                self.assertNotIn(f"{SECRET} line", text, f"{login}: {page}")
        # The same for time that was charged before its project was opened.
        self.assertTrue(self.lines[1].support_charge_id)
        self.project.support_contract_id = False
        self.project.privacy_visibility = "portal"
        for partner in (self.eva, self.fia):
            self.project._add_collaborators(partner)
        for login in ("key_user", "follower_of_another"):
            self.authenticate(login, login)
            for page in pages:
                with mute_logger(*QUIET):
                    text = self.url_open(page).text
                self.assertNotIn(f"{SECRET} line", text, f"{login}: {page}")
            lines = self.env["account.analytic.line"].with_user(self.portal[login])
            self.assertFalse(lines.search([("id", "in", self.lines.ids)]))

    def _get_time_pages(self):
        for task in self.task | self.shared_task:
            token = task._portal_ensure_token()
            yield f"/my/tasks/{task.id}"
            yield f"/my/tasks/{task.id}?access_token={token}"
            yield f"/my/tasks/{task.id}?report_type=html&access_token={token}"
            yield f"/my/projects/{task.project_id.id}/task/{task.id}"
        for project in self.project | self.time_project | self.shared:
            token = project._portal_ensure_token()
            yield f"/my/projects/{project.id}"
            yield f"/my/projects/{project.id}?access_token={token}"
