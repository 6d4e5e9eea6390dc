# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.support_contract.transactions import is_conflict

from .common import SupportContractCommon

FAILED = ["support_contract.activity_amend_failed"]
JANUARY = date(2027, 1, 1)


@tagged("post_install", "-at_install")
class TestSupportUnattended(SupportContractCommon):
    """Amendments and endings happen by themselves, each contract on its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_terms = cls.terms.copy()
        cls.new_terms.action_publish()
        cls.broken = cls._create_active()
        cls.healthy = cls._create_active()
        cls.heir = cls.env["res.partner"].create({"name": "Björkdal Möbler AB"})

    @classmethod
    def _create_active(cls):
        contract = cls._create_contract(user_id=cls.manager.id)
        contract._set_state("active")
        return contract

    def _schedule(self, contract, changes, day=JANUARY):
        with freeze_time("2026-12-10 10:00:00"):
            return contract._amend(day, "Agreed", changes)

    def _schedule_failing(self):
        """A change that is fine when it is agreed, and not any more on its day.

        The new customer becomes one of another company meanwhile.
        """
        amendment = self._schedule(
            self.broken, [(self.broken, {"partner_id": self.heir})]
        )
        self.heir.company_id = self.env["res.company"].create({"name": "Elsewhere AB"})
        return amendment

    def _schedule_terms(self, contract, day=JANUARY):
        return self._schedule(contract, [(contract, {"terms_id": self.new_terms})], day)

    def _run(self, day):
        with freeze_time(f"{day} 03:00:00"):
            self._run_amendments()

    def test_a_failing_amendment_stops_no_other_contract(self):
        bad = self._schedule_failing()
        good = self._schedule_terms(self.healthy)
        self._run("2027-01-01")
        self.assertEqual(good.state, "applied")
        self.assertEqual(self.healthy.terms_id, self.new_terms)
        self.assertFalse(self.healthy.amend_error)
        self.assertEqual(bad.state, "scheduled")
        self.assertIn("Björkdal Möbler AB", self.broken.amend_error)
        activity = self.broken.activity_search(FAILED)
        self.assertRecordValues(activity, [{"user_id": self.manager.id}])
        self.assertIn("Björkdal Möbler AB", activity.note)

    def test_a_failing_amendment_stops_no_end_of_another_contract(self):
        with freeze_time("2026-12-10 10:00:00"):
            ending = self._create_contract([("operations", "2026-09-01")])
            ending.action_activate()
            ending._give_notice(ending.service_ids, date(2026, 12, 10))
        self._schedule_failing()
        self._run("2027-01-01")
        self.assertEqual(ending.state, "ended")
        self.assertTrue(ending.checklist_ids)

    def test_all_of_a_failing_contract_waits(self):
        first = self._schedule_terms(self.broken)
        self._schedule_failing()
        self._run("2027-01-01")
        self.assertEqual(first.state, "scheduled")
        self.assertEqual(self.broken.terms_id, self.terms)

    def test_failure_is_one_activity_and_success_clears_it(self):
        bad = self._schedule_failing()
        self._run("2027-01-01")
        self._run("2027-01-02")
        self.assertEqual(len(self.broken.activity_search(FAILED)), 1)
        with freeze_time("2027-01-02 10:00:00"):
            self._undo(bad)
        self._run("2027-01-03")
        self.assertFalse(self.broken.amend_error)
        self.assertFalse(self.broken.activity_search(FAILED))
        self.assertEqual(self.broken.partner_id, self.customer)

    def test_what_no_add_on_knows_any_more_is_held_and_stays_readable(self):
        amendment = self._schedule_terms(self.healthy)
        with self._unguarded():
            self.env.cr.execute(
                "UPDATE support_contract_amendment_line"
                "   SET model = 'support.gone', field_name = 'colour',"
                "       after = '\"red\"'"
                " WHERE amendment_id = %s",
                [amendment.id],
            )
        self.assertEqual(amendment.line_ids.after_text, '"red"')
        self._run("2027-01-01")
        self.assertEqual(amendment.state, "scheduled")
        self.assertIn("no installed add-on knows", self.healthy.amend_error)
        with freeze_time("2027-01-02 10:00:00"):
            self._undo(amendment, JANUARY)
        self.assertEqual(amendment.state, "withdrawn")
        self._run("2027-01-02")
        self.assertFalse(self.healthy.amend_error)

    def _forget(self, amendment, field_name):
        """As if the add-on had been uninstalled that had this field."""
        with self._unguarded():
            self.env.cr.execute(
                "UPDATE support_contract_amendment_line"
                "   SET model = 'support.gone'"
                " WHERE amendment_id = %s AND field_name = %s",
                [amendment.id, field_name],
            )

    def _get_held_events(self, contract):
        return contract.event_ids.filtered(
            lambda event: "no installed add-on knows" in (event.note or "")
        )

    def test_what_is_held_blocks_neither_the_rest_nor_later_amendments(self):
        changes = [
            (self.healthy, {"terms_id": self.new_terms, "partner_id": self.heir.id})
        ]
        mixed = self._schedule(self.healthy, changes)
        gone = self._schedule(
            self.healthy, [(self.healthy, {"user_id": self.consultant.id})]
        )
        newest = self.terms.copy()
        newest.action_publish()
        later = self._schedule(
            self.healthy, [(self.healthy, {"terms_id": newest})], date(2027, 1, 2)
        )
        self._forget(mixed, "terms_id")
        self._forget(gone, "user_id")
        self._run("2027-01-01")
        self.assertEqual((mixed | gone).mapped("state"), ["applied", "scheduled"])
        self.assertEqual(self.healthy.partner_id, self.heir)
        self.assertEqual(self.healthy.terms_id, self.terms)
        self.assertIn("knows “terms_id”", self.healthy.amend_error)
        self.assertIn("knows “user_id”", self.healthy.amend_error)
        self.assertTrue(self.healthy.activity_search(FAILED))
        self._run("2027-01-02")
        self.assertEqual(later.state, "applied")
        self.assertEqual(self.healthy.terms_id, newest)
        self.assertIn("knows “terms_id”", self.healthy.amend_error)
        self.assertEqual(len(self._get_held_events(self.healthy)), 2)
        with freeze_time("2027-01-03 10:00:00"):
            self._undo(mixed, date(2027, 1, 3))
            self._undo(gone, date(2027, 1, 3))
        self.assertEqual(self.healthy.partner_id, self.customer)
        self._run("2027-01-03")
        self.assertFalse(self.healthy.amend_error)

    def test_what_was_held_is_written_when_its_add_on_is_back(self):
        changes = [
            (self.healthy, {"terms_id": self.new_terms, "partner_id": self.heir.id})
        ]
        mixed = self._schedule(self.healthy, changes)
        self._forget(mixed, "terms_id")
        self._run("2027-01-01")
        self.assertEqual(self.healthy.terms_id, self.terms)
        self.assertTrue(mixed.is_held)
        with self._unguarded():
            self.env.cr.execute(
                "UPDATE support_contract_amendment_line"
                "   SET model = 'support.contract' WHERE amendment_id = %s",
                [mixed.id],
            )
        self._run("2027-01-02")
        self.assertEqual(self.healthy.terms_id, self.new_terms)
        self.assertFalse(any(mixed.line_ids.mapped("held")))
        self.assertFalse(mixed.is_held)
        self.assertFalse(self.healthy.amend_error)

    def test_scheduled_amendment_is_undone_before_its_day(self):
        agreed = self._schedule_terms(self.healthy)
        with freeze_time("2026-12-20 10:00:00"):
            undo = self._undo(agreed, JANUARY)
        self.assertEqual(
            self.healthy._value_on("terms_id", date(2027, 3, 1)), self.terms
        )
        self._run("2027-01-01")
        self.assertEqual(self.healthy.terms_id, self.terms)
        self.assertEqual((agreed | undo).mapped("state"), ["withdrawn", "applied"])

    def test_amendments_are_applied_in_the_order_of_their_days(self):
        newest = self.terms.copy()
        newest.action_publish()
        self._schedule(
            self.healthy, [(self.healthy, {"terms_id": newest})], date(2027, 2, 1)
        )
        self._schedule_terms(self.healthy)
        self._run("2027-02-01")
        self.assertEqual(self.healthy.terms_id, newest)

    def test_without_a_manager_somebody_else_gets_the_to_do(self):
        self.broken.user_id = False
        self._schedule_failing()
        self._run("2027-01-01")
        user = self.broken.activity_search(FAILED).user_id
        self.assertTrue(user.has_group("support_contract.group_support_manager"))

    def test_what_cannot_be_written_on_its_day_is_not_agreed(self):
        other = self.env["res.company"].create({"name": "Other consultancy"})
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        draft = self.terms.copy()
        for vals in ({"partner_id": theirs.id}, {"terms_id": draft.id}):
            for day in (JANUARY, date(2026, 12, 1)):
                with self.subTest(vals=vals, day=day):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        self._schedule(self.broken, [(self.broken, vals)], day)
        self.assertFalse(self.broken.amendment_ids)

    def test_two_processes_that_note_one_failure_are_no_failure(self):
        values = {
            "res_model": self.broken._name,
            "res_id": self.broken.id,
            "partner_id": self.consultant.partner_id.id,
        }
        self.env["mail.followers"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation) as caught:
            with self.env.cr.savepoint():
                self.env["mail.followers"].create(values)
        self.assertTrue(is_conflict(caught.exception))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation) as caught:
            with self.env.cr.savepoint():
                self.type_patch.copy({"code": "patch"})
        self.assertFalse(is_conflict(caught.exception))

    def _undo(self, amendment, day=None):
        wizard = self.env["support.contract.amend"].create(
            {
                "contract_id": amendment.contract_id.id,
                "change": "undo",
                "undoes_id": amendment.id,
                "reason": "Not after all",
                **({"date_effective": day} if day else {}),
            }
        )
        wizard.action_confirm()
        return amendment.undone_by_ids
