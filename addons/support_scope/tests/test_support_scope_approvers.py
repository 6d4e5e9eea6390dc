# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time
from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged, users

from odoo.addons.support_contract.links import make_token

from .test_support_scope_approval import SupportApprovalCommon


class SupportApproversCommon(SupportApprovalCommon):
    """Another company that takes the contract over, and standing approvals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heir = cls.env["res.partner"].create(
            {"name": "Heir AB", "is_company": True}
        )
        cls.heir_boss = cls.env["res.partner"].create(
            {
                "name": "Ulla Ek",
                "email": "ulla@heir.example.com",
                "parent_id": cls.heir.id,
            }
        )

    def _pass_on(self, day="2026-09-16"):
        """The contract is the heir's from that day on."""
        self.contract._amend(
            fields.Date.to_date(day),
            "Sold",
            [(self.contract, {"partner_id": self.heir.id})],
        )
        self.contract.contact_ids = [
            Command.create({"partner_id": self.heir_boss.id, "role": "administrator"})
        ]

    def _create_standing(self, **vals):
        return self.env["support.work.approval"].create(
            {
                "name": "Some work each month",
                "contract_id": self.contract.id,
                "is_standing": True,
                "partner_id": self.boss.id,
                **vals,
            }
        )

    def _accept_standing(self, **vals):
        standing = self._create_standing(**vals)
        standing.action_send()
        standing._accept(self.boss, "Eva", "portal")
        return standing

    def _create_portal_user(self, login, role, customer=None, **vals):
        user = new_test_user(self.env, login, groups="base.group_portal")
        user.partner_id.write(
            {
                "parent_id": (customer or self.customer).id,
                "email": f"{login}@example.com",
            }
        )
        self.contract.contact_ids = [
            Command.create({"partner_id": user.partner_id.id, "role": role, **vals})
        ]
        return user


@tagged("post_install", "-at_install")
class TestSupportScopeFormerCustomer(SupportApproversCommon):
    def setUp(self):
        super().setUp()
        with freeze_time("2026-09-05 09:00:00"):
            self.task = self._create_task()
        self._pass_on()
        self._log(self.task, 60, "2026-09-15")
        self._log(self.task, 60, "2026-09-16")
        self.before, self.after = self._bill_september().sorted("period_start")

    def test_former_customer_says_yes_to_their_own_days(self):
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(self.task, 10.0)
            approval.action_send()
            self.assertEqual(approval.customer_id, self.customer)
            with self.assertRaises(UserError):
                approval._accept(self.heir_boss, "Ulla", "portal")
            approval._accept(self.boss, "Eva", "link")
        self.assertRecordValues(
            self.before | self.after,
            [
                {"state": "pending", "approval_id": approval.id},
                {"state": "approval", "approval_id": False},
            ],
        )
        self._run_cron("2026-11-01")
        self.assertEqual(self.before.move_id.partner_id, self.customer)
        self.assertEqual(self.after.state, "approval")

    def test_heir_says_yes_to_their_own_days(self):
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(
                self.task, 10.0, partner_id=self.heir_boss.id
            )
            approval.action_send()
            with self.assertRaises(UserError):
                approval._accept(self.boss, "Eva", "link")
            approval._accept(self.heir_boss, "Ulla", "link")
        self.assertEqual(
            (self.before | self.after).mapped("state"), ["approval", "pending"]
        )

    def test_question_from_before_is_answered_after(self):
        """Sent to the customer who had the contract then: for their days alone."""
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(self.task, 10.0)
            approval.action_send()
            self.assertTrue(approval._is_open())

    def test_person_of_the_former_customer_whose_role_is_gone(self):
        self.contract.contact_ids.filtered(
            lambda contact: contact.partner_id == self.boss
        ).unlink()
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(self.task)
            approval.action_send()
            colleague = self.boss.copy({"name": "Colleague"})
            with self.assertRaises(UserError):
                approval._accept(colleague, "C", "link")
            approval._accept(self.boss, "Eva", "link")
        self.assertEqual(self.before.state, "pending")

    def test_limit_of_the_former_customer_s_person(self):
        self.contract.contact_ids.filtered(
            lambda contact: contact.partner_id == self.boss
        ).approval_limit = 1000.0
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(self.task)
            with self.assertRaisesRegex(UserError, "may not approve that much"):
                approval.action_send()

    def test_price_is_that_of_the_former_customer_s_days(self):
        self.contract._amend(
            fields.Date.to_date("2026-09-20"),
            "Dearer for the heir",
            [
                (
                    self.contract.condition_ids,
                    {
                        "contract_id": self.contract.id,
                        "key": "price",
                        "type_id": self.consulting.id,
                        "value": 2000.0,
                        "date_start": "2026-09-20",
                    },
                )
            ],
        )
        with freeze_time("2026-10-05 09:00:00"):
            self.assertEqual(self._create_approval(self.task, 1.0).price_hour, 1215.0)
            heir = self._create_approval(self.task, 1.0, partner_id=self.heir_boss.id)
        self.assertEqual(heir.price_hour, 1800.0)

    def test_factor_is_ordered_by_today_s_customer_alone(self):
        evening = self.env.ref("support_scope.work_factor_evening")
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(self.task, work_factor_id=evening.id)
            approval.action_send()
            approval._accept(self.boss, "Eva", "link")
        self.assertFalse(self.task.work_factor_id)

    def test_new_work_asks_today_s_customer(self):
        self.assertEqual(self.task._get_asked_person(), self.heir_boss)

    def test_minutes_of_the_month_are_the_customer_s_own_days(self):
        with freeze_time("2026-09-20 09:00:00"):
            self._log(self.task, 30, "2026-09-17")
            self.assertEqual(
                self.contract.sudo()._prepare_portal_work(),
                [("Billed by the hour", "1 h 30 min")],
            )


