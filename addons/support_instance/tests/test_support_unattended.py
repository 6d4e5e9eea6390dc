# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SupportInstanceCommon

FAILED = ["support_contract.activity_amend_failed"]
# An address that no amendment may say.
SECRET = "https://user:secret@git.example.com/acme.git"
JANUARY = date(2027, 1, 1)


@tagged("post_install", "-at_install")
class TestSupportInstanceAmendments(SupportInstanceCommon):
    """An amendment of where code is read from can fail on its day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_terms = cls.terms.copy()
        cls.new_terms.action_publish()
        cls.broken = cls._create_active()
        cls.healthy = cls._create_active()
        cls.source = cls.broken.instance_ids.source_ids

    @classmethod
    def _create_active(cls):
        contract = cls._create_contract(user_id=cls.manager.id)
        cls._create_instance(
            contract,
            source_ids=[
                Command.create(
                    {"url": "https://git.example.com/acme.git", "branch": "main"}
                )
            ],
        )
        contract.action_activate()
        return contract

    def _schedule(self, contract, changes, day=JANUARY):
        with freeze_time("2026-12-10 10:00:00"):
            return contract._amend(day, "Agreed", changes)

    def _schedule_failing(self):
        """A change that is fine when it is agreed, and not any more on its day.

        Somebody enters credentials for the old address meanwhile.
        """
        amendment = self._schedule(
            self.broken, [(self.source, {"url": "https://code.example.com/acme.git"})]
        )
        self.source.credential_id = self.env["support.credential"].create(
            {"name": "Token", "host": "git.example.com"}
        )
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
        self.assertIn("for git.example.com only", self.broken.amend_error)
        activity = self.broken.activity_search(FAILED)
        self.assertRecordValues(activity, [{"user_id": self.manager.id}])
        self.assertIn("for git.example.com only", activity.note)

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
        self.assertEqual(self.source.url, "https://git.example.com/acme.git")

    def test_address_with_a_secret_never_reaches_an_amendment(self):
        wizard = self.env["support.contract.amend"].create(
            {
                "contract_id": self.broken.id,
                "change": "source",
                "date_effective": JANUARY,
                "reason": "Moved",
                "source_id": self.source.id,
                "source_url": SECRET,
                "source_branch": "main",
            }
        )
        with freeze_time("2026-12-10 10:00:00"), self.assertRaises(ValidationError):
            wizard.action_confirm()
        # Nor does code that comes by without the wizard get it in.
        for day in (JANUARY, date(2026, 12, 1)):
            with self.assertRaisesRegex(ValidationError, "password"):
                with self.env.cr.savepoint():
                    self._schedule(self.broken, [(self.source, {"url": SECRET})], day)
        self.assertFalse(self.broken.amendment_ids)

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
