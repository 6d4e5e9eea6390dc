# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..links import make_token
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportContactMerge(SupportContractCommon):
    """Odoo's wizard makes contacts one, by SQL, past every method of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heir, cls.twin = cls.env["res.partner"].create(
            [
                {"name": "Björkdal Möbler AB", "is_company": True},
                {"name": "Björkdals Möbler", "is_company": True},
            ]
        )
        cls.contract = cls._create_contract([("operations", "2026-09-01")])
        cls.contract.action_activate()
        cls.nobody = cls.env.ref("base.public_user")
        cls.clerk = new_test_user(
            cls.env, "clerk", groups="base.group_user,base.group_partner_manager"
        )
        cls.manager.group_ids |= cls.env.ref("base.group_partner_manager")
        cls.anna, cls.ann = cls.env["res.partner"].create(
            [
                {"name": "Anna Berg", "parent_id": cls.customer.id},
                {"name": "A. Berg", "parent_id": cls.customer.id},
            ]
        )

    def _merge(self, source, target, user=None):
        Wizard = self.env["base.partner.merge.automatic.wizard"]
        Wizard = Wizard.with_user(user or self.manager)
        Wizard.create(
            {
                "partner_ids": [(6, 0, (source | target).ids)],
                "dst_partner_id": target.id,
                "state": "selection",
            }
        ).action_merge()
        self.env.invalidate_all()
        self.assertFalse(source.exists())

    def _pass_on(self, day, to):
        self.contract._amend(
            date.fromisoformat(day), "Sold", [(self.contract, {"partner_id": to.id})]
        )

    def _owing(self, day):
        state = self.contract._get_state_on(date.fromisoformat(day))
        return state["partner_id"]

    def _merged_events(self, contract=None):
        contract = contract or self.contract
        return contract.event_ids.filtered(lambda event: event.kind == "merge")

    @freeze_time("2026-10-20")
    def test_heir_becomes_another(self):
        self._pass_on("2026-10-12", self.heir)
        self._merge(self.heir, self.twin)
        self.assertEqual(self._owing("2026-10-11"), self.customer)
        self.assertEqual(self._owing("2026-10-12"), self.twin)
        line = self.contract.amendment_ids.line_ids
        self.assertEqual(line.after_text, "Björkdals Möbler")
        on_day = self.env["support.contract.on.day"].create(
            {"contract_id": self.contract.id, "day": "2026-10-30"}
        )
        self.assertEqual(on_day.partner_id, self.twin)

    @freeze_time("2026-10-20")
    def test_former_customer_becomes_another(self):
        self._pass_on("2026-10-12", self.heir)
        self._merge(self.customer, self.twin)
        self.assertEqual(self._owing("2026-10-11"), self.twin)
        self.assertEqual(self._owing("2026-10-12"), self.heir)

    @freeze_time("2026-10-20")
    def test_two_merges_in_a_row(self):
        third = self.env["res.partner"].create({"name": "III", "is_company": True})
        self._pass_on("2026-10-12", self.heir)
        self._merge(self.heir, self.twin)
        self._merge(self.twin, third)
        self.assertEqual(self._owing("2026-10-11"), self.customer)
        self.assertEqual(self._owing("2026-10-12"), third)
        self.assertEqual(len(self._merged_events()), 2)

    @freeze_time("2026-10-20")
    def test_both_parties_become_one(self):
        self._pass_on("2026-10-12", self.heir)
        self._merge(self.customer, self.heir)
        self.assertEqual(self._owing("2026-10-11"), self.heir)
        self.assertFalse(
            self.contract._get_change_days(
                "partner_id", date(2026, 9, 1), date(2026, 12, 1)
            )
        )

    def test_scheduled_passing_on_goes_to_who_is_left(self):
        with freeze_time("2026-10-01"):
            self._pass_on("2026-10-12", self.heir)
            self._merge(self.heir, self.twin)
            self.assertEqual(self.contract.partner_id, self.customer)
        with freeze_time("2026-10-12 10:00:00"):
            self._run_amendments()
        self.assertEqual(self.contract.partner_id, self.twin)
        self.assertFalse(self.contract.amend_error)

    def test_scheduled_passing_on_is_undone_after_a_merge(self):
        with freeze_time("2026-10-01"):
            self._pass_on("2026-10-12", self.heir)
            self._merge(self.heir, self.twin)
            self.env["support.contract.amend"].create(
                {
                    "contract_id": self.contract.id,
                    "change": "undo",
                    "reason": "Not sold",
                    "date_effective": "2026-10-12",
                    "undoes_id": self.contract.amendment_ids.id,
                }
            ).action_confirm()
            undoing = self.contract.amendment_ids.filtered("undoes_id")
            self.assertRecordValues(
                undoing.line_ids,
                [
                    {
                        "before_partner_id": self.twin.id,
                        "after_partner_id": self.customer.id,
                    }
                ],
            )
            self.assertEqual(self._owing("2026-10-12"), self.customer)

    @freeze_time("2026-10-20")
    def test_passing_on_is_undone_after_a_merge(self):
        self._pass_on("2026-10-12", self.heir)
        self._merge(self.customer, self.twin)
        self.env["support.contract.amend"].create(
            {
                "contract_id": self.contract.id,
                "change": "undo",
                "reason": "Not sold",
                "date_effective": "2026-10-12",
                "undoes_id": self.contract.amendment_ids.id,
            }
        ).action_confirm()
        self.assertEqual(self.contract.partner_id, self.twin)
        self.assertEqual(self._owing("2026-10-15"), self.twin)

    def test_contact_of_an_amendment_is_not_deleted(self):
        with freeze_time("2026-10-01"):
            self._pass_on("2026-10-12", self.heir)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.heir.unlink()
            self.env.flush_all()
        self.assertTrue(self.heir.exists())

    # === ROLES === #

    def _give(self, *roles):
        self.env["support.contract.contact"].create(
            [
                {
                    "contract_id": self.contract.id,
                    "partner_id": person.id,
                    "role": role,
                }
                for person, role in roles
            ]
        )

    def test_equal_roles_become_one_and_others_stay(self):
        self._give(
            (self.anna, "key_user"), (self.ann, "key_user"), (self.ann, "finance")
        )
        former = make_token(self.contract, self.ann)
        self.assertTrue(self.contract._get_link_person(former, self.nobody))
        self._merge(self.ann, self.anna, self.clerk)
        self.assertRecordValues(
            self.contract.contact_ids.sorted("role"),
            [
                {"partner_id": self.anna.id, "role": "finance"},
                {"partner_id": self.anna.id, "role": "key_user"},
            ],
        )
        self.assertFalse(self.contract._get_link_person(former, self.nobody))
        events = self.contract.event_ids.filtered(lambda one: one.kind == "access")
        summaries = events.mapped("summary")
        self.assertIn("A. Berg (Finance) → Anna Berg (Finance)", summaries)

    def test_roles_of_two_sources_become_one(self):
        other = self.anna.copy({"name": "Berg"})
        self._give((other, "finance"), (self.ann, "finance"))
        self._merge(other | self.ann, self.anna, self.clerk)
        self.assertRecordValues(
            self.contract.contact_ids,
            [{"partner_id": self.anna.id, "role": "finance"}],
        )

    # === DIFFERENT LEGAL ENTITIES === #

    def test_who_is_no_manager_is_refused(self):
        for source, target in (
            (self.customer, self.twin),
            (self.twin, self.customer),
            (self.twin, self.anna),
        ):
            with self.assertRaisesRegex(UserError, "legal entities.*manager"):
                self._merge(source, target, self.clerk)
        self.assertEqual(self.contract.partner_id, self.customer)
        self._merge(self.heir, self.twin, self.clerk)  # nothing is agreed with them

    def test_party_of_an_amendment_is_refused(self):
        with freeze_time("2026-10-01"):
            self._pass_on("2026-11-01", self.heir)
            with self.assertRaisesRegex(UserError, "legal entities.*manager"):
                self._merge(self.heir, self.twin, self.clerk)

    def test_manager_leaves_an_event_and_no_link(self):
        second = self._create_contract(
            [("operations", "2026-09-01")], partner_id=self.twin.id
        )
        second.action_activate()
        draft = self._create_contract()
        contracts = self.contract | second | draft
        tokens = {one: make_token(one, one.partner_id) for one in contracts}
        self._merge(self.customer, self.twin)
        for contract, token in tokens.items():
            opens = bool(contract._get_link_person(token, self.nobody))
            # Who stays, stays who they were.
            self.assertEqual(opens, contract == second)
        for contract in (self.contract, second):
            event = self._merged_events(contract)
            self.assertEqual(len(event), 1)
            self.assertEqual(event.user_id, self.manager)
            self.assertEqual(event.after, "Björkdals Möbler")
            self.assertIn("Björkdal Snickeri AB", event.before)
        self.assertFalse(self._merged_events(draft))

    def test_manager_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Konsult Två AB"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="base.group_partner_manager,support_contract.group_support_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaisesRegex(UserError, "legal entities.*manager"):
            self._merge(self.customer, self.twin, stranger)

    def test_context_from_outside_allows_nothing(self):
        Wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.clerk)
        Wizard.with_context(support_merge_skips=True)._merge(
            (self.customer | self.twin).ids, self.twin
        )
        self.assertTrue(self.customer.exists())

    def test_automatic_merge_skips_and_goes_on(self):
        """By manager or clerk: nobody looks at the groups."""
        self.twin.name = self.customer.name
        people = self.env["res.partner"].create(
            [{"name": "Same Name", "parent_id": self.heir.id} for _one in range(2)]
        )
        for user in (self.clerk, self.manager):
            wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
            wizard = wizard.create({"group_by_name": True})
            with patch.object(self.env.cr, "commit"):
                wizard.action_start_automatic_process()
            self.assertEqual(wizard.state, "finished")
            self.assertTrue(self.twin.exists())
            self.assertTrue(self.customer.exists())
        self.assertEqual(len(people.exists()), 1)
