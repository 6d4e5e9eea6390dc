# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import contextlib
import http.client
import io
import re
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tools import mute_logger
from odoo.tools.cloc import Cloc

from ..uploads import UPLOADS_PER_HOUR
from .common import SupportInstanceCommon


def report_text(lines=120):
    """What Odoo's own counter prints."""
    cloc = Cloc()
    cloc.book("acme_base")
    cloc.book("acme_base", "/srv/acme_base/models.py", (lines, lines + 30))
    cloc.book("odoo/studio", "ir.actions.server/7: Räkna", (5, 6))
    cloc.book("acme_base", "/srv/acme_base/old.py", (-1, "Syntax Error"))
    cloc.book("odoo/studio", "ir.model.fields/9: x_no", (9, 9), exclude=True)
    return _printed(cloc)


def clean_text(lines=120, excluded=None):
    """:param excluded: {item: lines of it}, with Odoo's mark in the database"""
    cloc = Cloc()
    cloc.book("acme_base")
    cloc.book("acme_base", "/srv/acme_base/models.py", (lines, lines + 30))
    for item, code in (excluded or {}).items():
        cloc.book("odoo/studio", item, (code, code + 1), exclude=True)
    return _printed(cloc)


def _printed(cloc):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        cloc.report(verbose=True)
    return output.getvalue()


class ReportCommon(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, series="17.0")

    def _add(self, text="", user=None, **vals):
        wizard = (
            self.env["support.cloc.report.add"]
            .with_user(user or self.manager)
            .create({"instance_id": self.instance.id, "text": text, **vals})
        )
        return wizard.action_add()


