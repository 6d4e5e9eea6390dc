# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged, users
from odoo.tools import mute_logger

from odoo.addons.support_contract.tests.common import SupportContractCommon

from ..availability import split_series


@tagged("post_install", "-at_install")
class TestSupportAdaptation(SupportContractCommon, HttpCase):
    """Access to adaptations is a right of the contract, and in its history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adaptation = cls.env["support.adaptation"].create(
            {
                "name": "Giro files",
                "code": "test_giro",
                "area": "banks",
                "release_ids": [
                    Command.create(
                        {"series": series, "location": f"https://example.com/{series}"}
                    )
                    for series in ("9.0", "19.0", "18.0")
                ],
            }
        )
        cls.contract = cls._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")],
            instance_ids=[
                Command.create({"name": "Production", "series": "18.0"}),
                Command.create({"name": "Old", "series": "16.0"}),
                Command.create(
                    {"name": "Gone", "series": "15.0", "date_end": "2026-01-31"}
                ),
            ],
        )
        cls.contract._set_state("active")

    def _grant(self, account="alva@host", contract=None, **vals):
        return self.env["support.adaptation.access"].create(
            {
                "contract_id": (contract or self.contract).id,
                "adaptation_id": self.adaptation.id,
                "account": account,
                **vals,
            }
        )

    @users("support_user")
    def test_r11_who_has_the_right_gets_access_and_it_is_logged(self):
        with freeze_time("2026-10-01 10:00:00"):
            access = self._grant()
        self.assertRecordValues(
            access,
            [
                {
                    "date_granted": date(2026, 10, 1),
                    "granted_by_id": self.consultant.id,
                    "is_open": True,
                    "availability": "exists for 18.0, not yet for 16.0",
                }
            ],
        )
        with freeze_time("2026-10-05 10:00:00"):
            access.action_revoke()
            with self.assertRaisesRegex(UserError, "revoked already"):
                access.action_revoke()
        self.assertRecordValues(
            access,
            [
                {
                    "date_revoked": date(2026, 10, 5),
                    "revoked_by_id": self.consultant.id,
                    "is_open": False,
                }
            ],
        )
        events = self.contract.event_ids.filtered(lambda one: one.kind == "adaptation")
        self.assertRecordValues(
            events.sorted("id"),
            [
                {"before": False, "after": "Giro files: alva@host"},
                {"before": "Giro files: alva@host", "after": False},
            ],
        )
        self.assertEqual(events.user_id, self.consultant)

    @users("support_user")
    def test_r11_no_access_without_the_right(self):
        with freeze_time("2026-10-01 10:00:00"):
            operations = self._create_contract([("operations", "2026-09-01")])
            operations._set_state("active")
            for contract, reason in (
                (operations, "No service of the contract"),
                (self._create_contract(), "is a draft"),
            ):
                with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                    self._grant(contract=contract)

    @users("support_user")
    def test_what_was_granted_is_nobodys_to_change(self):
        with freeze_time("2026-10-01 10:00:00"):
            access = self._grant()
        other = self.adaptation.copy({"code": "other"})
        for vals in (
            {"account": "eve@host"},
            {"adaptation_id": other.id},
            {"contract_id": self.contract.copy().id},
            {"date_granted": "2020-01-01"},
            {"date_revoked": "2020-01-01"},
            {"revoked_by_id": self.manager.id},
        ):
            for user in (self.consultant, self.manager):
                with self.subTest(vals, user=user.login):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        access.with_user(user).write(vals)
        with self.assertRaises(UserError):
            access.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            access.sudo().unlink()
        with self.assertRaises(AccessError):
            self._grant("b", date_granted="2020-01-01")
        with freeze_time("2026-10-01 10:00:00"):
            backdated = self.env["support.adaptation.access"].with_context(
                default_date_granted="2020-01-01", default_revoked_by_id=1
            )
            access = backdated.create(
                {
                    "contract_id": self.contract.id,
                    "adaptation_id": self.adaptation.id,
                    "account": "b",
                }
            )
        self.assertEqual(access.date_granted, date(2026, 10, 1))
        self.assertFalse(access.revoked_by_id)
        with self.assertRaises(AccessError):
            self.adaptation.with_env(self.env).name = "Mine"

    def test_account_has_access_once_and_again_after_it_was_revoked(self):
        with freeze_time("2026-10-01 10:00:00"):
            access = self._grant()
            with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
                with self.env.cr.savepoint():
                    self._grant("Alva@Host")
            access.action_revoke()
            self._grant("Alva@Host")
        self.assertEqual(self.contract.adaptation_access_count, 1)

    def test_another_company_sees_and_grants_nothing(self):
        with freeze_time("2026-10-01 10:00:00"):
            access = self._grant()
            company = self.env["res.company"].create({"name": "Another Consultancy"})
            rival = new_test_user(
                self.env,
                "rival",
                groups="support_contract.group_support_manager",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            with self.assertRaises(AccessError):
                access.with_user(rival).read(["account"])
            with self.assertRaises(AccessError):
                access.with_user(rival).action_revoke()
            with self.assertRaises(AccessError):
                access.with_user(rival).create(
                    {
                        "contract_id": self.contract.id,
                        "adaptation_id": self.adaptation.id,
                        "account": "eve@host",
                    }
                )
            with self.assertRaisesRegex(AccessError, "do not have"):
                self.adaptation.with_user(rival).name = "Mine"
            with self.assertRaisesRegex(AccessError, "do not have"):
                self.adaptation.release_ids[0].with_user(rival).location = "mine"

    def test_to_do_when_the_right_has_ended(self):
        with freeze_time("2026-10-01 10:00:00"):
            access = self._grant()
            self._find_ended()
            self.assertFalse(self.contract.activity_ids)
            maintenance = self.contract.service_ids.filtered("date_min_end")
            self.contract._give_notice(
                maintenance, date(2026, 10, 1), date(2026, 11, 30), "Agreed"
            )
        with freeze_time("2026-11-30 10:00:00"):
            self._find_ended()
            self.assertFalse(self.contract.activity_ids)
        with freeze_time("2026-12-01 10:00:00"):
            self._find_ended()
            self._find_ended()
            self.assertEqual(len(self.contract.activity_ids), 1)
            self.assertIn("alva@host", self.contract.activity_ids.note)
            access.invalidate_recordset()
            self.assertIn("ended on", access.reason)
            access.action_revoke()
        self.assertFalse(self.contract.activity_ids)

    def _find_ended(self):
        self.env.invalidate_all()  # another day, which Odoo does not notice
        self.env.ref(
            "support_adaptation.ir_cron_find_ended_access"
        ).method_direct_trigger()

    def test_customer_sees_the_catalogue_and_their_access(self):
        person = new_test_user(self.env, "key_user", groups="base.group_portal")
        person.partner_id.parent_id = self.customer
        self.env["support.contract.contact"].create(
            {"contract_id": self.contract.id, "partner_id": person.partner_id.id}
        )
        self.authenticate("key_user", "key_user")
        url = f"/my/support/{self.contract.id}/code"
        with freeze_time("2026-10-01 10:00:00"):
            page = self.url_open(url).text
            self.assertIn("Giro files", page)
            self.assertIn("On request", page)
            self.assertIn("9.0, 18.0, 19.0", page)
            self.assertNotIn("https://example.com/18.0", page)
            self._grant("Alva <b>@host")
            self.env.flush_all()
            page = self.url_open(url).text
            self.assertIn("You have access", page)
            self.assertIn("Alva &lt;b&gt;@host", page)
            self.assertIn("https://example.com/18.0", page)

    def test_versions(self):
        with (
            self.assertRaisesRegex(ValidationError, "no version of Odoo"),
            self.env.cr.savepoint(),
        ):
            self.adaptation.release_ids[0].series = "nineteen"
        copied = self.adaptation.copy({"code": "copied"})
        self.assertEqual(copied.series, "9.0, 18.0, 19.0")
        self.assertEqual(
            split_series(["18.0", "", "9.0", "18.0"], ["9.0"]), (["9.0"], ["18.0"])
        )
