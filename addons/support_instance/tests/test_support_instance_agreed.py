# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.support_contract.ending import apply_due_amendments
from odoo.addons.support_contract.periods import calendar_month, shift_months

from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportInstanceAgreed(SupportInstanceCommon):
    """Which instances and which code are billed is agreed. Clause R2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repository = cls._create_repository()
        cls.repository.commit(
            {**module_files("acme_base", 120), **module_files("other/acme_more", 40)}
        )
        cls.contract = cls._create_contract()
        cls.production = cls._create_instance(cls.contract, cls.repository)
        cls.source = cls.production.source_ids
        cls.test = cls._create_instance(
            cls.contract, cls.repository, name="Test", role="test"
        )

    def _activate(self):
        self.contract.action_activate()

    @contextmanager
    def _refused(self):
        """What is refused leaves nothing behind, and says what to do."""
        with (
            self.assertRaisesRegex(UserError, r"[Pp]ress Amend on"),
            self.env.cr.savepoint(),
        ):
            yield

    def _count(self):
        """Count, and approve what differs too much to be approved by itself."""
        self.production.action_count()
        latest = self.production.count_ids.sorted("id")[-1]
        if latest.state == "to_review":
            latest.with_user(self.approver).action_approve()

    def _wizard(self, change, **vals):
        wizard = Form(
            self.env["support.contract.amend"]
            .with_user(self.manager)
            .with_context(
                default_contract_id=self.contract.id, default_change=change, **vals
            )
        )
        wizard.reason = "Agreed by mail"
        return wizard

    def test_r02_billed_instances_and_their_code_are_locked(self):
        other = self._create_contract([("operations", "2026-09-01")])
        self._activate()
        for record, vals in (
            (self.production, {"billed": False}),
            (self.production, {"active": False}),
            (self.production, {"role": "test"}),
            (self.production, {"date_end": "2026-10-01"}),
            (self.production, {"contract_id": other.id}),
            (self.test, {"billed": True}),
            (self.test, {"contract_id": other.id}),
            (self.source, {"url": "https://git.example.com/less.git"}),
            (self.source, {"branch": "small"}),
            (self.source, {"subdirectory": "other"}),
            (self.source, {"active": False}),
            (self.source, {"instance_id": self.test.id}),
            (self.test.source_ids, {"instance_id": self.production.id}),
            (self.production, {"source_ids": [Command.clear()]}),
            (
                self.production,
                {"source_ids": [Command.update(self.source.id, {"branch": "x"})]},
            ),
            (
                self.contract,
                {
                    "instance_ids": [
                        Command.update(self.production.id, {"billed": False})
                    ]
                },
            ),
        ):
            for user in (self.manager, self.env.ref("base.user_root")):
                with self.subTest(record=record, vals=vals, user=user.login):
                    with self._refused():
                        record.with_user(user).write(vals)

    def test_r02_billed_parts_are_not_added_or_deleted(self):
        self._activate()
        with self._refused():
            self.production.with_user(self.manager).unlink()
        with self._refused():
            self.source.with_user(self.manager).unlink()
        with self._refused():
            self._create_instance(self.contract, name="Second", billed=True)
        with self._refused():
            self.production.copy()
        with self._refused():
            self.source.copy({"branch": "more"})

    def test_r02_instance_of_a_signed_contract_is_not_billed_at_first(self):
        self._activate()
        second = self._create_instance(self.contract, name="Second")
        self.assertRecordValues(second, [{"role": "production", "billed": False}])

    def test_drafts_and_what_costs_nothing_stay_free(self):
        self.production.write({"role": "test"})
        self.assertFalse(self.production.billed)
        self.production.write({"role": "production"})
        self.assertTrue(self.production.billed)
        self.source.branch = "17.0"
        self._activate()
        test = self.test.with_user(self.manager)
        test.source_ids.write({"branch": "17.0", "subdirectory": "other"})
        test.role = "development"
        self.assertFalse(test.billed)
        self._create_instance(self.contract, name="Staging", role="test").unlink()
        test.active = False
        with self._refused():
            test.write({"active": True, "billed": True})
        self.production.with_user(self.manager).write(
            {"url": "https://odoo.example.com", "series": "17.0"}
        )

    def test_new_role_of_a_signed_instance_does_not_bill_it(self):
        self._activate()
        self.test.role = "production"
        self.assertFalse(self.test.billed)

    def test_instance_is_billed_by_amendment_and_undone(self):
        self._activate()
        wizard = self._wizard("instance")
        wizard.instance_id = self.test
        self.assertEqual(wizard.instance_role, "test")
        wizard.instance_role = "production"
        wizard.instance_billed = True
        wizard.save().action_confirm()
        self.assertRecordValues(self.test, [{"role": "production", "billed": True}])
        amendment = self.contract.amendment_ids
        self.assertEqual(
            set(amendment.line_ids.mapped(lambda x: (x.field_name, x.after_text))),
            {("role", "Production"), ("billed", "yes")},
        )
        self.assertFalse(self.test._value_on("billed", date(2026, 10, 1)))
        action = amendment.action_undo()
        undo = Form(self.env[action["res_model"]].with_context(**action["context"]))
        undo.reason = "Wrong one"
        undo.save().action_confirm()
        self.assertRecordValues(self.test, [{"role": "test", "billed": False}])

    def test_instance_changes_on_the_day_that_was_agreed(self):
        self._activate()
        with freeze_time("2026-12-10 10:00:00"):
            wizard = self._wizard("instance", default_instance_id=self.production.id)
            wizard.date_effective = date(2027, 1, 1)
            wizard.instance_role = "test"
            # Billed as before, although tests are not by default.
            self.assertTrue(wizard.instance_billed)
            wizard.save().action_confirm()
            self.assertEqual(self.production.role, "production")
        with freeze_time("2027-01-01 10:00:00"):
            apply_due_amendments(self.contract)
        self.assertRecordValues(self.production, [{"role": "test", "billed": True}])

    def test_instance_is_archived_by_amendment(self):
        self._activate()
        wizard = self._wizard("instance", default_instance_id=self.production.id)
        wizard.instance_active = False
        wizard.save().action_confirm()
        self.assertFalse(self.production.active)
        with self._refused():
            self.production.active = True
        again = self._wizard("instance", default_instance_id=self.production.id)
        again.instance_active = True
        again.save().action_confirm()
        self.assertTrue(self.production.active)

    def test_r02_closed_instance_is_billed_through_its_last_day(self):
        second = self._create_instance(self.contract, name="Second")
        second.source_ids = [
            Command.create(
                {
                    "url": self.repository.url,
                    "branch": "main",
                    "subdirectory": "other",
                }
            )
        ]
        self._activate()
        self._count()
        service = self.contract.service_ids.filtered(
            lambda service: service.type_id.basis == "lines"
        )
        # 120 + 40 lines; the second's 40 are the same module and count once.
        second.action_count()
        self.assertEqual(service._get_quantity(date(2026, 11, 30)).value, 160)
        today = self.contract.company_id._support_today()
        wizard = self._wizard("instance", default_instance_id=self.production.id)
        wizard.instance_date_end = today
        wizard.save().action_confirm()
        self.assertRecordValues(
            self.contract.amendment_ids.line_ids, [{"field_name": "date_end"}]
        )
        self.assertEqual(service._get_quantity(today).value, 160)
        self.assertEqual(self.contract.billed_lines, 160)
        tomorrow = today + timedelta(days=1)
        # What a month costs is known when it begins, and stays until it is over.
        month = calendar_month(today)
        self.assertEqual(service._get_quantity(month.end).value, 160)
        next_month = month.end + timedelta(days=1)
        self.assertEqual(service._get_quantity(next_month).value, 40)
        self.assertNotIn(
            self.production, service._get_quantity(next_month).count_ids.instance_id
        )
        on_day = dict(self.contract._get_state_on(tomorrow)["instances"])
        self.assertNotIn(self.production, on_day)
        on_day = dict(self.contract._get_state_on(today)["instances"])
        self.assertIn(self.production, on_day)
        with freeze_time(f"{tomorrow} 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self.contract.billed_lines, 40)
            self.assertEqual(self.production.status, "closed")
            # Neither by opening it again nor by taking it away is the fee changed.
            for vals in ({"date_end": False}, {"billed": False}):
                with self._refused():
                    self.production.with_user(self.manager).write(vals)
            self.contract._amend(
                tomorrow, "Closes too", [(second, {"date_end": tomorrow})]
            )
        # Nothing is billed as zero: it is said that nothing is left.
        with self.assertRaisesRegex(UserError, "no billed instance that is open"):
            service._get_quantity(shift_months(next_month, 1))

    def test_r02_address_of_counted_code_changes_by_amendment(self):
        self._activate()
        self._count()
        self.assertEqual(self.contract.billed_lines, 160)
        wizard = self._wizard("source")
        wizard.source_id = self.source
        wizard.source_subdirectory = "other"
        wizard.save().action_confirm()
        self.assertRecordValues(
            self.contract.amendment_ids.line_ids,
            [{"field_name": "subdirectory", "before_text": "", "after_text": "other"}],
        )
        self._count()
        self.assertEqual(self.contract.billed_lines, 40)

    def test_prepared_source_is_counted_from_its_amendment_on(self):
        self._activate()
        other = self._create_repository()
        other.commit(module_files("acme_new", 70))
        new = (
            self.env["support.source"]
            .with_user(self.manager)
            .with_context(default_instance_id=self.production.id)
            .create({"url": other.url, "branch": "wrong"})
        )
        self.assertFalse(new.active)
        # The form shows it, though nothing is counted from it.
        with Form(self.production.with_user(self.manager)) as form:
            self.assertEqual(len(form.all_source_ids), 2)
        self.assertEqual(self.production.source_ids, self.source)
        new.branch = "main"
        self._count()
        self.assertEqual(self.contract.billed_lines, 160)
        wizard = self._wizard("sources", default_instance_id=self.production.id)
        self.assertEqual(wizard.source_ids[:], self.source)
        wizard.source_ids.add(new)
        wizard.source_ids.remove(self.source.id)
        wizard.save().action_confirm()
        self.assertEqual(self.production.source_ids, new)
        self._count()
        self.assertEqual(self.contract.billed_lines, 70)
        with self._refused():
            new.branch = "other"

    def test_wizard_changes_its_own_contract_only(self):
        other = self._create_contract([("operations", "2026-09-01")])
        theirs = self._create_instance(other, self.repository)
        self._activate()
        for vals in (
            {"change": "instance", "instance_id": theirs.id, "instance_billed": False},
            {"change": "source", "source_id": theirs.source_ids.id, "source_url": "x"},
            {"change": "sources", "instance_id": theirs.id},
            {
                "change": "sources",
                "instance_id": self.production.id,
                "source_ids": [Command.set(theirs.source_ids.ids)],
            },
            {
                "change": "sources",
                "instance_id": self.production.id,
                "source_ids": [Command.clear()],
            },
        ):
            wizard = self.env["support.contract.amend"].create(
                {"contract_id": self.contract.id, "reason": "Trying", **vals}
            )
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "Choose"):
                wizard.action_confirm()

    def test_secret_in_an_address_is_refused_by_amendment_too(self):
        self._activate()
        wizard = self._wizard("source")
        wizard.source_id = self.source
        wizard.source_url = "https://user:secret@git.example.com/acme.git"
        with self.assertRaises(ValidationError):
            wizard.save().action_confirm()

    def test_instance_stays_in_its_contracts_company(self):
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        with self.assertRaises(ValidationError):
            self.production.company_id = company
