# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import Form, tagged, users

from ..verdict import Suspension, Verdict
from .common import SupportContractCommon

ALL_RIGHTS = (
    "maintenance",
    "operations",
    "patch",
    "hotfix",
    "upgrade",
    "discount",
    "technical_support",
    "user_support",
    "swedish_adaptations",
)


@tagged("post_install", "-at_install")
class TestSupportRight(SupportContractCommon):
    @contextmanager
    def _on(self, day):
        """At noon of `day`, a time that is the same day everywhere it matters."""
        with freeze_time(f"{day} 12:00:00"):
            yield

    @classmethod
    def _create_running(cls, services=(("maintenance", "2026-09-01"),), **vals):
        contract = cls._create_contract(services, **vals)
        contract.action_activate()
        return contract

    def _rights_on(self, contract, day):
        return {right for right in ALL_RIGHTS if contract._right(right, day)}

    # -- what services grant -----

    def test_r10_hotfix_needs_a_patch_service_on_the_day_of_the_fix(self):
        contract = self._create_running(
            [("maintenance", "2026-09-01"), ("patch", "2026-10-15")]
        )
        before = contract._right("hotfix", date(2026, 10, 14))
        self.assertFalse(before)
        self.assertEqual(before.clause, "R10")
        self.assertEqual(before.changes_on, date(2026, 10, 15))
        self.assertEqual(before.reason, "Patch agreement starts on 10/15/2026.")
        first = contract._right("hotfix", date(2026, 10, 15))
        self.assertTrue(first)
        self.assertFalse(first.changes_on)
        patch_service = contract.service_ids.filtered(
            lambda service: service.type_id == self.type_patch
        )
        self.assertEqual(first.service_id, patch_service.id)

    def test_r10_maintenance_alone_has_no_hotfix(self):
        contract = self._create_running()
        verdict = contract._right("hotfix", date(2026, 10, 1))
        self.assertFalse(verdict)
        self.assertEqual(verdict.reason, "No service of the contract includes it.")
        self.assertFalse(verdict.changes_on)
        self.assertFalse(verdict.service_id)

    def test_r04_discount_with_operations_or_maintenance(self):
        day = date(2026, 10, 1)
        for services, allowed in (
            ([("maintenance", "2026-09-01")], True),
            ([("operations", "2026-09-01")], True),
            ([("patch", "2026-09-01")], False),
        ):
            contract = self._create_running(services)
            with self.subTest(services=services):
                self.assertEqual(bool(contract._right("discount", day)), allowed)

    def test_r04_discount_is_that_of_the_day_of_the_work(self):
        contract = self._create_running([("operations", "2026-09-01")])
        self._set_end(contract, "2027-01-31")
        self.assertTrue(contract._right("discount", date(2027, 1, 31)))
        self.assertFalse(contract._right("discount", date(2027, 2, 1)))

    def test_r09_r11_r13_maintenance_brings_modules_sweden_and_support(self):
        contract = self._create_running()
        self.assertEqual(
            self._rights_on(contract, date(2026, 9, 1)),
            {
                "maintenance",
                "upgrade",
                "discount",
                "technical_support",
                "user_support",
                "swedish_adaptations",
            },
        )

    def test_r03_operations_and_patch_are_rights_of_their_own_services(self):
        contract = self._create_running(
            [("operations", "2026-09-01"), ("patch", "2026-10-01")]
        )
        self.assertEqual(
            self._rights_on(contract, date(2026, 9, 30)), {"operations", "discount"}
        )
        self.assertEqual(
            self._rights_on(contract, date(2026, 10, 1)),
            {"operations", "discount", "patch", "hotfix"},
        )

    def test_rights_look_at_grants_and_never_at_names(self):
        """A consultancy's own type of service, with its own right."""
        right = self.env["support.right"].create(
            {"name": "On-call duty", "code": "on_call", "clause": "A7"}
        )
        kind = self.env["support.service.type"].create(
            {
                "name": "Gold",
                "code": "gold",
                "product_id": self.type_patch.product_id.id,
                "grant_ids": [
                    Command.link(right.id),
                    Command.link(self.env.ref("support_contract.right_hotfix").id),
                ],
            }
        )
        contract = self._create_contract(
            services=(),
            billed_through="2026-08-31",
            terms_id=self.terms.id,
            service_ids=[
                Command.create({"type_id": kind.id, "date_start": "2026-09-01"})
            ],
            condition_ids=[
                Command.create({"key": "price", "type_id": kind.id, "value": 100.0})
            ],
        )
        contract.action_activate()
        verdict = contract._right("on_call", date(2026, 9, 1))
        self.assertTrue(verdict)
        self.assertEqual(verdict.clause, "A7")
        self.assertTrue(contract._right("hotfix", date(2026, 9, 1)))
        self.assertFalse(contract._right("patch", date(2026, 9, 1)))

    def test_unknown_right_is_an_error_of_the_program(self):
        contract = self._create_running()
        with self.assertRaisesRegex(ValueError, "no right with the code 'free_beer'"):
            contract._right("free_beer")

    # -- days -----

    def _set_end(self, contract, day):
        contract._amend(
            contract.company_id._support_today(),
            "Test",
            [(contract.service_ids, {"date_end": day})],
        )

    def test_r01_rights_run_from_the_first_to_the_last_day_of_a_service(self):
        contract = self._create_running()
        self._set_end(contract, "2027-08-31")
        days = [
            date(2026, 8, 31),
            date(2026, 9, 1),
            date(2027, 8, 31),
            date(2027, 9, 1),
        ]
        verdicts = [contract._right("maintenance", day) for day in days]
        self.assertEqual([bool(one) for one in verdicts], [False, True, True, False])
        self.assertEqual(
            [one.changes_on for one in verdicts],
            [date(2026, 9, 1), date(2027, 9, 1), date(2027, 9, 1), None],
        )
        self.assertIn("ended on 08/31/2027", verdicts[-1].reason)

    def test_r01_notice_changes_nothing_until_its_last_day(self):
        with self._on("2027-10-20"):
            contract = self._create_running(billed_through="2027-09-30")
            contract.with_user(self.manager)._give_notice(
                contract.service_ids, date(2027, 10, 20)
            )
            self.assertEqual(contract.state, "notice")
            last = contract.service_ids.date_end
            self.assertEqual(last, date(2027, 10, 31))
            today = contract._right("user_support")
        self.assertTrue(today)
        self.assertEqual(today.changes_on, last + timedelta(days=1))
        self.assertTrue(contract._right("user_support", last))
        self.assertFalse(contract._right("user_support", last + timedelta(days=1)))

    def test_ended_contract_still_tells_what_it_granted(self):
        with self._on("2026-10-01"):
            contract = self._create_running()
            self._set_end(contract, "2027-08-31")
        with self._on("2027-09-01"):
            contract.action_end()
            self.assertEqual(contract.state, "ended")
            self.assertTrue(contract._right("maintenance", date(2027, 8, 31)))
            self.assertFalse(contract._right("maintenance"))

    def test_service_of_29_february(self):
        contract = self._create_running(
            [("maintenance", "2028-02-29")], billed_through="2028-02-28"
        )
        self.assertFalse(contract._right("maintenance", date(2028, 2, 28)))
        self.assertTrue(contract._right("maintenance", date(2028, 2, 29)))

    def test_service_that_follows_on_another_leaves_no_gap(self):
        contract = self._create_contract(
            [("patch", "2026-09-01"), ("operations", "2026-09-01")],
            terms_id=self.terms.id,
            billed_through="2026-08-31",
        )
        contract.service_ids[0].date_end = "2026-12-31"
        contract.service_ids = [
            Command.create({"type_id": self.type_patch.id, "date_start": "2027-01-01"})
        ]
        contract.action_activate()
        verdict = contract._right("hotfix", date(2026, 12, 31))
        self.assertTrue(verdict)
        self.assertFalse(verdict.changes_on)
        self.assertTrue(contract._right("hotfix", date(2027, 1, 1)))

    def test_today_is_the_company_s_day(self):
        contract = self._create_running([("patch", "2026-11-01")])
        contract.company_id.support_tz = "Europe/Stockholm"
        # Half past midnight on 1 November in Sweden, 31 October in UTC.
        with freeze_time("2026-10-31 23:30:00"):
            self.assertTrue(contract._right("hotfix"))
        with freeze_time("2026-10-31 22:30:00"):
            self.assertFalse(contract._right("hotfix"))

    def test_a_moment_is_no_day(self):
        contract = self._create_running()
        with self.assertRaisesRegex(ValueError, "pass a date without a time"):
            contract._right("hotfix", self.env.cr.now())

    # -- contracts that grant nothing -----

    def test_draft_and_cancelled_contracts_grant_nothing(self):
        contract = self._create_contract()
        day = date(2026, 10, 1)
        for word in ("draft", "cancelled"):
            for right in ALL_RIGHTS:
                verdict = contract._right(right, day)
                self.assertFalse(verdict)
                self.assertIn(word, verdict.reason)
                self.assertFalse(verdict.changes_on)
            if word == "draft":
                contract.action_cancel()

    # -- suspension -----

    def test_suspension_is_the_answer_where_the_terms_suspend(self):
        """An override of the hook, as billing has one."""
        contract = self._create_running([("operations", "2026-09-01")])
        first, paid = date(2026, 10, 10), date(2026, 10, 20)

        def suspension(this, day):
            if first <= day < paid:
                return Suspension(
                    "An invoice is unpaid.", "S1", frozenset({"operations", "hotfix"})
                )
            return None

        model = type(contract)
        with (
            patch.object(model, "_right_suspension", suspension),
            patch.object(
                model, "_get_suspension_days", lambda this, day: [first, paid]
            ),
        ):
            before = contract._right("operations", date(2026, 10, 9))
            self.assertEqual((bool(before), before.changes_on), (True, first))
            during = contract._right("operations", first)
            self.assertEqual(
                during,
                Verdict(
                    allowed=False,
                    right="operations",
                    on_date=first,
                    clause="S1",
                    reason="An invoice is unpaid.",
                    changes_on=paid,
                    service_id=contract.service_ids.id,
                ),
            )
            self.assertTrue(contract._right("operations", paid))
            # What is not suspended goes on; what was never granted says so.
            self.assertTrue(contract._right("discount", first))
            self.assertNotIn("unpaid", contract._right("hotfix", first).reason)

    # -- the property -----

    def test_answer_holds_until_it_changes(self):
        """Against every single day, over random contracts."""
        begin = date(2026, 1, 31)

        def services(kind, starts):
            # One after the other: the database refuses what overlaps.
            day, found = begin, []
            for gap, length in starts:
                start = day + timedelta(days=gap)
                end = start + timedelta(days=length) if length else False
                found.append({"type_id": kind.id, "date_start": start, "date_end": end})
                if not end:
                    break
                day = end + timedelta(days=1)
            return found

        spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 90)), max_size=3)

        @settings(max_examples=25, deadline=None, database=None)
        @given(
            spans, spans, st.integers(0, 200), st.sampled_from(("hotfix", "discount"))
        )
        def check(patches, operations, offset, right):
            values = services(self.type_patch, patches)
            values += services(self.type_operations, operations)
            contract = self._create_contract(
                services=(),
                terms_id=self.terms.id,
                service_ids=[Command.create(vals) for vals in values],
            )
            contract._set_state("active")
            granting = [
                vals
                for vals in values
                if self.env.ref(f"support_contract.right_{right}")
                in self.env["support.service.type"].browse(vals["type_id"]).grant_ids
            ]

            def expected(day):
                return any(
                    vals["date_start"] <= day <= (vals["date_end"] or date.max)
                    for vals in granting
                )

            day = begin + timedelta(days=offset)
            verdict = contract._right(right, day)
            self.assertEqual(bool(verdict), expected(day))
            end = verdict.changes_on or day + timedelta(days=500)
            while day < end:
                self.assertEqual(expected(day), verdict.allowed, day)
                day += timedelta(days=1)
            if verdict.changes_on:
                self.assertNotEqual(expected(end), verdict.allowed)
                self.assertNotEqual(bool(contract._right(right, end)), verdict.allowed)

        check()

    # -- what staff sees -----

    @users("support_user")
    def test_contract_form_shows_the_rights_of_today(self):
        with self._on("2026-10-01"):
            contract = self._create_running(
                [("maintenance", "2026-09-01"), ("patch", "2026-11-01")]
            )
            html = str(contract.with_env(self.env).rights_today)
        self.assertEqual(html.count("o_support_yes"), 6)
        self.assertEqual(html.count("o_support_no"), 3)
        self.assertIn("Patch agreement starts on 11/01/2026.", html)
        self.assertIn("from 11/01/2026", html)

    @users("support_manager")
    def test_new_contract_form_opens(self):
        form = Form(self.env["support.contract"])
        self.assertIn("draft", str(form.rights_today))