@tagged("post_install", "-at_install")
class TestSupportScopeStanding(SupportApproversCommon):
    def test_mail_says_the_limit_and_the_agreed_prices(self):
        for vals, words in (
            ({"hours": 2.5}, "2 h 30 min"),
            ({"amount_limit": 4000.0, "emergencies_only": True}, "4,000.00"),
        ):
            standing = self._create_standing(**vals)
            standing.action_send()
            body = standing.message_ids.filtered("partner_ids")[:1].body
            self.assertIn(words, body)
            self.assertIn("1,350.00", body)
            self.assertNotIn("at $\xa00.00", body)
            self.assertNotIn("0.00 an hour:", body)
            self.assertEqual("mergenc" in body, bool(vals.get("emergencies_only")))

    def test_limit_of_a_person_counts_the_dearest_hour(self):
        contact = self.contract.contact_ids
        # 10 × 1,450.00 × 2 for emergencies.
        contact.approval_limit = 28999.99
        standing = self._create_standing(hours=10.0, emergencies_only=True)
        with self.assertRaisesRegex(UserError, "may not approve that much"):
            standing.action_send()
        contact.approval_limit = 29000.0
        standing.action_send()

    def test_manager_ends_it_from_a_day(self):
        with freeze_time("2026-09-01 09:00:00"):
            standing = self._accept_standing(hours=10.0)
        task = self._create_task()
        self._log(task, 60, "2026-09-14")
        self._log(task, 60, "2026-09-15")
        with freeze_time("2026-09-15 09:00:00"):
            vals = {"approval_id": standing.id, "date": "2026-09-15", "reason": "Saves"}
            end = self.env["support.work.approval.end"]
            with self.assertRaises(AccessError):
                end.with_user(self.worker).create(vals).action_confirm()
            end.with_user(self.manager).create(vals).action_confirm()
        self.assertEqual(str(standing.date_end), "2026-09-14")
        event = self.contract.event_ids.filtered(
            lambda one: one.model == standing._name and "2026" in (one.note or "")
        )
        self.assertIn("Saves", event[:1].note)
        # The days before stay covered, also when they are billed after the end.
        charges = self._bill_september().sorted("period_start")
        self.assertRecordValues(
            charges,
            [
                {"state": "invoiced", "approval_id": standing.id},
                {"state": "approval", "approval_id": False},
            ],
        )

    def test_days_before_stay_covered(self):
        with freeze_time("2026-09-01 09:00:00"):
            standing = self._accept_standing(hours=10.0)
            estimate = self._approve(self._create_task())
        with freeze_time("2026-09-15 09:00:00"):
            for approval, day in ((standing, "2026-09-14"), (estimate, "2026-09-15")):
                with self.assertRaises(UserError):
                    approval._end(fields.Date.to_date(day), self.boss, "")
            for partner in (self.customer, self.heir_boss):
                with self.assertRaises(UserError):
                    standing._end(fields.Date.to_date("2026-09-15"), partner, "")
            standing._end(fields.Date.to_date("2026-09-20"), self.boss, "")
            self.assertEqual(str(standing.date_end), "2026-09-19")
            with self.assertRaises(UserError):
                standing._end(fields.Date.to_date("2026-09-25"), self.boss, "")
            standing._end(fields.Date.to_date("2026-09-15"), self.boss, "")
        self.assertEqual(str(standing.date_end), "2026-09-14")


