# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.support_contract.kept import keep

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportRenewal(SupportContractCommon):
    """Agreements that renew: 36 months, then 12 at a time, notice three months before.

    The arithmetic is in `tests/pure/test_notice.py` of the project.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.renewing = cls.terms.copy({"version": "2018", "notice_months": 3})
        maintenance = cls.renewing.price_ids.filtered(
            lambda price: price.type_id == cls.type_maintenance
        )
        maintenance.write({"min_months": 36, "renewal_months": 12})
        cls.renewing.action_publish()
        cls.contract = cls._create_contract(
            [("maintenance", "2018-09-27"), ("operations", "2018-09-27")],
            terms_id=cls.renewing.id,
        )
        cls.contract._set_state("active")
        cls.maintenance = cls.contract.service_ids.filtered("date_min_end")
        cls.operations = cls.contract.service_ids - cls.maintenance

    def _get_end(self, day, service=None):
        end = (service or self.maintenance)._get_earliest_end(date.fromisoformat(day))
        return (end.day.isoformat(), end.rule)

    def test_r01_service_that_renews_ends_with_a_term(self):
        self.assertEqual(self.maintenance.date_min_end, date(2021, 9, 26))
        self.assertEqual(self._get_end("2021-06-26"), ("2021-09-26", "min_term"))
        self.assertEqual(self._get_end("2021-06-27"), ("2022-09-26", "renewal"))
        # What does not renew ends with the month, as it did.
        self.assertEqual(
            self._get_end("2021-06-27", self.operations), ("2021-09-30", "month_end")
        )

    @users("support_user")
    def test_wizard_says_why_it_runs_another_term(self):
        with freeze_time("2021-06-27 10:00:00"):
            wizard = Form(
                self.env["support.contract.notice"].with_context(
                    default_contract_id=self.contract.id
                )
            )
            self.assertEqual(wizard.date_earliest, date(2022, 9, 26))
            self.assertIn("too late for the term until 09/26/2021", wizard.explanation)
            wizard.date_notice = "2021-06-26"
            self.assertEqual(wizard.date_earliest, date(2021, 9, 30))
            self.assertIn("minimum term runs until 09/26/2021", wizard.explanation)
            wizard.save().action_confirm()
        self.assertEqual(self.maintenance.date_end, date(2021, 9, 26))

    def test_special_condition_lets_one_service_renew_otherwise(self):
        self.contract._amend(
            date(2021, 1, 1),
            "Operations renew as well",
            self.operations._get_condition_changes(
                "renewal_months", 6, date(2021, 1, 1)
            ),
        )
        self.assertEqual(
            self._get_end("2020-12-31", self.operations), ("2021-03-31", "month_end")
        )
        # Half years from 27 September 2018: the one until 26 March cannot be reached.
        self.assertEqual(
            self._get_end("2021-01-01", self.operations), ("2021-09-26", "renewal")
        )
        condition = self.contract.condition_ids
        self.assertIn("Renewal, Operations: 6 months", condition.summary)
        copied = self.contract.copy()
        self.assertEqual(copied.condition_ids.key, "renewal_months")
        self.assertEqual(
            copied.service_ids.filtered("date_min_end").date_min_end,
            date(2021, 9, 26),
        )

    def test_terms_keep_their_renewal_in_the_next_version(self):
        copied = self.renewing.copy()
        self.assertEqual(sorted(copied.price_ids.mapped("renewal_months")), [0, 0, 12])
        self.type_patch.renewal_months = 6
        price = self.env["support.terms.price"].new({"type_id": self.type_patch.id})
        self.assertEqual(price.renewal_months, 6)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            copied.price_ids.renewal_months = -1
            self.env.flush_all()

    def test_reminder_goes_out_once_before_the_last_day(self):
        self.contract.user_id = self.manager
        self.assertFalse(self._remind("2021-05-26"))
        messages = self._remind("2021-05-27")
        self.assertEqual(len(messages), 1)
        self.assertIn(self.customer, messages.partner_ids)
        self.assertIn(
            "renews by 12 months after 09/26/2021, unless notice is given on "
            "06/26/2021 at the latest",
            messages.body,
        )
        self.assertNotIn("Operations", messages.body)
        self.assertRecordValues(
            self.contract.activity_ids,
            [{"date_deadline": date(2021, 6, 26), "user_id": self.manager.id}],
        )
        self.assertFalse(self._remind("2021-06-26"))
        # The next term has a reminder of its own, in place of the last one.
        self.assertEqual(len(self._remind("2022-06-01")), 1)
        self.assertEqual(self.contract.activity_ids.date_deadline, date(2022, 6, 26))

    def test_nobody_is_reminded_under_notice_or_too_late(self):
        self.assertFalse(self._remind("2021-06-27"))
        with freeze_time("2022-06-01 10:00:00"):
            self.contract._give_notice(self.contract.service_ids, date(2022, 6, 1))
        self.assertFalse(self._remind("2022-06-02"))

    def test_notice_takes_the_to_do_away(self):
        self._remind("2021-06-01")
        self.assertTrue(self.contract.activity_ids)
        with freeze_time("2021-06-20 10:00:00"):
            self.contract._give_notice(self.contract.service_ids, date(2021, 6, 20))
        self.assertFalse(self.contract.activity_ids)

    def _remind(self, day):
        before = self.contract.message_ids
        with freeze_time(f"{day} 10:00:00"):
            self._run_amendments()
        new = self.contract.message_ids - before
        return new.filtered(lambda message: "renews by itself" in (message.body or ""))

    def test_customer_sees_when_it_renews(self):
        with freeze_time("2021-06-20 10:00:00"):
            overview = self.contract._prepare_portal_overview({"services", "notice"})
            # What lists search is kept by the nightly pass.
            keep(self.contract)
            self.assertEqual(self.contract.date_last_notice, date(2021, 6, 26))
        texts = {row["service"]: row["renewal"] for row in overview["services"]}
        self.assertIn("06/26/2021 at the latest", texts[self.maintenance])
        self.assertEqual(texts[self.operations], "")
        ends = {row["service"]: row["day"] for row in overview["ends"]}
        self.assertEqual(ends[self.maintenance], "09/26/2021")
        with freeze_time("2021-06-20 10:00:00"):
            text = " ".join(self.contract._get_notice_in_words())
        for words in (
            "renews by 12 months at a time",
            "at least 3 months before",
            "can end on 09/26/2021 at the earliest, with notice on 06/26/2021",
            "Operations: After the minimum term",
        ):
            self.assertIn(words, text)

    def test_what_is_signed_has_the_renewal(self):
        draft = self._create_contract(terms_id=self.renewing.id)
        before = draft._get_shown_values()["services"]
        draft.condition_ids = [Command.create({"key": "renewal_months", "value": 24})]
        self.assertNotEqual(draft._get_shown_values()["services"], before)

    def test_price_is_bound_within_a_term(self):
        bound = self.maintenance._get_bound_end
        self.assertEqual(bound(date(2019, 1, 1)).day, date(2021, 9, 26))
        self.assertEqual(bound(date(2021, 9, 26)).day, date(2021, 9, 26))
        self.assertEqual(bound(date(2021, 9, 27)).day, date(2022, 9, 26))
        self.assertIsNone(self.operations._get_bound_end(date(2021, 9, 27)))
