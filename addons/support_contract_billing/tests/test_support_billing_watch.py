# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import file_open, mute_logger

from .. import stamp
from ..watching import BillingWatch, make_token
from .common import SupportBillingCommon

RESTORED = "odoo.addons.support_contract_billing.models.support_billing_run"


class WatchCommon(SupportBillingCommon):
    def _finish_run(self, days_ago=0, **lines):
        """A finished run with a contract for each `state=number`."""
        end = fields.Datetime.now() - timedelta(days=days_ago)
        return (
            self.env["support.billing.run"]
            .sudo()
            .create(
                {
                    "state": "done",
                    "date_start": end,
                    "date_end": end,
                    "company_ids": [(6, 0, self.company.ids)],
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "contract_id": self._create_active_contract().id,
                                "company_id": self.company.id,
                                "state": state,
                            },
                        )
                        for state, number in lines.items()
                        for _number in range(number)
                    ],
                }
            )
        )

    def _warnings(self):
        return "\n".join(BillingWatch(self.env).get_warnings())

    def _age(self, contract, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_contract SET create_date = create_date - interval '%s days'"
            " WHERE id = %s",
            (days, contract.id),
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSupportBillingWatch(WatchCommon):
    def test_all_is_well(self):
        self._finish_run(done=2, failed=1)
        self.assertEqual(self._warnings(), "")

    def test_numbers_of_rows_that_run_out_are_told_before(self):
        self._finish_run()
        sequence = "support_charge_id_seq"
        self.env.cr.execute("SELECT nextval(%s)", [sequence])
        last = self.env.cr.fetchone()[0] + 1000
        self.env.cr.execute(f"SELECT setval('{sequence}', {last})")
        self.env.cr.execute(f"ALTER SEQUENCE {sequence} MAXVALUE {last * 10 // 9 + 1}")
        self.assertEqual(self._warnings(), "")
        self.env.cr.execute(f"ALTER SEQUENCE {sequence} MAXVALUE {last * 100 // 95}")
        self.assertIn("support_charge has used up 9", self._warnings())

    def test_action_that_is_switched_off(self):
        self._finish_run()
        self.cron.sudo().active = False
        self.assertIn("switched off", self._warnings())

    def test_no_run_for_days(self):
        self._age(self._create_active_contract(), 10)
        self.assertIn("No billing run was ever finished", self._warnings())
        self._finish_run(days_ago=3)
        self.assertIn("No billing run was finished since", self._warnings())
        self._finish_run(days_ago=1)
        self.assertEqual(self._warnings(), "")

    def test_clock_that_was_wrong(self):
        """A month ahead and back: the action would not come, nobody would know."""
        self._age(self._create_active_contract(), 10)
        self._finish_run(days_ago=-30)
        self.assertIn("No billing run was ever finished", self._warnings())
        self._finish_run(days_ago=3)
        self._finish_run(days_ago=-30)
        self.assertIn("No billing run was finished since", self._warnings())
        self._finish_run(days_ago=0)
        self.assertEqual(self._warnings(), "")
        self.cron.sudo().nextcall = self.env.cr.now() + timedelta(days=30)
        self.assertIn("comes next on", self._warnings())

    def test_more_contracts_due_than_billed(self):
        self._finish_run(done=1, failed=1, skipped=1)
        self.assertIn("billed 1 of 3 contracts that were due", self._warnings())

    def test_run_of_a_person_does_not_hide_the_night(self):
        night = self._finish_run(failed=3)
        person = self._finish_run(done=1)
        person.origin = "person"
        self.assertIn("billed 0 of 3 contracts that were due", self._warnings())
        # Those of the night, billed since.
        for line, failed in zip(
            self._finish_run(done=2).line_ids, night.line_ids, strict=False
        ):
            line.run_id.origin = "person"
            line.contract_id = failed.contract_id
        self.assertEqual(self._warnings(), "")

    def test_days_of_silence_that_are_none(self):
        self._age(self._create_active_contract(), 10)
        self._finish_run(days_ago=3)
        for nonsense in ("two", "0", "-1", "1e3", "9" * 30):
            self.env["ir.config_parameter"].sudo().set_param(
                "support_contract_billing.silence_days", nonsense
            )
            self.assertIn("silence_days has to be", self._warnings())
            self.assertIn("No billing run was finished since", self._warnings())
        self.env["ir.config_parameter"].sudo().set_param(
            "support_contract_billing.silence_days", "5"
        )
        self.assertEqual(self._warnings(), "")

    def test_managers_get_a_letter(self):
        self.manager.email = "manager@example.com"
        self._finish_run(failed=1)
        self.env["support.billing.run"]._cron_watch_billing()
        mail = self.env["mail.mail"].search(
            [("email_to", "ilike", "manager@example.com")]
        )
        self.assertIn("billed 0 of 1", mail.body_html)
        self.assertEqual(mail.state, "outgoing")

    def test_overview_tells_the_accountant(self):
        failed = self._create_active_contract(billing_order_required=True)
        waits = self._create_active_contract(
            [("operations", "2026-08-01")], billed_through="2026-07-31"
        )
        draft = self._create_active_contract(billing_policy="draft")
        self._run_cron("2026-10-01")
        overview = (
            self.env["support.billing.overview"].with_user(self.accountant).create({})
        )
        self.assertRecordValues(
            overview,
            [
                {
                    "failed_count": 1,
                    "waiting_count": 1,
                    "draft_count": 1,
                    "unsent_count": 0,
                    "stop_reason": "",
                }
            ],
        )
        for action, found in (
            (overview.action_view_failed(), failed),
            (overview.action_view_waiting(), waits),
            (overview.action_view_drafts(), draft.invoice_ids),
            (overview.action_view_to_review(), draft.invoice_ids),
        ):
            self.assertEqual(
                self.env[action["res_model"]].search(action["domain"]), found
            )
        with self.assertRaises(AccessError):
            self.env["support.billing.overview"].with_user(self.consultant).create({})

    # -- copies and backups ----------------------------------------------------------

    def test_copy_never_bills(self):
        """What neutralization runs on a copy, on everything that could bill or send."""
        contract = self._create_active_contract(billing_policy="send")
        self._run_cron("2026-10-01")
        self.env["support.contract"].with_user(self.accountant).action_run_billing()
        make_token(self.env(user=self.manager))
        self.env.flush_all()
        with file_open("support_contract_billing/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        crons = self.cron | self.env.ref(
            "support_contract_billing.ir_cron_watch_billing"
        )
        self.assertEqual(set(crons.sudo().mapped("active")), {False})
        self.assertFalse(contract.invoice_ids.sending_data)
        self.assertEqual(contract.billing_policy, "post")
        self.assertFalse(
            self.env["support.billing.run"].search([("state", "!=", "done")])
        )
        self.assertFalse(
            self.env["ir.config_parameter"].get_param(
                "support_contract_billing.health_token_hash"
            )
        )

    def _stamp(self, **changes):
        known = stamp.read(self.env.cr.dbname)
        self.addCleanup(stamp.write, self.env.cr.dbname, **known)
        stamp.write(self.env.cr.dbname, **(known | changes))

    def _assert_asks(self, words):
        contract = self._create_active_contract()
        with mute_logger(RESTORED):
            self._run_cron("2026-10-01")
        self.assertFalse(contract.charge_ids)
        self.assertIn(words, self._warnings())
        Run = self.env["support.billing.run"]
        with self.assertRaises(AccessError):
            Run.with_user(self.accountant).action_go_on()
        with mute_logger(RESTORED):
            action = Run.with_user(self.manager).action_go_on()
        self.assertIn(words, Run.browse(action["res_id"]).note)
        return contract

    def test_database_that_is_behind_the_data_folder_asks(self):
        run = self._finish_run()
        self._stamp(run=run.id + 7, date="2026-09-30 03:00:00")
        contract = self._assert_asks("restored from a backup")
        # The button asks as the scheduled action does.
        self._stamp(run=run.id + 7, date="2026-09-30 03:00:00")
        with self._on("2026-10-01"), self.assertRaisesRegex(UserError, "restored"):
            contract.with_user(self.accountant).action_bill()
        # As after the commit, which a test never does.
        self._stamp(run=self.env["support.billing.run"]._get_last_finished().id)
        self._run_cron("2026-10-01")
        self.assertEqual(len(contract.invoice_ids), 1)

    def test_database_with_another_identity_asks(self):
        self._finish_run()
        self._stamp(uuid="another")
        self._assert_asks("Another database billed under this name")

    def test_database_that_was_renamed_asks(self):
        self._finish_run()
        known = stamp.read(self.env.cr.dbname)
        self.addCleanup(stamp.write, self.env.cr.dbname, **known)
        stamp._path(self.env.cr.dbname).unlink()
        self._assert_asks("copied, moved or renamed")

    def test_new_database_under_an_old_name_does_not_ask(self):
        self._stamp(uuid="another", run=99)
        contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        self.assertEqual(len(contract.invoice_ids), 1)

    def test_broken_file_asks(self):
        self._finish_run()
        self._stamp()
        stamp._path(self.env.cr.dbname).write_text("{", encoding="utf-8")
        self._assert_asks("Another database billed under this name")


@tagged("post_install", "-at_install")
class TestSupportHealth(WatchCommon, HttpCase):
    def _get(self, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open("/support/health", headers=headers)

    def test_monitor_needs_its_token(self):
        self._finish_run(done=1)
        self.assertEqual(self._get().status_code, 403)
        self.assertEqual(self._get("guessed").status_code, 403)
        with self.assertRaises(AccessError):
            make_token(self.env(user=self.accountant))
        old = make_token(self.env(user=self.manager))
        token = make_token(self.env(user=self.manager))
        self.assertEqual(self._get(old).status_code, 403)
        answer = self._get(token)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(answer.json()["status"], "ok")

    def test_token_is_one_companys(self):
        """What fails in another company is not told, nor does its token end ours."""
        other = self.env["res.company"].create({"name": "Another Consultancy AB"})
        self.manager.company_ids |= other
        ours = make_token(self.env(user=self.manager))
        env = self.env(user=self.manager)
        theirs = make_token(
            env["res.company"].with_context(allowed_company_ids=other.ids).env
        )
        run = self._finish_run(done=1, failed=1)
        run.company_ids |= other
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_billing_run_line SET company_id = %s"
            " WHERE run_id = %s AND state = 'failed'",
            [other.id, run.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._get(ours).json()["warnings"], [])
        [warning] = self._get(theirs).json()["warnings"]
        self.assertIn("billed 0 of 1", warning)

    def test_monitor_is_told_what_is_wrong(self):
        token = make_token(self.env(user=self.manager))
        self._finish_run(failed=1)
        answer = self._get(token)
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json()["status"], "warning")
        self.assertIn("billed 0 of 1", answer.json()["warnings"][0])
