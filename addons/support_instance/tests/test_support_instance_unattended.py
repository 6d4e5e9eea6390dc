# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import format_date, mute_logger

from ..cloc import CountError
from ..recording import record_outcome
from ..unattended import UnattendedCount
from .common import SupportInstanceCommon
from .repository import module_files
from .test_support_cloc_report import clean_text

COUNT_NOW = "odoo.addons.support_instance.count_now"


@tagged("post_install", "-at_install")
class TestSupportInstanceUnattended(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 100))
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.second = self._create_instance(
            self.contract, self.repository, name="Second"
        )

    @contextmanager
    def _unattended(self, instances):
        """These instances as a scheduled action has them, which may commit."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield instances.with_env(self.env(cr=cr, user=SUPERUSER_ID))
        self.env.invalidate_all()

    def _count(self, instances, on_done=None):
        with self._unattended(instances) as unattended:
            return unattended._count_unattended(on_done).with_env(self.env)

    def test_r02_counts_without_anybody(self):
        self.contract.action_activate()
        both = self.instance | self.second
        self.assertEqual(self._count(both), both)
        self.assertEqual(both.mapped("code_lines"), [100, 100])
        self.assertTrue(all(both.mapped("date_count_tried")))
        self.assertTrue(all(both.mapped("date_counted")))

    def test_count_says_that_it_was_made_in_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        # Tests write no such messages by default.
        self.env = self.env(context={})
        model = self.env["ir.model"]._get("support.count")
        model.with_context(lang="sv_SE").name = "Radräkning"
        self.env.ref("base.user_root").lang = "en_US"
        self.contract.action_activate()
        # Who looks after the contract; where nobody does, the company.
        self.contract.user_id = self.manager
        for lang, company_lang, user, body in (
            ("sv_SE", "en_US", self.manager, "Radräkning skapades"),
            ("en_US", "sv_SE", self.manager, "Line Count created"),
        ):
            with self.subTest(lang), self.env.cr.savepoint() as savepoint:
                user.lang = lang
                self.company.partner_id.lang = company_lang
                self.assertEqual(self._count(self.instance), self.instance)
                messages = self.instance.count_ids.message_ids
                self.assertIn(body, messages.mapped("preview"))
                savepoint.rollback()
        # A person reads what they did in their own language.
        self.company.partner_id.lang = "en_US"
        self.manager.lang = "en_US"
        self.consultant.lang = "sv_SE"
        instance = self.instance.with_env(self.env(context={"lang": "sv_SE"}))
        instance.with_user(self.consultant).action_count()
        messages = self.instance.count_ids.message_ids
        self.assertIn("Radräkning skapades", messages.mapped("preview"))

    def test_company_s_language_where_nobody_looks_after_the_contract(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.contract.user_id = False
        managers = self.env.ref("support_contract.group_support_manager")
        managers.all_user_ids.filtered(
            lambda user: user.id != SUPERUSER_ID
        ).active = False
        self.company.partner_id.lang = "sv_SE"
        self.env.ref("base.user_root").lang = "en_US"
        instance = self.instance.with_user(SUPERUSER_ID)
        self.assertEqual(instance._get_chatter_lang(), "sv_SE")

    def test_a_failure_stays_with_its_instance(self):
        broken = self._create_instance(
            self.contract,
            name="Broken",
            source_ids=[
                Command.create({"url": self.repository.url, "branch": "main"}),
                Command.create({"url": "file:///nowhere/at/all.git"}),
            ],
        )
        empty = self._create_instance(self.contract, name="Empty")
        self.contract.action_activate()
        done = []
        counted = self._count(empty | broken | self.instance | self.second, done.append)
        self.assertEqual(counted, self.instance | self.second)
        self.assertEqual(len(done), 4)
        self.assertIn("/nowhere/at/all.git", broken.count_error)
        self.assertIn("Add a code source", empty.count_error)
        self.assertFalse(broken.count_ids)
        self.assertTrue(broken.date_count_tried)
        self.assertFalse(broken.date_counted)
        # The next success clears it.
        broken.source_ids[1]._with_permission().unlink()
        self.assertEqual(self._count(broken), broken)
        self.assertFalse(broken.count_error)
        self.assertEqual(broken.code_lines, 100)

    def test_sources_changed_meanwhile_are_not_recorded(self):
        """What was read belongs to another address than the instance has now."""
        readers = self.instance._get_readers()
        counts = [reader.count() for reader in readers]
        self.instance.source_ids._with_permission().subdirectory = "acme_base"
        with self._unattended(self.instance) as instance:
            self.assertFalse(record_outcome(instance, readers, counts))
        self.assertFalse(self.instance.count_ids)
        self.assertFalse(self.instance.count_error)

    def test_what_is_unforeseen_tells_no_words_of_a_program(self):
        with self._unattended(self.instance) as instance:
            with mute_logger("odoo.addons.support_contract.transactions"):
                error = ZeroDivisionError('relation "acme" violates check')
                self.assertFalse(record_outcome(instance, [], error))
        self.assertIn("its log of", self.instance.count_error)
        self.assertNotIn("relation", self.instance.count_error)

    def test_figures_that_the_database_cannot_hold_are_told(self):
        readers = self.instance._get_readers()
        (count,) = [reader.count() for reader in readers]
        named = dict.fromkeys(["m" * 300], "1")
        for hostile, said in (
            (replace(count, total=2**31), "2147483648 lines together"),
            (replace(count, installed=named), "a name of 300 characters"),
        ):
            with self._unattended(self.instance) as instance:
                with mute_logger("odoo.addons.support_contract.transactions"):
                    self.assertFalse(record_outcome(instance, readers, [hostile]))
            self.assertIn(said, self.instance.count_error)
            self.assertFalse(self.instance.count_ids)

    def test_what_takes_long_is_counted_in_the_background(self):
        consultant = self.consultant
        instance = self.instance.with_user(consultant)
        with patch(f"{COUNT_NOW}.PATIENCE", 0):
            action = instance.action_count()
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")
        self.assertIn("You can leave this page", action["params"]["message"])
        self.assertFalse(self.instance.count_ids)
        self.assertIn("being fetched", instance.count_news)
        # Pressed again, it is the same one.
        self.assertEqual(instance.action_count(), action)
        with self._unattended(self.instance) as unattended:
            UnattendedCount(unattended)._note_progress(
                unattended, {unattended.id: (500, 1200)}
            )
        self.assertIn("500 of 1,200 files", instance.count_news)
        with self.enter_registry_test_mode():
            cron = self.env.ref("support_instance.ir_cron_count_asked").sudo()
            with patch.object(type(consultant), "_bus_send") as told:
                cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("is counted: 100 lines", told.call_args[0][1]["message"])
        self.assertEqual(self.instance.code_lines, 100)
        self.assertFalse(instance.date_count_asked or instance.count_news)
        # The same code again; the second instance was never asked for.
        action = instance.action_count()
        day = format_date(self.env, self.instance.count_ids.date)
        said = f"nothing has changed since the count of {day}"
        self.assertIn(said, action["params"]["message"])
        self.assertEqual(len(self.instance.count_ids), 1)
        self.instance.date_counted += timedelta(seconds=1)
        self.assertIn(said, instance.count_news.replace("Nothing", "nothing"))
        self.assertFalse(self.second.count_ids)

    def test_a_customer_s_code_takes_no_more_than_its_time(self):
        self.company.support_count_minutes = 5
        other = self._create_instance(
            self._create_contract(
                partner_id=self.env["res.partner"].create({"name": "Other AB"}).id
            ),
            self._create_repository(),
        )
        other.source_ids.url = self.repository.url
        hostile = self._create_repository()
        hostile.commit(module_files("acme_base", 50))
        self.second.source_ids.url = hostile.url
        everything = self.instance | self.second | other
        with freeze_time("2026-10-05 00:30:00"):
            # What it took in this night, in two attempts
            with self._unattended(self.second) as second:
                for seconds in (200, 101):
                    record_outcome(second, [], CountError("slow"), seconds)
            self.assertEqual(self.second.count_seconds, 301)
        with freeze_time("2026-10-05 01:00:00"):
            # The first is read together with the other customer's, which has the same.
            self.assertEqual(self._count(everything), self.instance | other)
        self.assertIn("5 minutes", self.second.count_error)
        # Writing it down takes time as well.
        written = []

        def slow(instance, *args):
            written.append(instance)
            time.sleep(1.1)
            return record_outcome(instance, *args)

        with (
            freeze_time("2026-10-06 01:00:00"),
            patch("odoo.addons.support_instance.unattended.record_outcome", slow),
        ):
            self.assertEqual(self._count(self.second), self.second)
        self.assertEqual(len(written), 1)
        self.assertLess(self.second.count_seconds, 60)
        self.assertGreater(self.second.count_seconds, 1.1)

    def test_an_instance_deleted_meanwhile_is_no_harm(self):
        readers = self.second._get_readers()
        counts = [reader.count() for reader in readers]
        self.second._with_permission().unlink()
        with self._unattended(self.second) as second:
            self.assertFalse(record_outcome(second, readers, counts))


@tagged("post_install", "-at_install")
class TestSupportCountRun(SupportInstanceCommon):
    """The scheduled action that counts every night."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 100))
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.broken = self._create_instance(
            self.contract,
            name="Broken",
            source_ids=[Command.create({"url": "file:///nowhere/at/all.git"})],
        )
        self.test = self._create_instance(
            self.contract, self.repository, name="Test", role="test"
        )
        self.contract.action_activate()
        self.draft = self._create_instance(self._create_contract(), self.repository)

    def _get_stale(self):
        mine = self.instance | self.broken | self.test | self.draft
        stale = self.env["support.instance"].search(
            self.env["support.instance"]._get_stale_domain()
        )
        return stale & mine

    def _run_cron(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            cron = self.env.ref("support_instance.ir_cron_count").sudo()
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_run(self):
        return self.env["support.count.run"].search(
            [("company_id", "=", self.company.id)], limit=1
        )

    def test_r02_every_night_billed_instances_of_running_contracts(self):
        self.assertEqual(self._get_stale(), self.instance | self.broken)
        self._run_cron("2026-10-05 01:00:00")
        self.assertEqual(self.instance.code_lines, 100)
        self.assertTrue(self.broken.count_error)
        self.assertFalse(self.test.count_ids | self.draft.count_ids)
        run = self._get_run()
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "instance_count": 2,
                    "counted_count": 1,
                    "failed_count": 1,
                    "progress": 100.0,
                    "display_name": "2026-10-05 03:00",
                }
            ],
        )
        self.assertTrue(run.cache_size)
        failures = run.with_user(self.consultant).action_view_failures()
        self.assertEqual(
            self.env["support.instance"].search(failures["domain"]), self.broken
        )
        with freeze_time("2026-10-05 20:00:00"):
            self.assertFalse(self._get_stale(), "the failed one waits for tomorrow")
        # Midnight in Sweden is 22:00 UTC.
        with freeze_time("2026-10-05 22:00:01"):
            self.assertEqual(self._get_stale(), self.instance | self.broken)

    def test_how_often_is_a_setting(self):
        self._run_cron("2026-10-05 01:00:00")
        self.broken._with_permission().date_end = "2026-10-05"
        self.company.support_count_days = 7
        with freeze_time("2026-10-11 21:59:00"):
            self.assertFalse(self._get_stale())
        with freeze_time("2026-10-11 22:01:00"):
            self.assertEqual(self._get_stale(), self.instance)
        settings = self.env["res.config.settings"].create({"support_count_days": 0})
        self.assertTrue(settings.support_cache_size)
        settings.execute()
        with freeze_time("2026-12-01 12:00:00"):
            self.assertFalse(self._get_stale())

    def test_r02_a_silent_server_is_told_in_time_and_among_the_failures(self):
        """Also where lines are counted once a week."""
        self.broken._with_permission().date_end = "2026-10-01"
        self.company.support_count_days = 7
        source = self.instance.source_ids
        source._with_permission().active = False
        source = source._with_permission().create(
            {"instance_id": self.instance.id, "kind": "upload", "active": True}
        )
        with freeze_time("2026-10-05 01:00:00"):
            self.env["support.cloc.report"]._receive(source, clean_text(), "17.0")
        for day in range(5, 10):
            self._run_cron(f"2026-10-0{day} 01:00:00")
            silent = day > 8
            self.assertEqual(bool(self.instance.count_error), silent, day)
            run = self._get_run()[0]
            self.assertRecordValues(
                run, [{"counted_count": int(not silent), "failed_count": int(silent)}]
            )
        self.assertIn("10/05/2026", self.instance.count_error)
        failures = run.with_user(self.consultant).action_view_failures()
        self.assertEqual(
            self.env["support.instance"].search(failures["domain"]), self.instance
        )

    def test_a_run_that_was_broken_off_goes_on(self):
        with freeze_time("2026-10-05 01:00:00"):
            runs = self.env["support.count.run"]._begin(self.instance | self.broken)
            self.instance.write(
                {
                    "date_counted": "2026-10-05 01:00:00",
                    "date_count_tried": "2026-10-05 01:00:00",
                }
            )
        self._run_cron("2026-10-05 01:05:00")
        self.assertRecordValues(
            self._get_run(),
            [
                {
                    "id": runs[self.company].id,
                    "state": "done",
                    "instance_count": 2,
                    "counted_count": 1,
                    "failed_count": 1,
                }
            ],
        )

    def test_what_another_process_has_counted_meanwhile_is_one_instance(self):
        both = self.instance | self.broken
        with freeze_time("2026-10-05 01:00:00"):
            self.env["support.count.run"]._begin(both)
            self.instance.write({"date_count_tried": "2026-10-05 01:00:00"})
            # Looked up before that.
            run = self.env["support.count.run"]._begin(both)[self.company]
        self.assertRecordValues(run, [{"instance_count": 2, "counted_count": 1}])

    def test_runs_are_seen_by_their_company_and_written_by_nobody(self):
        self._run_cron("2026-10-05 01:00:00")
        run = self._get_run().with_user(self.manager)
        self.assertEqual(run.counted_count, 1)
        with self.assertRaises(AccessError):
            run.counted_count = 2
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="support_contract.group_support_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["support.count.run"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            run.with_user(stranger).read(["counted_count"])
