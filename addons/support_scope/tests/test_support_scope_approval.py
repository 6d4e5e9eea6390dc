# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged, users

from odoo.addons.support_contract.links import make_token
from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportScopeCommon


class SupportApprovalCommon(SupportScopeCommon):
    """A contract whose billed work needs a yes, and a person who may say it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ask_for_approval()
        cls.boss = cls.env["res.partner"].create(
            {
                "name": "Eva Björk",
                "email": "eva@bjorkdal.example.com",
                "parent_id": cls.customer.id,
            }
        )
        cls.contract.contact_ids = [
            Command.create({"partner_id": cls.boss.id, "role": "administrator"})
        ]

    def _create_approval(self, task, hours=2.0, **vals):
        return self.env["support.work.approval"].create(
            {
                "name": task.name,
                "contract_id": self.contract.id,
                "res_model": task._name,
                "res_id": task.id,
                "hours": hours,
                "type_id": self.consulting.id,
                "partner_id": self.boss.id,
                **vals,
            }
        )

    def _approve(self, task, hours=2.0, **vals):
        approval = self._create_approval(task, hours, **vals)
        approval.action_send()
        approval._accept(self.boss, "Eva", "portal")
        return approval


@tagged("post_install", "-at_install")
class TestSupportScopeApproval(SupportApprovalCommon):
    def test_calendar_proposes_what_work_is_ordered_for(self):
        """Office hours are 8 to 12 and 13 to 17 in Sweden; 6 January is a holiday."""
        calendar = self.company.resource_calendar_id
        calendar.write(
            {
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Office",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": end,
                            }
                        )
                        for day in range(5)
                        for start, end in ((8, 12), (13, 17))
                    ),
                ],
                "leave_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "name": "Holiday",
                            "date_from": "2027-01-05 23:00:00",
                            "date_to": "2027-01-06 22:59:59",
                        }
                    ),
                ],
            }
        )
        evening = self.env.ref("support_scope.work_factor_evening")
        weekend = self.env.ref("support_scope.work_factor_weekend")
        for moment, expected in (
            ("2026-12-04 06:59:59", evening),
            ("2026-12-04 07:00:00", evening.browse()),
            ("2026-12-04 11:30:00", evening.browse()),  # the break
            ("2026-12-04 15:59:59", evening.browse()),
            ("2026-12-04 16:00:00", evening),
            ("2026-12-04 22:59:59", evening),
            ("2026-12-04 23:00:00", weekend),  # Saturday in Sweden
            ("2026-12-06 22:59:59", weekend),
            ("2027-01-06 10:00:00", weekend),
            ("2026-07-03 06:00:00", evening.browse()),  # summer time
            ("2026-10-25 00:30:00", weekend),  # the hour that comes twice
        ):
            approval = self.env["support.work.approval"].new(
                {"contract_id": self.contract.id, "date_planned": moment}
            )
            approval._onchange_date_planned()
            self.assertEqual(approval.work_factor_id, expected, moment)
        approval = self._create_approval(
            self._create_task(),
            work_factor_id=evening.id,
            date_planned="2026-12-04 17:00:00",
        )
        words = approval._words().get_offer()
        self.assertIn("Ordered for: Evening", words)
        self.assertIn("Planned for: 12/4/26, 6:00\N{NARROW NO-BREAK SPACE}PM", words)

    def test_estimate_says_what_it_costs(self):
        with freeze_time("2026-09-10 09:00:00"):
            approval = self._create_approval(self._create_task())
        # 2 × 1,350.00 less 10 %, and 25 % or whatever tax the product has.
        self.assertEqual(approval.price_hour, 1215.0)
        self.assertEqual(approval.amount_untaxed, 2430.0)
        self.assertEqual(
            approval.amount_total, approval.amount_untaxed + approval.amount_tax
        )
        self.assertGreater(approval.amount_tax, 0)

    def test_new_code_says_what_the_fee_grows_by(self):
        contract = self._create_scope_contract(("maintenance",))
        repository = self._create_repository()
        repository.commit(module_files("acme", 1234))
        instance = self._create_instance(contract, repository)
        contract.action_activate()
        with freeze_time("2026-09-10 09:00:00"):
            instance.action_count()
            self.project.support_contract_id = contract
            task = self._create_task("new_feature")
            approval = (
                self.env["support.work.approval"]
                .with_user(self.worker)
                .create(
                    {
                        "name": "Report",
                        "contract_id": contract.id,
                        "res_model": "project.task",
                        "res_id": task.id,
                        "hours": 1.0,
                        "type_id": self.consulting.id,
                        "code_lines": 120,
                    }
                )
            )
        # 1,234 and 120 lines are 14 started hundreds instead of 13.
        self.assertEqual(approval.fee_change, 180.0)

    def test_without_a_yes_time_waits(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        self.assertRecordValues(
            charge, [{"state": "approval", "amount": 1215.0, "move_line_id": False}]
        )

    def test_yes_releases_what_waits(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._approve(task)
        self.assertRecordValues(
            charge, [{"state": "pending", "approval_id": approval.id}]
        )
        self._run_cron("2026-11-01")
        self.assertEqual(charge.state, "invoiced")
        self.assertEqual(charge.move_line_id.price_subtotal, 1215.0)

    def test_contract_that_asks_no_more_releases_what_waits(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        self._ask_for_approval(False)
        self.assertEqual(charge.state, "pending")

    def test_yes_of_the_former_customer_covers_their_days_alone(self):
        heir = self.env["res.partner"].create({"name": "Heir AB", "is_company": True})
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 10.0)
            self.contract._amend(
                fields.Date.to_date("2026-09-16"),
                "Passed on",
                [(self.contract, {"partner_id": heir.id})],
            )
        self._log(task, 60, "2026-09-15")
        self._log(task, 60, "2026-09-16")
        charges = self._bill_september().sorted("period_start")
        self.assertRecordValues(
            charges,
            [
                {"state": "invoiced", "partner_id": self.customer.id},
                {"state": "approval", "partner_id": heir.id},
            ],
        )

    def test_no_leaves_it_to_the_account_manager(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        approval = self._create_approval(task)
        approval.action_send()
        approval._decline(self.boss, "Eva", "link", "Too dear")
        self.assertEqual(charge.state, "approval")
        self.assertEqual(approval.state, "declined")
        self.assertEqual(approval.activity_ids.user_id, self.contract.user_id)

    def test_limit_counts_billed_minutes(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            approval = self._approve(task, 2.0)
        self._log(task, 150)
        charges = self._bill_september().sorted("amount")
        self.assertRecordValues(
            charges,
            [
                {"amount": 607.5, "state": "approval", "approval_id": False},
                {"amount": 2430.0, "state": "invoiced", "approval_id": approval.id},
            ],
        )
        # One hour more is approved: the half hour goes out, and is counted.
        with freeze_time("2026-10-05 09:00:00"):
            more = self._approve(task, 1.0)
        self.assertRecordValues(
            charges[0], [{"state": "pending", "approval_id": more.id}]
        )
        self.assertEqual(more.minutes_used, 30)
        self.assertEqual(approval.minutes_used, 120)

    def test_yes_to_a_part_cuts_the_charge(self):
        task = self._create_task()
        self._log(task, 60)
        self._log(task, 60, "2026-09-11")
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            self._approve(task, 1.5)
        rest = self.env["support.charge"].search(
            [("kind", "=", "time"), ("id", "!=", charge.id)]
        )
        self.assertRecordValues(charge, [{"state": "pending", "amount": 1822.5}])
        self.assertRecordValues(rest, [{"state": "approval", "amount": 607.5}])
        self.assertEqual(sum((charge | rest).day_ids.mapped("billed_minutes")), 120)

    def test_standing_approval_has_a_limit_each_month(self):
        standing = self.env["support.work.approval"].create(
            {
                "name": "Up to two hours a month",
                "contract_id": self.contract.id,
                "is_standing": True,
                "hours": 2.0,
                "partner_id": self.boss.id,
            }
        )
        standing.action_send()
        standing._accept(self.boss, "Eva", "portal")
        first, second = self._create_task(), self._create_task()
        self._log(first, 90, "2026-09-10")
        self._log(second, 60, "2026-09-12")
        self._log(second, 60, "2026-10-12")
        self._bill_september()
        self._run_cron("2026-11-01")
        charges = self.env["support.charge"].search([("kind", "=", "time")])
        found = sorted(
            (charge.period_start.month, charge.amount, charge.state)
            for charge in charges
        )
        self.assertEqual(
            found,
            [
                (9, 607.5, "approval"),
                (9, 607.5, "invoiced"),
                (9, 1822.5, "invoiced"),
                (10, 1215.0, "invoiced"),
            ],
        )

    def test_emergencies_only(self):
        standing = self.env["support.work.approval"].create(
            {
                "name": "Emergencies",
                "contract_id": self.contract.id,
                "is_standing": True,
                "emergencies_only": True,
                "hours": 10.0,
                "partner_id": self.boss.id,
            }
        )
        standing.action_send()
        standing._accept(self.boss, "Eva", "portal")
        emergency = self.env.ref("support_scope.work_factor_emergency")
        self._log(self._create_task(work_factor_id=emergency.id), 60)
        self._log(self._create_task(), 60)
        charges = self._bill_september().sorted("amount")
        self.assertEqual(charges.mapped("state"), ["approval", "invoiced"])
        self.assertEqual(charges.mapped("amount"), [1215.0, 2430.0])

    def test_limit_of_the_person(self):
        approval = self._create_approval(self._create_task())
        self.contract.contact_ids.approval_limit = 2429.99
        with self.assertRaisesRegex(UserError, "may not approve that much"):
            approval.action_send()
        self.contract.contact_ids.approval_limit = 2430.0
        approval.action_send()
        self.contract.contact_ids.may_approve = False
        with self.assertRaisesRegex(UserError, "may not approve"):
            approval._accept(self.boss, "Eva", "portal")

    def test_order_number_can_be_required(self):
        self.contract.approval_order_required = True
        approval = self._create_approval(self._create_task())
        approval.action_send()
        with self.assertRaisesRegex(UserError, "order number"):
            approval._accept(self.boss, "Eva", "portal", " ")
        approval._accept(self.boss, "Eva", "portal", "PO 7")
        self.assertEqual(approval.order_number, "PO 7")

    def test_decided_once(self):
        approval = self._approve(self._create_task())
        with self.assertRaises(UserError):
            approval._decline(self.boss, "Eva", "portal")
        with self.assertRaises(UserError):
            approval.action_withdraw()

    def test_withdrawn_is_not_approved(self):
        approval = self._create_approval(self._create_task())
        approval.action_send()
        approval.action_withdraw()
        with self.assertRaises(UserError):
            approval._accept(self.boss, "Eva", "portal")

    def test_out_of_date(self):
        approval = self._create_approval(self._create_task(), date_expiry="2026-09-30")
        approval.action_send()
        with freeze_time("2026-10-01 09:00:00"), self.assertRaises(UserError):
            approval._accept(self.boss, "Eva", "portal")

    @users("scope_worker")
    def test_staff_cannot_write_an_answer(self):
        approval = self._create_approval(self._create_task()).with_env(self.env)
        with self.assertRaises(AccessError):
            approval.write({"state": "accepted"})
        approval.action_send()
        with self.assertRaises(UserError):
            approval.write({"hours": 20.0})

    def test_who_only_reads_asks_nobody(self):
        reader = new_test_user(
            self.env, "bookkeeper", groups="account.group_account_invoice"
        )
        approval = self._create_approval(self._create_task()).with_user(reader)
        for method in ("action_send", "action_withdraw"):
            with self.assertRaises(AccessError):
                getattr(approval, method)()

    @users("scope_worker")
    def test_nobody_raises_a_yes(self):
        approval = self._approve(self._create_task(), 0.5).with_env(self.env)
        for vals in (
            {"minutes": 6000},
            {"amount_untaxed": 99999.0},
            {"name": "Everything"},
            {"partner_id": self.customer.id},
        ):
            with self.assertRaises(UserError, msg=str(vals)):
                approval.write(vals)

    def test_yes_to_office_hours_covers_no_weekend(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 1.0)
        task.work_factor_id = self.env.ref("support_scope.work_factor_weekend")
        self._log(task, 60)
        charges = self._bill_september()
        # 2,430.00 an hour: half an hour is what they said yes to.
        self.assertEqual(
            sorted((one.amount, one.state) for one in charges),
            [(1215.0, "approval"), (1215.0, "invoiced")],
        )

    def test_factor_of_the_approval_is_ordered(self):
        evening = self.env.ref("support_scope.work_factor_evening")
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 1.0, work_factor_id=evening.id)
        self.assertEqual(task.work_factor_id, evening)
        self._log(task, 60)
        self.assertEqual(self._bill_september().amount, 1822.5)

    def test_factor_holds_from_the_day_that_was_planned(self):
        """Saturday's work was offered for the weekend, and answered on Monday."""
        weekend = self.env.ref("support_scope.work_factor_weekend")
        with freeze_time("2026-09-10 09:00:00"):
            task = self._create_task()
            offer = self._create_approval(
                task,
                2.0,
                date_planned="2026-09-12 08:00:00",
                work_factor_id=weekend.id,
            )
            offer.action_send()
        before = self._log(task, 30, "2026-09-11")
        planned = self._log(task, 30, "2026-09-12")
        with freeze_time("2026-09-14 09:00:00"):
            offer._accept(self.boss, "Eva", "portal")
        self.assertEqual(before.support_price, 1215.0)
        self.assertEqual(planned.support_price, 2430.0)

    def test_factor_of_the_approval_prices_no_earlier_day(self):
        weekend = self.env.ref("support_scope.work_factor_weekend")
        with freeze_time("2026-09-02 09:00:00"):
            task = self._create_task()
            self._approve(task, 1.0)
        before = self._log(task, 60, "2026-09-03")
        with freeze_time("2026-09-09 09:00:00"):
            self._approve(task, 1.0, work_factor_id=weekend.id)
        self.assertEqual(task.work_factor_id, weekend)
        same = self._log(task, 30, "2026-09-09")
        after = self._log(task, 30, "2026-09-12")
        self.assertEqual(before.support_price, 1215.0)
        self.assertEqual(after.support_price, 2430.0)
        self._bill_september()
        self.assertRecordValues(
            before.support_charge_id, [{"amount": 1215.0, "state": "invoiced"}]
        )
        self.assertEqual(same.support_charge_id, after.support_charge_id)
        self.assertRecordValues(
            after.support_charge_id, [{"amount": 2430.0, "state": "invoiced"}]
        )

    def test_factor_that_is_chosen_holds_for_all_uncharged_time(self):
        weekend = self.env.ref("support_scope.work_factor_weekend")
        evening = self.env.ref("support_scope.work_factor_evening")
        task = self._create_task()
        line = self._log(task, 60, "2026-09-03")
        with freeze_time("2026-09-09 09:00:00"):
            self._approve(task, 1.0, work_factor_id=weekend.id)
        # The same again changes nothing.
        task.work_factor_id = weekend
        self.assertEqual(line.support_price, 1215.0)
        task.work_factor_id = evening
        self.assertEqual(line.support_price, 1822.5)
        self.assertFalse(task.date_factor)
        # What was ordered already holds as it did, whoever says yes to it later.
        with freeze_time("2026-09-10 09:00:00"):
            self._approve(task, 1.0, work_factor_id=evening.id)
        self.assertEqual(line.support_price, 1822.5)

    @users("scope_worker")
    def test_nobody_writes_from_when_a_factor_holds(self):
        with self.assertRaises(AccessError):
            self._create_task().with_env(self.env).date_factor = "2026-09-01"

    def test_what_is_invoiced_is_not_priced_again(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 1.0)
        self._log(task, 55)
        self.assertEqual(self._bill_september().amount, 1215.0)
        task.work_factor_id = self.env.ref("support_scope.work_factor_weekend")
        self._log(task, 5)
        self._run_cron("2026-11-01")
        late = task.timesheet_ids.support_charge_id.sorted("id")[-1]
        # 5 minutes at the weekend's price and 55 at the other: 101.25 more, and
        # nobody said yes to that.
        self.assertEqual(late.state, "approval")

    def test_objection_takes_the_yes_back(self):
        task = self._create_task()
        approval = self._create_approval(task)
        approval._note_phone(self.boss, "")
        approval._object("I never said that", self.boss)
        self._log(task, 60)
        self.assertEqual(self._bill_september().state, "approval")

    def test_company_and_stranger_decide_nothing(self):
        approval = self._create_approval(self._create_task())
        approval.action_send()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for partner in (self.customer, stranger):
            with self.assertRaises(UserError):
                approval._accept(partner, "X", "link")
            with self.assertRaises(UserError):
                approval._decline(partner, "X", "link")
        self.assertEqual(approval.state, "sent")

    def test_link_is_out_of_date_after_a_month(self):
        with freeze_time("2026-09-05 09:00:00"):
            approval = self._create_approval(self._create_task())
            approval.action_send()
        self.assertEqual(str(approval.date_expiry), "2026-10-05")

    @users("scope_worker")
    def test_yes_by_phone_is_mailed_and_can_be_objected_to(self):
        approval = self._create_approval(self._create_task()).with_env(self.env)
        wizard = self.env["support.work.approval.phone"].create(
            {"approval_id": approval.id, "partner_id": self.boss.id}
        )
        wizard.action_confirm()
        self.assertRecordValues(
            approval, [{"state": "accepted", "decided_via": "phone"}]
        )
        self.assertIn(self.boss, approval.message_ids.notified_partner_ids)
        approval._object("I never said that")
        self.assertEqual(approval.objection, "I never said that")
        self.assertIn("I never said that", approval.activity_ids.note)

    def test_eighty_percent_is_told_once(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            approval = self._approve(task, 2.0)
            self._log(task, 90)
            self.assertFalse(approval.date_notified)
            self._log(task, 10, "2026-09-11")
            self.assertTrue(approval.date_notified)
            before = len(approval.message_ids)
            self._log(task, 10, "2026-09-12")
        self.assertEqual(len(approval.message_ids), before)

    def test_standing_one_is_told_of_once_a_month(self):
        standing = self.env["support.work.approval"].create(
            {
                "name": "Up to 1,000 a month",
                "contract_id": self.contract.id,
                "is_standing": True,
                "amount_limit": 1000.0,
                "partner_id": self.boss.id,
            }
        )
        with freeze_time("2026-09-10 09:00:00"):
            standing.action_send()
            standing._accept(self.boss, "Eva", "portal")
            task = self._create_task()
            self._log(task, 30)
            self.assertFalse(standing.date_notified)
            self._log(task, 30)
            first = standing.date_notified
            self.assertTrue(first)
        with freeze_time("2026-10-10 09:00:00"):
            self._log(task, 60, "2026-10-10")
        self.assertGreater(standing.date_notified, first)

    def test_manager_waives_what_nobody_approved(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        manager = charge.with_user(self.manager)
        manager._decide("waive", "Said no")
        self.assertEqual(charge.state, "waived")
        # Restored, it waits for a yes again.
        manager._decide("restore", "Asked once more")
        self.assertEqual(charge.state, "approval")

    def test_minutes_that_cost_nothing_more_wait_for_nobody(self):
        with freeze_time("2026-09-05 09:00:00"):
            task = self._create_task()
            self._approve(task, 0.5)
        self._log(task, 20)
        self.assertEqual(self._bill_september().state, "invoiced")
        self._log(task, 5)
        self._run_cron("2026-11-01")
        late = task.timesheet_ids.support_charge_id.sorted("id")[-1]
        self.assertRecordValues(late, [{"amount": 0.0, "state": "waived"}])


@tagged("post_install", "-at_install")
class TestSupportScopeApprovalPortal(SupportApprovalCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.approval = self._create_approval(self._create_task())
        self.approval.action_send()
        self.url = f"/my/support/approval/{self.approval.id}"
        self.token = make_token(self.approval, self.boss)
        self.link = f"{self.url}?access_token={self.token}"

    def _decide(self, page, **values):
        csrf = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        return self.url_open(
            f"{self.url}/decide",
            data={"csrf_token": csrf, "name": "Eva B", **values},
        )

    def test_opening_approves_nothing(self):
        page = self.url_open(self.link)
        self.assertEqual(page.status_code, 200)
        self.assertIn("2,430.00", page.text)
        self.assertEqual(self.approval.state, "sent")
        # Neither does a scanner that follows what it finds.
        self.assertEqual(
            self.url_open(f"{self.url}/decide?answer=accept").status_code, 405
        )
        self.assertEqual(self.approval.state, "sent")

    def test_link_decides_once(self):
        page = self.url_open(self.link)
        token = self.token
        done = self._decide(page, answer="accept", access_token=token)
        self.assertIn("Approved.", done.text)
        self.assertRecordValues(
            self.approval,
            [
                {
                    "state": "accepted",
                    "decided_by": self.boss.id,
                    "decided_name": "Eva B",
                    "decided_via": "link",
                }
            ],
        )
        again = self._decide(page, answer="decline", access_token=token)
        self.assertIn("decided or withdrawn meanwhile", again.text)
        self.assertEqual(self.approval.state, "accepted")

    def test_link_of_another_opens_nothing(self):
        other = self._create_approval(self._create_task())
        other.action_send()
        for url in (
            self.url,
            f"{self.url}?access_token=",
            "/my/support/approval/999999",
        ):
            self.assertEqual(self.url_open(url).status_code, 404, url)
        token = make_token(other, self.boss)
        page = self.url_open(f"{self.url}?access_token={token}")
        self.assertNotIn(self.approval.name, page.text)

    def test_link_that_is_out_of_date_leads_to_a_new_one(self):
        """Which is for reading alone: nobody says yes any more."""
        after = self.approval.date_expiry + timedelta(days=1)
        with freeze_time(f"{after} 00:00:01"):
            page = self.url_open(self.link)
            self.assertIn("opens nothing here", page.text)
            csrf = page.text.split('name="csrf_token" value="')[1].split('"')[0]
            self.url_open(
                "/my/support/link/new",
                data={"csrf_token": csrf, "access_token": self.token},
            )
            messages = self.env["mail.message"].sudo()
            new = messages.search(
                [("subtype_id", "=", self.env.ref("support_contract.mt_link").id)]
            )
            self.assertEqual(new.partner_ids, self.boss)
            token = make_token(self.approval, self.boss)
            page = self.url_open(f"{self.url}?access_token={token}")
            self.assertIn(self.approval.name, page.text)
            self.assertNotIn('value="accept"', page.text)

    def test_roles(self):
        key_user, stranger, boss = (
            new_test_user(self.env, login, groups="base.group_portal")
            for login in ("key_user", "stranger", "boss_user")
        )
        (key_user | boss).partner_id.write({"parent_id": self.customer.id})
        self.contract.contact_ids = [
            Command.create({"partner_id": key_user.partner_id.id, "role": "key_user"}),
            Command.create({"partner_id": boss.partner_id.id, "role": "administrator"}),
        ]
        for login, status in (("key_user", 404), ("stranger", 404), ("boss_user", 200)):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(self.url).status_code, status, login)
        page = self.url_open(self.url)
        self._decide(page, answer="accept")
        self.assertRecordValues(
            self.approval,
            [{"decided_by": boss.partner_id.id, "decided_via": "portal"}],
        )

    def test_agreement_shows_approvals_and_time_by_role(self):
        with freeze_time("2026-09-10 09:00:00"):
            self._log(self._create_task(), 90)
            self._log(self._create_task("technical_environment"), 30)
            contract = self.contract.sudo()
            everything = contract._prepare_portal_overview({"approvals", "work"})
            self.assertEqual(
                everything["work"],
                [
                    ("Included in your fee", "30 min"),
                    ("Billed by the hour", "1 h 30 min"),
                ],
            )
            self.assertEqual(everything["approvals"], self.approval)
            nothing = contract._prepare_portal_overview(set())
        self.assertFalse(nothing["work"])
        self.assertFalse(nothing["approvals"])
        cards = contract._get_portal_cards()
        self.assertNotIn("key_user", cards["approvals"])
        boss = new_test_user(self.env, "boss_user", groups="base.group_portal")
        boss.partner_id.parent_id = self.customer
        self.contract.contact_ids = [
            Command.create({"partner_id": boss.partner_id.id, "role": "administrator"})
        ]
        self.authenticate("boss_user", "boss_user")
        page = self.url_open(f"/my/support/{self.contract.id}")
        self.assertIn("Waits for you", page.text)
        self.assertIn(f"/my/support/approval/{self.approval.id}", page.text)

    def test_portal_users_read_nothing_by_rpc(self):
        user = new_test_user(self.env, "boss_user", groups="base.group_portal")
        user.partner_id.parent_id = self.customer
        self.contract.contact_ids = [
            Command.create({"partner_id": user.partner_id.id, "role": "administrator"})
        ]
        for name in (
            "support.work.approval",
            "support.work.verdict",
            "support.reproduction",
            "support.charge.day",
            "support.work.factor",
        ):
            with self.assertRaises(AccessError):
                self.env[name].with_user(user).search([])
