# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import IntegrityConstraintViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from ..models.mixins.support_protected_mixin import PERMISSION
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportAmendment(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(
            [("operations", "2026-09-01"), ("patch", "2026-09-01")]
        )
        cls.contract.action_activate()
        cls.operations, cls.patch_service = cls.contract.service_ids

    def test_money_and_dates_of_a_signed_contract_are_locked(self):
        other = self.env["res.partner"].create({"name": "Another AB"})
        for record, vals in (
            (self.contract, {"partner_id": other.id}),
            (self.contract, {"billed_through": False}),
            (self.contract, {"terms_id": self.terms.copy({"version": "2"}).id}),
            (self.contract, {"service_ids": [Command.clear()]}),
            (self.operations, {"price_unit": 1.0}),
            (self.operations, {"date_start": "2026-08-01"}),
            (self.operations, {"date_end": "2026-12-31"}),
        ):
            for user in (self.manager, self.env.ref("base.user_root")):
                with self.subTest(vals=vals, user=user.login):
                    with self.assertRaisesRegex(UserError, "amendment"):
                        record.with_user(user).write(vals)

    def test_services_are_not_added_or_deleted_directly(self):
        with self.assertRaisesRegex(UserError, "amendment"):
            self.env["support.contract.service"].create(
                {
                    "contract_id": self.contract.id,
                    "type_id": self.type_maintenance.id,
                    "date_start": "2026-10-01",
                }
            )
        with self.assertRaisesRegex(UserError, "amendment"):
            self.operations.unlink()

    def test_service_is_not_moved_into_a_signed_contract(self):
        draft = self._create_contract([("maintenance", "2026-09-01")])
        with self.assertRaisesRegex(UserError, "amendment"):
            draft.service_ids.contract_id = self.contract

    def test_chatter_says_that_and_why_it_was_amended(self):
        with freeze_time("2026-10-05"):
            self.contract.with_user(self.manager)._amend(
                date(2026, 11, 1),
                "A <b>cheaper</b> price",
                [(self.operations, {"date_end": date(2026, 12, 31)})],
            )
        message = self.contract.message_ids[0]
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertIn("Amended from 11/01/2026: A", message.body)
        self.assertNotIn("<b>", message.body)
        self.assertFalse(message.notified_partner_ids)

    def test_permission_cannot_come_with_a_context(self):
        for value in (True, 1, "PERMISSION", {}, repr(PERMISSION)):
            with self.assertRaisesRegex(UserError, "amendment"):
                self.operations.with_context(support_permission=value).price_unit = 1.0

    def test_status_changes_through_buttons_only(self):
        with self.assertRaisesRegex(UserError, "buttons"):
            self.contract.with_user(self.manager).state = "draft"

    def test_import_cannot_create_an_active_contract(self):
        with self.assertRaisesRegex(UserError, "draft"):
            self.env["support.contract"].create(
                {
                    "partner_id": self.customer.id,
                    "terms_id": self.terms.id,
                    "state": "active",
                }
            )

    def test_note_and_account_manager_stay_free(self):
        self.contract.with_user(self.manager).write(
            {"note": "Call before noon", "user_id": self.consultant.id}
        )

    def test_amendment_tells_before_after_reason_and_who(self):
        with freeze_time("2026-11-23 10:00:00"):
            amendment = self.contract.with_user(self.manager)._amend(
                date(2026, 11, 1),
                "Agreed at the yearly review",
                [(self.operations.with_user(self.manager), {"price_unit": 2500.0})],
            )
        self.assertEqual(self.operations.price_unit, 2500.0)
        self.assertRecordValues(
            amendment,
            [
                {
                    "state": "applied",
                    "date_effective": date(2026, 11, 1),
                    "user_id": self.manager.id,
                    "reason": "Agreed at the yearly review",
                }
            ],
        )
        self.assertRecordValues(
            amendment.line_ids,
            [
                {
                    "operation": "change",
                    "res_id": self.operations.id,
                    "field_name": "price_unit",
                    "before_text": "2,400.00",
                    "after_text": "2,500.00",
                },
                {
                    "operation": "add",
                    "res_id": self.operations.condition_ids.id,
                    "field_name": False,
                    "before_text": "",
                    "after_text": "",
                },
            ],
        )
        event = self.contract.event_ids.filtered("field_name").sorted("id")[-1]
        self.assertRecordValues(
            event,
            [
                {
                    "kind": "amendment",
                    "user_id": self.manager.id,
                    "before": "2,400.00",
                    "after": "2,500.00",
                    "note": "Agreed at the yearly review",
                    "amendment_id": amendment.id,
                }
            ],
        )
        self.assertEqual(event.summary, "Price per Month: 2,400.00 → 2,500.00")

    def test_contract_on_any_date_can_be_reconstructed(self):
        with freeze_time("2026-11-23 10:00:00"):
            for day, price in (("2027-01-01", 2600.0), ("2026-10-01", 2450.0)):
                self.contract._amend(
                    date.fromisoformat(day),
                    "Agreed",
                    [(self.operations, {"price_unit": price})],
                )
        self.assertEqual(
            [
                self.operations._value_on("price_unit", date.fromisoformat(day))
                for day in ("2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01")
            ],
            [2400.0, 2450.0, 2450.0, 2600.0],
        )
        march = self.contract._get_state_on(date(2027, 3, 1))
        self.assertEqual(
            [(svc.type_id.code, vals["price_unit"]) for svc, vals in march["services"]],
            [("operations", 2600.0), ("patch", 495.0)],
        )
        self.assertEqual(self.contract._get_state_on(date(2026, 8, 31))["services"], [])
        wizard = Form(
            self.env["support.contract.on.day"].with_context(
                default_contract_id=self.contract.id
            )
        )
        wizard.day = date(2027, 3, 1)
        self.assertIn("2,600.00", wizard.description)

    def test_price_of_the_future_holds_from_its_day(self):
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._amend(
                date(2027, 1, 1), "Agreed", [(self.operations, {"price_unit": 2600.0})]
            )
            self.assertEqual(self.operations.price_unit, 2400.0)
        self.env.invalidate_all()
        with freeze_time("2026-12-31 23:30:00"):  # already 2027 in Sweden
            self.assertEqual(self.operations.price_unit, 2600.0)

    def test_scheduled_amendment_takes_effect_on_its_day(self):
        terms = self.terms.copy({"version": "2027"})
        terms._get_price(self.type_operations).price_unit = 2700.0
        terms.action_publish()
        with freeze_time("2026-11-23 10:00:00"):
            amendment = self.contract._amend(
                date(2027, 1, 1), "New terms", [(self.contract, {"terms_id": terms.id})]
            )
            self._run_amendments()
        self.assertEqual(amendment.state, "scheduled")
        self.assertEqual(self.contract.terms_id, self.terms)
        for day, price in ((date(2026, 12, 31), 2400.0), (date(2027, 1, 1), 2700.0)):
            self.assertEqual(self.operations._value_on("price_unit", day), price)
        with freeze_time("2026-12-31 23:30:00"):  # already 2027 in Sweden
            self._run_amendments()
        self.assertEqual(amendment.state, "applied")
        self.assertEqual(self.contract.terms_id, terms)
        self.assertEqual(
            self.operations._value_on("price_unit", date(2026, 12, 31)), 2400.0
        )
        self.assertEqual(
            self.contract._get_agreed_changes(
                ["price"], date(2026, 12, 15), date(2027, 1, 14), self.operations
            ),
            [date(2027, 1, 1)],
        )

    def test_special_condition_is_agreed_and_ended(self):
        for change, day, vals in (
            (
                "condition",
                "2026-11-01",
                {
                    "condition_key": "discount",
                    "condition_type_id": self.type_operations,
                    "condition_value": 10.0,
                },
            ),
            ("end_condition", "2027-01-01", {}),
        ):
            with freeze_time("2026-11-23 10:00:00"):
                wizard = Form(
                    self.env["support.contract.amend"].with_context(
                        default_contract_id=self.contract.id
                    )
                )
                wizard.change = change
                wizard.date_effective = date.fromisoformat(day)
                wizard.reason = "Loyal customer"
                if change == "end_condition":
                    vals = {"condition_id": self.contract.condition_ids}
                for name, value in vals.items():
                    setattr(wizard, name, value)
                wizard.save().action_confirm()
        self.assertRecordValues(
            self.contract.condition_ids,
            [
                {
                    "value": 10.0,
                    "date_start": date(2026, 11, 1),
                    "date_end": date(2026, 12, 31),
                    "note": "Loyal customer",
                }
            ],
        )
        self.assertEqual(
            self.operations._get_agreed("discount", date(2026, 12, 1)).value, 10.0
        )

    def test_undoing_is_another_amendment(self):
        with freeze_time("2026-11-23 10:00:00"):
            first = self.contract._amend(
                date(2026, 11, 1), "Agreed", [(self.operations, {"price_unit": 2500.0})]
            )
            action = first.action_undo()
            wizard = Form(
                self.env[action["res_model"]].with_context(**action["context"])
            )
            wizard.reason = "Wrong customer"
            wizard.save().action_confirm()
        self.assertEqual(self.operations.price_unit, 2400.0)
        second = self.contract.amendment_ids.sorted("id")[-1]
        self.assertEqual(second.undoes_id, first)
        self.assertEqual(first.undone_by_ids, second)

    def test_undo_is_refused_when_the_field_has_changed_since(self):
        with freeze_time("2026-11-23 10:00:00"):
            amendments = [
                self.contract._amend(
                    date(2026, 11, 1), "Agreed", [(self.operations, {"price_unit": p})]
                )
                for p in (2500.0, 2550.0)
            ]
            action = amendments[0].action_undo()
            wizard = Form(
                self.env[action["res_model"]].with_context(**action["context"])
            )
            wizard.reason = "Wrong customer"
            with self.assertRaisesRegex(UserError, "changed again"):
                wizard.save().action_confirm()

    def test_contract_passes_to_another_legal_entity_with_its_dates(self):
        heir = self.env["res.partner"].create({"name": "Björkdal Möbler AB"})
        start = self.contract.date_start
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._amend(
                date(2026, 11, 23), "Merger", [(self.contract, {"partner_id": heir.id})]
            )
        self.assertEqual(self.contract.partner_id, heir)
        self.assertEqual(self.contract.date_start, start)
        self.assertEqual(
            self.contract._value_on("partner_id", date(2026, 11, 22)), self.customer
        )

    def test_service_is_added(self):
        with freeze_time("2026-11-23 10:00:00"):
            wizard = Form(
                self.env["support.contract.amend"].with_context(
                    default_contract_id=self.contract.id
                )
            )
            wizard.change = "add"
            wizard.type_id = self.type_maintenance
            wizard.date_effective = date(2027, 1, 1)
            wizard.reason = "Bought maintenance"
            wizard.save().action_confirm()
        service = self.contract.service_ids.filtered(
            lambda svc: svc.type_id == self.type_maintenance
        )
        self.assertRecordValues(
            service,
            [
                {
                    "date_start": date(2027, 1, 1),
                    "price_unit": 180.0,
                    "date_min_end": date(2027, 12, 31),
                }
            ],
        )

    @users("support_user")
    def test_consultant_cannot_amend(self):
        with self.assertRaises(AccessError):
            self.contract.with_env(self.env)._amend(
                date(2026, 11, 1),
                "Trying",
                [(self.operations.with_env(self.env), {"price_unit": 1.0})],
            )

    def test_reason_is_needed_and_something_has_to_change(self):
        with self.assertRaisesRegex(UserError, "why"):
            self.contract._amend(
                date(2026, 11, 1), " ", [(self.operations, {"price_unit": 2500.0})]
            )
        with self.assertRaisesRegex(UserError, "Nothing would change"):
            self.contract._amend(
                date(2026, 11, 1), "Same", [(self.operations, {"price_unit": 2400.0})]
            )

    def test_amendments_never_change(self):
        amendment = self.contract._amend(
            date(2026, 11, 1), "Agreed", [(self.operations, {"price_unit": 2500.0})]
        ).sudo()
        with self.assertRaises(UserError):
            amendment.reason = "Another"
        with self.assertRaises(UserError):
            amendment.unlink()
        with self.assertRaises(UserError):
            amendment.line_ids.after = "1"
        with self.assertRaises(UserError):
            amendment.line_ids.unlink()

    def test_nobody_changes_the_event_log(self):
        event = self.contract.event_ids[0].sudo()
        with self.assertRaises(UserError):
            event.note = "Nothing happened"
        with self.assertRaises(UserError):
            event.unlink()
        for statement in (
            "UPDATE support_event SET note = 'x' WHERE id = %s",
            "DELETE FROM support_event WHERE id = %s",
            "TRUNCATE support_event -- %s",
        ):
            with (
                self.assertRaises(IntegrityConstraintViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [event.id])

    def test_later_version_can_still_fill_a_new_column_of_the_log(self):
        self.env.cr.execute(
            "ALTER TABLE support_event ADD COLUMN x_new varchar;"
            "UPDATE support_event SET x_new = 'default'"
        )
        self.assertTrue(self.env.cr.rowcount)

    def test_every_state_change_is_in_the_log(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.action_cancel()
        contract.action_draft()
        contract.action_activate()
        self.assertEqual(
            contract.event_ids.sorted("id").mapped("after"),
            ["Cancelled", "Draft", "Active"],
        )
