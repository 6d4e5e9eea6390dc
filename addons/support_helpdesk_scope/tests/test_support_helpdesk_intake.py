# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users

from .common import SupportHelpdeskCommon


@tagged("post_install", "-at_install")
class TestSupportHelpdeskIntake(SupportHelpdeskCommon):
    """Contract and instance of a ticket, from customer, sender or choice."""

    def assertVerdict(self, ticket, verdict, clause=""):
        found = (ticket.scope_verdict, ticket.scope_clause or "")
        self.assertEqual(found, (verdict, clause), ticket.scope_reason)

    def test_contract_of_the_customer(self):
        ticket = self._create_ticket()
        self.assertEqual(ticket.support_contract_id, self.contract)
        self.assertVerdict(ticket, "billed", "R17")
        included = self._create_ticket(category="technical_environment")
        self.assertVerdict(included, "included", "R16")

    def test_contract_of_the_sender(self):
        ticket = self._create_ticket(
            self.env["res.partner"], partner_email="Eva <EVA@bjork.example.com>"
        )
        self.assertEqual(ticket.support_contract_id, self.contract)

    def test_stranger_has_no_contract(self):
        ticket = self._create_ticket(
            self.env["res.partner"], partner_email="who@example.net"
        )
        self.assertFalse(ticket.support_contract_id)
        self.assertVerdict(ticket, "no_contract")

    def test_sender_of_two_customers_waits_for_a_person(self):
        self._create_person("Eva B", self.other_customer, self.eva.email)
        ticket = self._create_ticket(
            self.env["res.partner"], partner_email=self.eva.email
        )
        self.assertFalse(ticket.support_contract_id)
        self.assertVerdict(ticket, "undecided")
        line = self._log_on(ticket, 60)
        self.assertEqual(line.project_id, self.loose_project)
        self.assertEqual(line.support_verdict, "undecided")
        ticket.support_contract_id = self.other_contract
        self.assertVerdict(ticket, "billed", "R17")
        self.assertEqual(ticket.partner_id.commercial_partner_id, self.other_customer)
        self.assertEqual(line.support_contract_id, self.other_contract)

    def test_sender_of_a_customer_without_contract_as_well(self):
        another = self.env["res.partner"].create(
            {"name": "Havtorn AB", "is_company": True}
        )
        self._create_person("Eva", another, self.eva.email)
        ticket = self._create_ticket(
            self.env["res.partner"], partner_email=self.eva.email
        )
        self.assertFalse(ticket.support_contract_id)
        self.assertVerdict(ticket, "undecided")

    def test_another_card_of_the_same_person_is_no_customer(self):
        self.env["res.partner"].create({"name": "Eva", "email": self.eva.email})
        ticket = self._create_ticket(
            self.env["res.partner"], partner_email=self.eva.email
        )
        self.assertEqual(ticket.support_contract_id, self.contract)

    def test_private_card_with_a_contract_is_a_customer(self):
        card = self.env["res.partner"].create({"name": "Eva", "email": self.eva.email})
        contract = self._create_scope_contract(partner_id=card.id)
        ticket = self._create_ticket(
            self.env["res.partner"], partner_email=self.eva.email
        )
        self.assertFalse(ticket.support_contract_id)
        self.assertVerdict(ticket, "undecided")
        ticket.support_contract_id = contract
        self.assertEqual(ticket.partner_id, card)

    def test_amendment_judges_open_tickets(self):
        ticket = self._create_ticket(category="technical_environment")
        self.assertVerdict(ticket, "included", "R16")
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-09"})]
        )
        self.assertVerdict(ticket, "no_contract")

    def test_two_running_contracts_wait_for_a_person(self):
        self._create_scope_contract()
        ticket = self._create_ticket()
        self.assertFalse(ticket.support_contract_id)
        self.assertVerdict(ticket, "undecided")

    def test_contract_that_begins_later_is_taken_when_it_runs(self):
        another = self.env["res.partner"].create(
            {"name": "Havtorn AB", "is_company": True}
        )
        ticket = self._create_ticket(another)
        self.assertVerdict(ticket, "no_contract")
        contract = self._create_scope_contract(partner_id=another.id)
        ticket._evaluate()
        self.assertEqual(ticket.support_contract_id, contract)
        self.assertVerdict(ticket, "billed", "R17")

    def test_another_customer_has_another_contract(self):
        ticket = self._create_ticket()
        line = self._log_on(ticket, 60)
        self.assertEqual(line.project_id, self.time_project)
        ticket.partner_id = self.olle
        self.assertEqual(ticket.support_contract_id, self.other_contract)
        self.assertEqual(line.support_contract_id, self.other_contract)
        self.assertEqual(line.project_id, self.loose_project)

    def test_contract_of_another_customer_is_shown(self):
        ticket = self._create_ticket(support_contract_id=self.other_contract.id)
        self.assertTrue(ticket.is_other_customer)
        self.assertFalse(self._create_ticket().is_other_customer)

    def test_usual_instance(self):
        instances = self.env["support.instance"].create(
            [
                {"name": "Live", "contract_id": self.contract.id},
                {"name": "Test", "contract_id": self.contract.id, "role": "test"},
            ]
        )
        ticket = self._create_ticket()
        self.assertEqual(ticket.support_instance_id, instances[0])
        ticket.support_instance_id = instances[1]
        with self.assertRaises(UserError):
            self._create_ticket(self.olle).support_instance_id = instances[1]
        ticket.support_contract_id = self.other_contract
        self.assertFalse(ticket.support_instance_id)

    def test_topic_proposes_a_category(self):
        advice = self._category("user_advice")
        environment = self._category("technical_environment")
        self.company.support_scope_category_id = advice
        Topic = self.env["helpdesk.ticket.category"]
        servers = Topic.create({"name": "Servers", "scope_category_id": environment.id})
        mails = Topic.create({"name": "Mail", "parent_id": servers.id})
        ticket = self._create_ticket(category=None, category_id=mails.id)
        self.assertEqual(ticket.scope_category_id, environment)
        ticket.category_id = False
        self.assertEqual(ticket.scope_category_id, advice)
        ticket.scope_category_id = self._category("new_feature")
        ticket.category_id = servers
        self.assertEqual(ticket.scope_category_id, self._category("new_feature"))
        self.assertEqual(self._create_ticket(category=None).scope_category_id, advice)

    def test_topics_are_a_step_of_the_set_up(self):
        Topic = self.env["helpdesk.ticket.category"]
        Topic.search([]).unlink()
        above = Topic.create({"name": "Errors"})
        below = Topic.create({"name": "Printing", "parent_id": above.id})

        def find_missing():
            [step] = [
                step
                for step in self.env["support.work.setup"].create({})._prepare_steps()
                if step["name"] == "Topics"
            ]
            self.assertEqual(step["is_done"], not step["number"])
            return step["number"]

        self.assertEqual(find_missing(), 2)
        below.scope_category_id = self._category("program_bug")
        self.assertEqual(find_missing(), 1)
        above.scope_category_id = self._category("user_advice")
        self.assertEqual(find_missing(), 0)

    def test_old_tickets_are_left_alone(self):
        ticket = self._create_ticket()
        # As it is where the add-on was not there yet.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET is_support_work = NULL, scope_verdict = NULL,"
            " support_contract_id = NULL WHERE id = %s",
            [ticket.id],
        )
        self.env.invalidate_all()
        ticket.partner_id = self.olle
        ticket._evaluate()
        self._run_evaluation()
        self.assertFalse(ticket.scope_verdict)
        self.assertFalse(self._log_on(ticket, 60).support_verdict)
        ticket.support_contract_id = self.contract
        self.assertVerdict(ticket, "billed", "R17")

    def test_reproduction_judges_its_tickets(self):
        ticket = self._create_ticket(category="program_bug")
        names = self.env["support.work.verdict"]._get_work_models()
        self.assertIn("helpdesk.ticket", names)
        self.assertIn(ticket.scope_verdict, ("billed", "needs_reproduction"))

    def test_customer_reads_that_the_analysis_was_free(self):
        self.contract._amend(
            self.contract.date_start,
            "With maintenance",
            [
                (
                    self.contract.service_ids.browse(),
                    {
                        "contract_id": self.contract.id,
                        "type_id": self.type_maintenance.id,
                        "date_start": "2026-09-01",
                    },
                )
            ],
        )
        tried = self.env["support.reproduction"].create(
            {
                "name": "VAT twice",
                "module_name": "account",
                "series": "19.0",
                "steps": "<p>Press</p>",
                "dataset_version": "2026-1",
            }
        )
        ticket = self._create_ticket(category="program_bug", reproduction_id=tried.id)
        line = self._log_on(ticket, 45)
        tried.action_not_reproducible()
        self.assertVerdict(ticket, "billed", "R14, R15")
        self.assertEqual(line.support_verdict, "included")
        reader = new_test_user(
            self.env, "eva", groups="base.group_portal", partner_id=self.eva.id
        )
        self.env["support.contract.contact"].create(
            {
                "contract_id": self.contract.id,
                "partner_id": self.eva.id,
                "role": "key_user",
            }
        )
        _verdict, text = ticket._get_portal_verdict(reader)
        self.assertIn("The analysis was free", text)

    def test_hours_of_a_ticket_that_are_kept_in_days(self):
        self.company.project_time_mode_id = self.env.ref("uom.product_uom_day")
        ticket = self._create_ticket()
        self._log_on(ticket, 15)
        self.assertEqual(ticket.total_hours, 2)

    def test_verdicts_speak_the_readers_language(self):
        """Also where the language was there before this add-on."""
        self.env["res.lang"]._activate_lang("sv_SE")
        ticket = self.env["helpdesk.ticket"].with_context(lang="sv_SE")
        for name in ("scope_verdict", "delivery"):
            choices = ticket.fields_get([name])[name]["selection"]
            english = self.env["helpdesk.ticket"].fields_get([name])[name]["selection"]
            self.assertEqual([one[0] for one in choices], [one[0] for one in english])
            self.assertFalse(set(choices) & set(english))

    @users("ticket_helper")
    def test_nobody_writes_a_verdict(self):
        ticket = self._create_ticket().with_env(self.env)
        for name, value in (
            ("scope_verdict", "included"),
            ("split_from_id", 1),
            ("is_support_work", False),
        ):
            with self.assertRaises(AccessError, msg=name):
                ticket.write({name: value})

    def test_many_tickets_take_a_constant_number_of_queries(self):
        def count(number):
            before = self.env.cr.sql_log_count
            tickets = self.env["helpdesk.ticket"].search([], limit=number)
            self.env.invalidate_all()
            tickets._evaluate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for _number in range(20):
            self._create_ticket()
        count(2)
        self.assertAlmostEqual(count(20), count(2), delta=4)

    def test_ticket_finds_a_contract_that_begins_later(self):
        another = self.env["res.partner"].create(
            {"name": "Havtorn AB", "is_company": True}
        )
        ticket = self._create_ticket(another)
        stranger = self._create_ticket(
            self.env["res.partner"], partner_email="who@example.net"
        )
        self.assertVerdict(ticket, "no_contract")
        contract = self._create_scope_contract(partner_id=another.id)
        self.assertEqual(ticket.support_contract_id, contract)
        self.assertVerdict(ticket, "billed", "R17")
        self.assertVerdict(stranger, "no_contract")
