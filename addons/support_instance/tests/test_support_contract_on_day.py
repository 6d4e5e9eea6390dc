# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, tagged

from .common import SupportInstanceCommon

URL = "https://git.example.com/acme.git"
OLD = "https://old.example.com/acme.git"


@tagged("post_install", "-at_install")
class TestSupportInstanceOnDay(SupportInstanceCommon):
    """The instances of a contract on any day, asked before and afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract()
        with freeze_time("2026-09-01 10:00:00"):
            cls.production = cls._create_instance(
                cls.contract,
                source_ids=[Command.create({"url": OLD, "branch": "main"})],
                module_ids=[Command.create({"name": "acme_base"})],
            )
        cls.second = cls._create_instance(
            cls.contract,
            name="Branch office",
            billed=False,
            source_ids=[Command.create({"url": URL, "branch": "branch"})],
        )
        # Entered here when it was: the clock of the database is not the test's.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE support_instance SET create_date = '2026-09-01 10:00:00'"
        )
        cls.env.invalidate_all()
        cls.contract.action_activate()

    def _amend(self, day, changes, decided="2026-11-23"):
        with freeze_time(f"{decided} 10:00:00"):
            return self.contract._amend(date.fromisoformat(day), "Agreed", changes)

    def _run(self, day):
        with freeze_time(f"{day} 03:00:00"):
            self._run_amendments()

    def _tell(self, day):
        """The instances of a day in plain values."""
        state = self.contract._get_state_on(date.fromisoformat(day))
        return {
            instance.name: (
                values["billed"],
                [source["url"] for __, source in values["sources"]],
                values["excluded"],
            )
            for instance, values in state["instances"]
        }

    def _make_history(self):
        self._amend(
            "2027-02-15",
            [
                (self.second, {"billed": True}),
                (self.production.source_ids, {"url": URL}),
                (self.production.module_ids, {"covered": False}),
            ],
        )

    def _check_history(self):
        for day in ("2026-10-31", "2026-12-06"):
            self.assertEqual(
                self._tell(day),
                {
                    "Production": (True, [OLD], []),
                    "Branch office": (False, [URL], []),
                },
            )
        self.assertEqual(
            self._tell("2027-03-01"),
            {
                "Production": (True, [URL], ["acme_base"]),
                "Branch office": (True, [URL], []),
            },
        )

    def test_instances_on_a_day_are_the_same_before_and_afterwards(self):
        self._make_history()
        self._check_history()
        self._run("2027-03-02")
        self.assertFalse(self.contract.amend_error)
        self._check_history()

    def test_wizard_shows_the_instances_of_the_day(self):
        self._make_history()
        wizard = Form(
            self.env["support.contract.on.day"]
            .with_user(self.consultant)
            .with_context(default_contract_id=self.contract.id)
        )
        wizard.day = date(2027, 3, 1)
        for part in ("billed", URL):
            self.assertIn(part, wizard.description)
        self.assertIn("Not covered: <span>acme_base</span>", wizard.description)