@tagged("post_install", "-at_install")
class TestSupportScopeAsked(SupportApproversCommon):
    """From when billed work needs a yes, and what the log says of it."""

    def test_switch_changes_time_from_its_day_on_alone(self):
        task = self._create_task()
        self._log(task, 60, "2026-09-09")
        self._log(task, 60, "2026-09-10")
        charge = self._bill_september()
        self.assertEqual(charge.state, "approval")
        with freeze_time("2026-10-05 09:00:00"):
            self._ask_for_approval(False, "2026-09-10", reason="Trust")
        rest = self.env["support.charge"].search([("kind", "=", "time")]) - charge
        self.assertEqual(
            sorted(
                (one.day_ids.mapped("date")[0].day, one.state, one.amount)
                for one in charge | rest
            ),
            [(9, "approval", 1215.0), (10, "pending", 1215.0)],
        )

    def test_switched_on_from_a_day(self):
        self._ask_for_approval(False)
        task = self._create_task()
        with freeze_time("2026-09-05 09:00:00"):
            self._ask_for_approval(True, "2026-09-10")
        self.assertEqual(self.contract.state, "active")
        self._log(task, 60, "2026-09-09")
        self._log(task, 60, "2026-09-10")
        for day, words in (
            ("2026-09-09", "needed no approval"),
            ("2026-09-10", "needed the customer's approval"),
        ):
            on_day = self.env["support.contract.on.day"].create(
                {"contract_id": self.contract.id, "day": day}
            )
            self.assertIn(words, on_day.description.replace("&#39;", "'"))
        charges = self._bill_september().sorted("period_start")
        self.assertEqual(charges.mapped("state"), ["invoiced", "approval"])

    def test_switch_of_a_signed_contract_is_amended(self):
        manager = self.contract.with_user(self.manager)
        with self.assertRaises(UserError):
            manager.approval_required = False
        with freeze_time("2026-09-20 09:00:00"):
            self.env["support.contract.amend"].with_user(self.manager).create(
                {
                    "contract_id": self.contract.id,
                    "change": "approval",
                    "approval_required": False,
                    "date_effective": "2026-09-20",
                    "reason": "Trust",
                }
            ).action_confirm()
        self.assertFalse(self.contract.approval_required)
        self.assertEqual(
            self.contract.amendment_ids[:1].line_ids.field_name, "approval_required"
        )

    def _get_notes(self, charge):
        return self.contract.event_ids.filtered(
            lambda one: one.model == "support.charge" and one.res_id == charge.id
        ).mapped("note")

    def test_log_says_who_switched_approvals_off_and_why(self):
        self._log(self._create_task(), 60)
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            self.contract.with_user(self.manager)._amend(
                fields.Date.to_date("2026-09-01"),
                "Trust",
                [(self.contract, {"approval_required": False})],
            )
        self.assertEqual(charge.state, "pending")
        [note] = self._get_notes(charge)
        self.assertNotIn("Approved", note)
        self.assertIn("Trust", note)
        self.assertIn(self.manager.name, note)

    def test_log_says_who_approved(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            self._approve(task)
        [note] = self._get_notes(charge)
        self.assertIn("Eva", note)
        self.assertIn("in the portal", note)

    def test_restored_time_waits_where_its_day_needs_a_yes(self):
        self._log(self._create_task(), 60)
        charge = self._bill_september()
        charge.with_user(self.manager)._decide("waive", "Said no")
        with freeze_time("2026-10-05 09:00:00"):
            self._ask_for_approval(False, "2026-10-01")
        charge.with_user(self.manager)._decide("restore", "Asked once more")
        self.assertEqual(charge.state, "approval")

    def test_what_waits_of_a_day_shows_its_lines(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 1.0)
        first = self._log(task, 60)
        second = self._log(task, 60, employee=self.bo)
        self._log(task, 60, "2026-09-12")
        self._log(self._create_task(), 60)
        charges = self._bill_september()
        rest = charges.filtered(
            lambda one: one.state == "approval"
            and set(one.day_ids.mapped("billed_minutes")) == {60}
            and len(one.day_ids) == 2
        )
        self.assertEqual(len(rest), 1)
        lines = self.env["account.analytic.line"].search(
            rest.action_view_time()["domain"]
        )
        self.assertEqual(lines, task.timesheet_ids)
        day = rest.day_ids.filtered(lambda one: str(one.date) == "2026-09-10")
        self.assertRecordValues(day, [{"billed_minutes": 60, "amount": 1215.0}])
        self.assertEqual(day._get_time(), first | second)


@tagged("post_install", "-at_install")
class TestSupportScopeApprovalNotice(SupportApproversCommon):
    """80 % of what was approved is told once, to customer and account manager."""

    def _get_notices(self, approvals):
        return approvals.message_ids.filtered(
            lambda message: "used up" in (message.body or "")
        )

    def test_customer_and_account_manager_are_told(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            approval = self._approve(task, 2.0)
            self._log(task, 100)
        self.assertEqual(
            self._get_notices(approval).notified_partner_ids,
            self.boss | self.contract.user_id.partner_id,
        )

    def test_increase_is_told_of_once_more(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            first = self._approve(task, 2.0)
            self._log(task, 120, "2026-09-05")
            self.assertEqual(len(self._get_notices(first)), 1)
            # 2 of 5 hours.
            second = self._approve(task, 3.0)
            self.assertFalse(self._get_notices(second))
            self._log(task, 90, "2026-09-06")
            self.assertFalse(self._get_notices(second))
            # 4 of 5 hours.
            self._log(task, 30, "2026-09-07")
            self._log(task, 30, "2026-09-08")
        self.assertEqual(len(self._get_notices(first | second)), 2)

    def test_two_estimates_of_one_piece_of_work_are_told_of_once(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            approvals = self._approve(task, 1.0) | self._approve(task, 1.0)
            self._log(task, 100)
            self._log(task, 20, "2026-09-06")
        self.assertEqual(len(self._get_notices(approvals)), 1)

    def test_dearer_hours_use_the_amount_up(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            approval = self._approve(task, 2.0)
            task.work_factor_id = self.env.ref("support_scope.work_factor_weekend")
            self._log(task, 60)
        self.assertEqual(len(self._get_notices(approval)), 1)

    def test_standing_one_is_told_of_once_a_month_of_the_company(self):
        with freeze_time("2026-09-30 22:30:00"):  # the first of October in Stockholm
            standing = self._accept_standing(hours=1.0)
            task = self._create_task()
            self._log(task, 60, "2026-10-01")
            self.assertEqual(len(self._get_notices(standing)), 1)
        with freeze_time("2026-10-02 09:00:00"):
            self._log(task, 60, "2026-10-02")
            self.assertEqual(len(self._get_notices(standing)), 1)
        with freeze_time("2026-11-02 09:00:00"):
            self._log(task, 60, "2026-11-02")
        self.assertEqual(len(self._get_notices(standing)), 2)


@tagged("post_install", "-at_install")
class TestSupportScopeApproversPortal(SupportApproversCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.approval = self._create_approval(self._create_task())
        self.approval.action_send()
        self.url = f"/my/support/approval/{self.approval.id}"
        self.link = self._get_link(self.approval)

    def _run_cron(self, day, agreed=False):
        with self._on(day):
            self.cron.sudo().method_direct_trigger()

    def _get_link(self, approval):
        token = make_token(approval, approval.partner_id)
        return f"/my/support/approval/{approval.id}?access_token={token}"

    def _is_refused(self, url):
        return "opens nothing here" in self.url_open(url).text

    def _answer(self, url, **values):
        page = self.url_open(url)
        csrf = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        path, _sep, token = url.partition("?access_token=")
        return self.url_open(
            f"{path}/decide",
            data={"csrf_token": csrf, "name": "N", "access_token": token, **values},
        )

    def _get_status(self, login, url):
        self.authenticate(login, login)
        return self.url_open(url).status_code

    def test_key_user_who_may_approve_sees_what_waits_for_them(self):
        user = self._create_portal_user(
            "key_user", "key_user", may_approve=True, approval_limit=2430.0
        )
        dear = self._create_approval(self._create_task(name="Dear"), 3.0)
        dear.action_send()
        decided = self._approve(self._create_task(name="Decided"))
        self.authenticate("key_user", "key_user")
        page = self.url_open(f"/my/support/{self.contract.id}")
        self.assertIn(self.url, page.text)
        self.assertIn("2,430.00", page.text)
        self.assertNotIn("3,645.00", page.text)
        for approval in (dear, decided):
            self.assertNotIn(f"/approval/{approval.id}", page.text)
            url = f"/my/support/approval/{approval.id}"
            self.assertEqual(self.url_open(url).status_code, 404)
        self._answer(self.url, answer="accept")
        self.assertRecordValues(
            self.approval, [{"state": "accepted", "decided_by": user.partner_id.id}]
        )
        # What they decided they can read again.
        self.assertEqual(self.url_open(self.url).status_code, 200)
        with self.assertRaises(AccessError):
            self.env["support.work.approval"].with_user(user).search([])

    def test_key_user_without_it_sees_nothing(self):
        self._create_portal_user("key_user", "key_user")
        self.authenticate("key_user", "key_user")
        page = self.url_open(f"/my/support/{self.contract.id}")
        self.assertNotIn("/my/support/approval/", page.text)
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_limit_holds_on_the_page_and_by_the_link(self):
        self._create_portal_user(
            "little", "administrator", may_approve=True, approval_limit=2429.0
        )
        self.authenticate("little", "little")
        for url in (self.url, self.link):
            self.assertNotIn('value="accept"', self.url_open(url).text)
        # By hand, past the page.
        other = self._create_approval(self._create_task(), 0.5)
        other.action_send()
        page = self.url_open(f"/my/support/approval/{other.id}")
        csrf = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        token = make_token(self.approval, self.boss)
        for data in ({}, {"access_token": token}):
            self.url_open(
                f"{self.url}/decide",
                data={"csrf_token": csrf, "name": "N", "answer": "accept", **data},
            )
            self.assertEqual(self.approval.state, "sent")

    def test_customer_who_is_a_person_opens_what_they_are_shown(self):
        user = new_test_user(self.env, "person", groups="base.group_portal")
        contract = self._create_scope_contract(
            partner_id=user.partner_id.id, approval_required=True
        )
        self.project.support_contract_id = contract
        approval = self._create_approval(
            self._create_task(), contract_id=contract.id, partner_id=user.partner_id.id
        )
        approval.partner_id.email = "person@example.com"
        approval.action_send()
        url = f"/my/support/approval/{approval.id}"
        self.authenticate("person", "person")
        self.assertIn(url, self.url_open(f"/my/support/{contract.id}").text)
        self.assertEqual(self.url_open(url).status_code, 200)

    def test_heir_never_sees_what_the_former_customer_was_asked(self):
        self._create_portal_user("former", "administrator")
        self._pass_on()
        self._create_portal_user("heir", "administrator", self.heir)
        for login, url, status in (
            ("heir", self.url, 404),
            ("former", self.url, 404),
            ("former", self.link, 200),
        ):
            self.assertEqual(self._get_status(login, url), status, (login, url))
        self.authenticate("heir", "heir")
        self.assertTrue(self._is_refused(self.link))
        page = self.url_open(f"/my/support/{self.contract.id}")
        self.assertNotIn(self.url, page.text)
        self.authenticate(None, None)
        page = self.url_open(self.link)
        self.assertIn("until", page.text)
        self.assertNotIn("Heir", page.text)
        self._answer(self.link, answer="accept")
        self.assertEqual(self.approval.state, "accepted")

    def test_link_opens_nothing_for_who_is_logged_in_as_somebody_else(self):
        new_test_user(self.env, "stranger", groups="base.group_portal")
        new_test_user(self.env, "colleague", groups="base.group_user")
        for login in ("stranger", "colleague"):
            self.authenticate(login, login)
            self.assertTrue(self._is_refused(self.link), login)

    def test_link_of_somebody_who_has_left_opens_nothing(self):
        self.boss.parent_id = False
        self.assertTrue(self._is_refused(self.link))
        self.boss.parent_id = self.customer
        self.boss.active = False
        self.assertTrue(self._is_refused(self.link))

    @users("scope_worker")
    def test_staff_cannot_get_at_the_link(self):
        approval = self._create_approval(self._create_task()).with_env(self.env)
        approval.action_send()
        for message in approval.message_ids:
            self.assertNotIn("access_token", message.body or "")
        self.assertTrue(approval.get_portal_url().endswith("access_token="))
        share = self.env["portal.share"].with_context(
            active_model=approval._name, active_id=approval.id
        )
        with self.assertRaises(AccessError):
            share.create({"partner_ids": self.boss.ids}).read(["share_link"])
        shared = share.sudo().create({"partner_ids": self.boss.ids})
        self.assertNotIn("access_token", shared.share_link)
        # The customer's mail has it, and nobody else's.
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("mail_message_id", "in", approval.message_ids.ids)])
        )
        with_link = mails.filtered(lambda mail: "access_token" in mail.body_html)
        self.assertEqual(with_link.recipient_ids, self.boss)

    def test_reply_that_quotes_the_link_keeps_it_secret(self):
        token = make_token(self.approval, self.boss)
        message = self.approval.message_post(
            body=Markup("<p>Why?</p><a href='/mail/view?access_token=%s'>Read</a>")
            % token,
            author_id=self.boss.id,
        )
        self.assertIn("<p>Why?</p>", message.body)
        self.assertNotIn(token, message.body)

    def test_button_of_the_mail_opens_the_page(self):
        mail = self.env["mail.mail"].search(
            [("mail_message_id", "in", self.approval.message_ids.ids)]
        )
        links = {
            part.split('"')[0].replace("&amp;", "&")
            for one in mail
            for part in one.body_html.split('href="')[1:]
        }
        [url] = {link for link in links if "access_token" in link}
        page = self.url_open(url[url.index("/my/support/link") :])
        self.assertIn("Approve", page.text)
        self.assertIn("2,430.00", page.text)

    def test_page_of_a_standing_one_says_what_is_agreed(self):
        standing = self._create_standing(hours=2.0, date_start="2026-10-01")
        standing.action_send()
        page = self.url_open(self._get_link(standing))
        self.assertIn("1,350.00", page.text)
        self.assertIn("10/01/2026", page.text)
        self.assertNotIn(">0.00<", page.text)

    def test_administrator_ends_a_standing_one_on_its_page(self):
        with freeze_time("2026-09-10 09:00:00"):
            standing = self._accept_standing(hours=2.0)
        self._create_portal_user("boss_user", "administrator")
        self._create_portal_user("finance", "finance", may_approve=True)
        url = f"/my/support/approval/{standing.id}"
        day = fields.Date.to_string(self.env.company._support_today())
        self.authenticate("finance", "finance")
        self.assertNotIn('value="end"', self.url_open(url).text)
        self.authenticate("boss_user", "boss_user")
        self.assertIn('value="end"', self.url_open(url).text)
        self._answer(url, answer="end", day="junk")
        self.assertFalse(standing.date_end)
        self._answer(url, answer="end", day=day, reason="We save")
        self.assertEqual(
            standing.date_end,
            fields.Date.subtract(fields.Date.to_date(day), days=1),
        )
        self.assertIn("We save", self.contract.event_ids[:1].note)

    def test_page_shows_the_days_that_wait(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 1.0)
        self._log(task, 90, name="Drew the report")
        self._log(task, 60, "2026-09-11", name="Tested it")
        self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._create_approval(task)
            approval.action_send()
        approval.sudo()._with_permission().date_expiry = "2050-01-01"
        text = self.url_open(self._get_link(approval)).text
        for words in ("Drew the report", "Tested it", "607.50", "1,215.00", "30 min"):
            self.assertIn(words, text)