@tagged("post_install", "-at_install")
class TestSupportReport(ReportCommon):
    def test_r02_error_cut_from_the_next_report_waits(self):
        self._add(clean_text())
        self._add(report_text())
        count = self.instance.count_ids.sorted("id")[-1]
        self.assertEqual(count.state, "to_review")
        # The same report without its block of errors adds up as well.
        cut = report_text().partition("\nErrors")[0]
        for text in (cut, cut.replace("Räkna", "Summa")):
            self._add(text)
            count = self.instance.count_ids.sorted("id")[-1]
            self.assertEqual(count.state, "to_review")
            flag = count.flag_ids.filtered(
                lambda flag: flag.waits and flag.kind != "database"
            )
            self.assertRecordValues(
                flag, [{"kind": "error_gone", "module": "acme_base"}]
            )
            self.assertIn("old.py", flag.text)
        # Mended, it is counted: nobody needs to look.
        self._add(report_text())
        cloc = Cloc()
        cloc.book("acme_base")
        cloc.book("acme_base", "/srv/acme_base/models.py", (120, 150))
        cloc.book("acme_base", "/srv/acme_base/old.py", (7, 7))
        self._add(_printed(cloc))
        count = self.instance.count_ids.sorted("id")[-1]
        self.assertEqual((count.state, count.code_lines), ("approved", 127))

    def test_r02_customization_left_out_in_the_database_waits(self):
        """Server actions and fields with an external id of `__cloc_exclude__`."""
        action, view = "ir.actions.server/7: Räkna", "/shop/views/page.xml"

        def add(excluded):
            self._add(clean_text(excluded=excluded))
            return self.instance.count_ids.sorted("id")[-1]

        def held(excluded, *waiting):
            count = add(excluded)
            flags = count.flag_ids.filtered("waits")
            self.assertEqual(
                sorted(flags.mapped(lambda flag: (flag.kind, flag.module or ""))),
                sorted(("database", module) for module in waiting),
            )
            self.assertEqual(count.state, "to_review")
            self.assertFalse(count._get_contradictions())
            return count

        self.assertEqual(add({}).state, "approved")
        count = held({action: 9, view: 30}, "", "shop")
        [flag] = count.flag_ids.filtered(lambda flag: not flag.module)
        self.assertIn("__cloc_exclude__", flag.text)
        self.assertIn(f"{action}: 9 lines", flag.text)
        count.with_user(self.approver).action_approve()
        # As accepted, or less: no news. More of it, or another: somebody looks.
        self.assertEqual(add({action: 8, view: 30}).state, "approved")
        grown = held({action: 9, view: 30}, "")
        grown.with_user(self.approver).action_approve()
        held({action: 9, view: 30, "ir.model.fields/3: x_a": 1}, "")
        self.assertEqual(add({action: 9}).state, "approved")

    def test_r02_report_without_a_module_is_refused_with_what_to_do(self):
        with self.assertRaisesRegex(UserError, "lists no module.*-d"):
            self._add(_printed(Cloc()))
        self.assertFalse(self.instance.count_ids)

    def test_r02_a_pasted_report_is_a_count(self):
        action = self._add(report_text())
        count = self.env["support.count"].browse(action["res_id"])
        self.assertRecordValues(
            count,
            [
                {
                    "code_lines": 125,
                    "total_lines": 156,
                    "error_count": 1,
                    "ruleset": "odoo=17.0 cloc=reported",
                }
            ],
        )
        self.assertRecordValues(
            count.module_ids.sorted("name"),
            [
                {"name": "acme_base", "code_lines": 120, "error_count": 1},
                {"name": "odoo/studio", "code_lines": 5, "error_count": 0},
            ],
        )
        self.assertEqual(self.instance.source_ids.kind, "report")
        report = self.instance.source_ids.report_ids
        self.assertEqual(count.revision, report.digest)
        self.assertEqual(report.code_lines, 125)
        # Counted again, by anybody: from the same report.
        self.instance.with_user(self.consultant).action_count()
        self.assertEqual(len(self.instance.count_ids), 1)

    def test_a_file_does_as_well_and_the_version_is_named(self):
        file = base64.b64encode(clean_text().replace("\n", "\r\n").encode("utf-8-sig"))
        self._add(file=file, odoo_version="16.0")
        self.assertEqual(self.instance.last_count_id.ruleset, "odoo=16.0 cloc=reported")
        self.assertEqual(self.contract.billed_lines, 120)

    def test_figures_that_do_not_add_up_are_refused_with_their_row(self):
        text = re.sub(r" 120(?=\n)", " 100", clean_text(), count=1)
        with self.assertRaisesRegex(UserError, r"Line 3 \(acme_base .*is not 150"):
            self._add(text)
        with self.assertRaisesRegex(UserError, "Paste the report"):
            self._add("")
        with self.assertRaisesRegex(UserError, "Odoo cloc"):
            self._add("something else")
        with self.assertRaisesRegex(UserError, "10 MB"):
            self._add(file=base64.b64encode(b"x" * (11 * 2**20)))
        self.assertFalse(self.env["support.cloc.report"].search([]) & self._reports())
        self.assertFalse(self.instance.count_ids)

    def test_what_is_no_text_is_refused_and_nothing_is_altered(self):
        text = report_text()
        for vals in (
            {"text": text.replace("old.py", "old\ud800.py")},
            {"text": text.replace("old.py", "old\0.py")},
            {"file": base64.b64encode(text.encode("latin-1"))},
            {"file": base64.b64encode(text.replace("old.py", "o\0d.py").encode())},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "UTF-8|Rename the file"),
            ):
                # As the wizard gets it: none of these can be stored even in it.
                wizard = self.env["support.cloc.report.add"].new(
                    {"instance_id": self.instance.id, "odoo_version": "17.0", **vals}
                )
                wizard.action_add()
        self.assertFalse(self._reports())

    def test_r02_figures_alone_do_not_make_two_modules_the_same(self):
        """Two productions that report the same name and figures are billed twice."""
        second = self._create_instance(self.contract, name="Second", series="17.0")
        self._add(clean_text())
        self.env["support.cloc.report.add"].create(
            {"instance_id": second.id, "text": clean_text().replace("/srv/", "/opt/")}
        ).action_add()
        self.assertEqual(self.contract.billed_lines, 240)
        self.assertFalse(second.last_count_id.module_ids.digest)
        for count in (self.instance | second).last_count_id:
            self.assertFalse(count._get_contradictions())

    def _reports(self):
        return self.instance.source_ids.report_ids

    def test_the_same_text_twice_is_one_count(self):
        self._add(clean_text())
        self._add(clean_text() + "\n\n")
        self.assertEqual(len(self._reports()), 1)
        self.assertEqual(len(self.instance.count_ids), 1)
        self._add(clean_text(130))
        self.assertEqual(self.instance.code_lines, 130)
        # Back to what it was: the first report came again, and is the latest.
        self._reports().sorted("id")[1].date_received -= timedelta(minutes=1)
        self._add(clean_text())
        self.assertEqual(len(self._reports()), 2)
        self.assertEqual(self.instance.code_lines, 120)

    def test_an_old_report_says_nothing_about_today(self):
        self._add(clean_text())
        self._reports().date_received -= timedelta(days=46)
        with self.assertRaisesRegex(UserError, "Ask for a new one"):
            self.instance.action_count()
        # 22:30 UTC on 31 August is half past midnight on 1 September in Sweden.
        self.company.support_tz = "Europe/Stockholm"
        self._reports().date_received = "2026-08-31 22:30:00"
        with (
            freeze_time("2026-12-01 12:00:00"),
            self.assertRaisesRegex(UserError, "came on 09/01/2026"),
        ):
            self.instance.action_count()

    def test_a_report_beside_a_repository_would_count_twice(self):
        repository = self._create_repository()
        instance = self._create_instance(self.contract, repository, name="Second")
        with self.assertRaisesRegex(ValidationError, "count the same lines again"):
            instance.source_ids.create({"instance_id": instance.id, "kind": "report"})
        instance.source_ids.active = False
        instance.source_ids.create({"instance_id": instance.id, "kind": "report"})

    def test_reports_are_evidence(self):
        self._add(clean_text())
        report = self._reports()
        for vals in ({"text": "x"}, {"digest": "x"}, {"source_id": False}):
            with self.assertRaisesRegex(UserError, "evidence"):
                report.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "evidence"):
            report.sudo().unlink()
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            report.with_user(self.manager).write({"date_received": "2020-01-01"})

    def test_a_consultant_adds_to_what_a_manager_has_set_up(self):
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self._add(clean_text(), user=self.consultant)
        self._add(clean_text())
        self._add(clean_text(121), user=self.consultant)
        self.assertEqual(self.instance.code_lines, 121)

    def test_another_company_sees_no_report(self):
        self._add(clean_text())
        company = self.env["res.company"].create({"name": "Other"})
        self.consultant.write(
            {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        )
        Report = self.env["support.cloc.report"].with_user(self.consultant)
        self.assertFalse(Report.search([("id", "in", self._reports().ids)]))
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self._add(clean_text(), user=self.consultant)

    def test_a_signed_contract_gets_reports_through_an_amendment_only(self):
        self.contract.action_activate()
        with self.assertRaisesRegex(UserError, "signed"):
            self._add(clean_text())
        # As the button of the form opens it, too.
        self.env = self.env(
            context={**self.env.context, "default_instance_id": self.instance.id}
        )
        with self.assertRaisesRegex(UserError, "signed.*press Amend"):
            self._add(clean_text())
        self.assertFalse(
            self.instance.with_context(active_test=False).source_ids.report_ids
        )

    def test_a_source_tells_its_state(self):
        self._add(clean_text())
        source = self.instance.source_ids
        self.assertEqual(source.status, "ok")
        self.assertEqual(source.date_read, source.report_date)
        source.active = False
        self.assertEqual(source.status, "off")
        instance = self._create_instance(
            self.contract, self._create_repository(), name="Second"
        )
        self.assertRecordValues(
            instance.source_ids, [{"status": "waiting", "date_read": False}]
        )
        instance.count_error = "No answer"
        self.assertEqual(instance.source_ids.status, "failed")


@tagged("post_install", "-at_install")
class TestSupportUpload(ReportCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.source = self.env["support.source"].create(
            {"instance_id": self.instance.id, "kind": "upload"}
        )
        self.token = self._new_token()

    def _new_token(self):
        action = self.source.with_user(self.manager).action_new_token()
        self.env.flush_all()
        return action["context"]["default_token"]

    def _post(self, text, token=None, source_id=None, **headers):
        data = text.encode() if isinstance(text, str) else text
        answer = self.url_open(
            f"/support/count/{source_id or self.source.id}",
            data=data,
            method="POST",
            headers={
                "Content-Type": "text/plain",
                "Authorization": f"Bearer {token or self.token}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        self.env.invalidate_all()
        return answer

    def test_an_upload_is_a_count_and_twice_the_same_is_one(self):
        first = self._post(clean_text(), Odoo_Version="Odoo Server 18.0-20260101")
        self.assertEqual(first.status_code, 200)
        self.assertEqual(first.json(), {"lines": 120, "modules": 1, "new": True})
        second = self._post(clean_text(), Odoo_Version="Odoo Server 18.0-20260101")
        self.assertEqual(second.json(), {"lines": 120, "modules": 1, "new": False})
        self.assertRecordValues(
            self.instance.count_ids,
            [
                {
                    "state": "approved",
                    "code_lines": 120,
                    "ruleset": "odoo=18.0 cloc=reported",
                }
            ],
        )
        self.assertEqual(len(self.source.report_ids), 1)
        self.assertNotIn("Set-Cookie", second.headers)

    def test_the_shown_command_works(self):
        """The lines on the screen name this address, header and token."""
        command = self.source.with_user(self.manager).action_new_token()["context"]
        self.env.flush_all()
        line = command["default_command"]
        self.assertIn(f"/support/count/{self.source.id}", line)
        self.assertNotIn(command["default_token"], line)
        line = command["default_preparation"]
        header = re.search(r"Authorization: Bearer ([\w-]+)", line)
        self.assertEqual(self._post(clean_text(), header[1]).status_code, 200)

    def test_an_address_without_encryption_is_warned_of(self):
        """Everybody on the way could read the token of the line that is shown."""
        for address, unencrypted in (
            ("http://odoo.example.com", True),
            ("http://odoo.example.com:8069", True),
            ("http://192.0.2.7", True),
            ("HTTP://odoo.example.com", True),
            ("https://odoo.example.com", False),
            ("http://localhost:8069", False),
            ("http://127.0.0.1:8069", False),
        ):
            with self.subTest(address):
                self.env["ir.config_parameter"].set_param("web.base.url", address)
                action = self.source.with_user(self.manager).action_new_token()
                wizard = self.env["support.upload.token"].with_user(self.manager)
                wizard = wizard.with_context(**action["context"]).new()
                self.assertEqual(wizard.unencrypted, unencrypted)
        arch = self.env["support.upload.token"].get_view(view_type="form")["arch"]
        self.assertIn("web.base.url", arch)

    def test_the_token_is_shown_once_and_stored_as_a_fingerprint(self):
        self.env.cr.execute(
            "SELECT row_to_json(s)::text FROM support_source s WHERE id = %s",
            [self.source.id],
        )
        self.assertNotIn(self.token, self.env.cr.fetchone()[0])
        wizard = self.env["support.upload.token"].create({"token": self.token})
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(t)::text FROM support_upload_token t")
        self.assertNotIn(self.token, str(self.env.cr.fetchall()))
        wizard.unlink()
        source = self.source.with_user(self.manager)
        self.assertNotIn("token_hash", source.fields_get())
        hash_ = self.source.sudo().token_hash
        self.assertNotIn(hash_, str(source.read()))
        for field in ("token_hash", "upload_number"):
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                source.read([field])
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                source.search([(field, "!=", False)])
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                source.write({field: False})
        self.assertFalse(self.source.copy({"active": False}).sudo().token_hash)

    def test_strangers_learn_nothing(self):
        other = self._create_instance(self.contract, name="Other")
        source = self.env["support.source"].create(
            {"instance_id": other.id, "kind": "upload"}
        )
        without_token = self._create_instance(self.contract, name="Third")
        third = self.env["support.source"].create(
            {"instance_id": without_token.id, "kind": "upload"}
        )
        source.with_user(self.manager).action_new_token()
        self.env.flush_all()
        answers = [
            self._post("x", "wrong"),
            self._post("x", "å"),
            self._post("x", source_id=source.id),  # the token of another instance
            self._post("x", source_id=third.id),
            self._post("x", source_id=2**31 - 1),
            self._post("x", Authorization="Basic eDp5"),
            self._post("x", Authorization=f"Token {self.token}"),
            self._post("x", Authorization=""),
            self._post("x" * (11 * 2**20), "wrong"),
        ]
        self.assertEqual({answer.status_code for answer in answers}, {401})
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertFalse((other | without_token).count_ids)
        # Other ways in are closed too.
        for method in ("GET", "PUT", "DELETE"):
            answer = self.url_open(f"/support/count/{source.id}", method=method)
            self.assertIn(answer.status_code, (404, 405))

    def test_a_new_token_and_an_archived_source_end_the_old_one(self):
        old, self.token = self.token, self._new_token()
        self.assertEqual(self._post(clean_text(), old).status_code, 401)
        self.assertEqual(self._post(clean_text()).status_code, 200)
        self.source.active = False
        self.env.flush_all()
        self.assertEqual(self._post(clean_text()).status_code, 401)

    def test_r02_a_closed_instance_and_an_ended_contract_take_no_report(self):
        self.assertEqual(self._post(clean_text()).status_code, 200)
        today = self.instance.company_id._support_today()
        self.instance.date_end = today
        self.env.flush_all()
        self.assertEqual(self._post(clean_text()).status_code, 200)
        self.instance.date_end = today - timedelta(days=1)
        self.env.flush_all()
        self.assertEqual(self._post(clean_text()).status_code, 401)
        self.instance.date_end = False
        self.instance.active = False
        self.env.flush_all()
        self.assertEqual(self._post(clean_text()).status_code, 401)
        self.instance.active = True
        self.contract.action_cancel()
        self.env.flush_all()
        self.assertEqual(self._post(clean_text()).status_code, 401)
        self.assertEqual(len(self.instance.count_ids), 1)

    def test_what_cannot_be_counted_is_refused_in_words(self):
        answer = self._post(clean_text().replace(" 150", " 151", 1))
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Line 3", answer.json()["error"])
        answer = self._post(clean_text(), Content_Type="application/json")
        self.assertEqual(answer.status_code, 415)
        self.assertIn("text/plain", answer.json()["error"])
        self.assertFalse(self.instance.count_ids)

    def test_what_is_no_text_is_refused_and_counts_as_a_call(self):
        report = clean_text()
        for body, words in (
            (b"\xff\xfe\x00", "UTF-8"),
            (report.replace("models.py", "m\xe5l.py").encode("latin-1"), "UTF-8"),
            (report.replace("acme_base/m", "acme_bas\0/m"), "Rename the file"),
            (b"\xed\xa0\x80" + report.encode(), "UTF-8"),
        ):
            answer = self._post(body)
            self.assertEqual(answer.status_code, 400, answer.text)
            self.assertIn(words, answer.json()["error"])
        self.assertEqual(self.source.sudo().upload_number, 4)
        self.source.sudo().upload_number = UPLOADS_PER_HOUR
        self.env.flush_all()
        self.assertEqual(self._post(b"\xff").status_code, 429)
        self.assertFalse(self.source.report_ids)
        self.assertFalse(self.instance.count_ids)

    def test_a_call_that_breaks_something_counts_all_the_same(self):
        # Something unexpected, behind everything that we look at first.
        self.source.sudo().upload_number = 5
        self.source.sudo().upload_hour = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'broken'; END $$"
        )
        self.env.cr.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON support_cloc_report "
            "FOR EACH ROW EXECUTE FUNCTION broken()"
        )
        with mute_logger("odoo.http", "odoo.sql_db"):
            self.assertEqual(self._post(clean_text()).status_code, 500)
        self.assertEqual(self.source.sudo().upload_number, 6)

    def test_an_upload_of_a_hundred_megabytes_is_refused_unread(self):
        parts = urlsplit(self.base_url())
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        self.addCleanup(connection.close)
        with self.allow_requests():
            # Only the head is sent: who answers has not waited for the rest.
            connection.putrequest("POST", f"/support/count/{self.source.id}")
            connection.putheader("Authorization", f"Bearer {self.token}")
            connection.putheader("Content-Type", "text/plain")
            connection.putheader("Content-Length", str(100 * 2**20))
            cookie = f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
            connection.putheader("Cookie", cookie)
            connection.endheaders()
            answer = connection.getresponse()
        self.assertEqual(answer.status, 413)
        self.assertIn(b"10 MB", answer.read())

    def test_too_many_reports_are_put_off(self):
        self.source.sudo().write(
            {
                "upload_number": UPLOADS_PER_HOUR - 1,
                "upload_hour": fields.Datetime.now(),
            }
        )
        self.env.flush_all()
        self.assertEqual(self._post(clean_text()).status_code, 200)
        answer = self._post(clean_text(130))
        self.assertEqual(answer.status_code, 429)
        self.assertEqual(answer.headers["Retry-After"], "3600")
        self.assertEqual(self.instance.code_lines, 120)
        self.source.sudo().upload_hour -= timedelta(hours=2)
        self.env.flush_all()
        self.assertEqual(self._post(clean_text(130)).status_code, 200)

    def test_known_and_unknown_numbers_make_the_same_statements(self):
        self.env.flush_all()
        made = []
        for number in (self.source.id, self.source.id + 1000, 2**40):
            self.env.invalidate_all()
            statements = []
            execute = self.env.cr.execute

            def note(query, *args, execute=execute, statements=statements, **kwargs):
                statements.append(str(getattr(query, "code", query)))
                return execute(query, *args, **kwargs)

            with patch.object(self.env.cr, "execute", note):
                self.assertFalse(
                    self.env["support.source"]._get_by_token(number, "wrong")
                )
            made.append(statements)
        self.assertEqual(made[0], made[1])
        self.assertEqual(made[0], made[2])
        self.assertTrue(made[0])

    def test_only_managers_make_tokens(self):
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.source.with_user(self.consultant).action_new_token()
        git = self._create_instance(
            self.contract, self._create_repository(), name="Git"
        ).source_ids
        with self.assertRaisesRegex(UserError, "Upload"):
            git.with_user(self.manager).action_new_token()
