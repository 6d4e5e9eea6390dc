# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time
from lxml import html
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..links import make_token
from ..portal import find_contract, find_contracts
from ..signing import mark_sent
from .common import SupportContractCommon

# Texts that only those see who may.
PRICE = "2,400.00"
SECTIONS = {
    "fee": '<section name="fee"',
    "costs": '<section name="costs"',
    "rights": '<section name="rights"',
    "notice": '<section name="ends"',
    "services": '<section name="services"',
    "agreement": 'id="support_agreement"',
}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
EVERYTHING = {*SECTIONS, "sign", "questions", "ask_question", "ask_order", "ask_end"}
ROLES = {
    "administrator": EVERYTHING,
    "key_user": {"services", "rights", "ask_question"},
    "finance": {
        *("services", "agreement", "fee", "costs", "notice", "ask_question"),
    },
}
PAGES = {
    "": {"services", "fee", "rights", "notice"},
    "/costs": {"costs"},
    "/agreement": {"agreement"},
}


@tagged("post_install", "-at_install")
class TestSupportPortalRoles(SupportContractCommon, HttpCase):
    """Who of the customer sees what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        cls.contract._set_state("active")
        cls.users = {role: cls._create_person(role) for role in ROLES}
        for role, user in cls.users.items():
            cls._give(user, role)
        cls.token = make_token(cls.contract, cls.users["administrator"].partner_id)
        cls.colleague = cls._create_person("colleague")
        cls.rival = cls.env["res.partner"].create(
            {"name": "Lövdalen Glas AB", "is_company": True}
        )
        cls.stranger = cls._create_person("stranger", cls.rival)
        cls.url = f"/my/support/{cls.contract.id}"

    @classmethod
    def _create_person(cls, login, company=None):
        user = new_test_user(cls.env, login, groups="base.group_portal")
        user.partner_id.parent_id = company or cls.customer
        return user

    @classmethod
    def _give(cls, user, role, contract=None):
        return cls.env["support.contract.contact"].create(
            {
                "contract_id": (contract or cls.contract).id,
                "partner_id": user.partner_id.id,
                "role": role,
            }
        )

    def _get_page(self, user, query=""):
        self.authenticate(user.login if user else None, user.login if user else None)
        return self.url_open(self.url + query)

    def _sections(self, user, token=None):
        return self.contract._get_visible_cards(user, token)

    def test_each_role_sees_its_sections_and_no_other(self):
        self.patch(
            type(self.contract), "_get_known_monthly_fee", lambda contract: 2400.0
        )
        for role, user in self.users.items():
            may = {path for path, cards in PAGES.items() if cards & ROLES[role]}
            for path in PAGES:
                answer = self._get_page(user, path)
                page = html.fromstring(answer.content)
                with self.subTest(role=role, page=path):
                    # A page that is not theirs leads to the first that is.
                    shown = path if path in may else ""
                    self.assertTrue(answer.url.endswith(self.url + shown), answer.url)
                    links = page.cssselect("nav[aria-label] a")
                    self.assertEqual(
                        [link.get("href") for link in links],
                        [self.url + one for one in PAGES if one in may and may != {""}],
                    )
                    self.assertEqual(
                        [one.get("href") for one in links if one.get("aria-current")],
                        [self.url + shown] if links else [],
                    )
                    self.assertEqual(len(page.cssselect("h1")), 1)
                for section, mark in SECTIONS.items():
                    with self.subTest(role=role, page=path, card=section):
                        self.assertEqual(
                            mark in answer.text,
                            section in ROLES[role] & PAGES[shown],
                        )
                with self.subTest(role=role, page=path, what="prices"):
                    self.assertEqual(PRICE in answer.text, "costs" in ROLES[role])
            self.assertEqual(self._sections(user), ROLES[role])

    def test_no_other_page(self):
        for path in ("/today", "/rights", "/costs/2"):
            answer = self._get_page(self.users["administrator"], path)
            self.assertEqual(PRICE in answer.text, False)
        answer = self._get_page(self.users["administrator"], "/rights")
        self.assertEqual(answer.status_code, 404)

    def test_one_agreement_goes_straight_to_today(self):
        user = self.users["key_user"]
        self.authenticate(user.login, user.login)
        answer = self.url_open("/my/support")
        self.assertTrue(answer.url.endswith(self.url), answer.url)
        other = self._create_contract([("patch", "2026-09-01")])
        other._set_state("active")
        self._give(user, "key_user", other)
        answer = self.url_open("/my/support")
        self.assertTrue(answer.url.endswith("/my/support"), answer.url)
        self.assertIn(other.name, answer.text)

    def test_key_user_gets_neither_token_nor_document(self):
        user = self.users["key_user"]
        for page in (self._get_page(user).text, self.url_open("/my/support").text):
            self.assertNotIn("access_token", page)
        answer = self._get_page(user, "?report_type=pdf")
        self.assertNotIn(PRICE, answer.text)
        self.assertTrue(answer.url.endswith("/my"), answer.url)

    def test_finance_and_administrator_get_the_document(self):
        for role in ("finance", "administrator"):
            answer = self._get_page(self.users[role], "?report_type=pdf")
            self.assertIn(
                f"{self.contract.name}", answer.headers["Content-Disposition"]
            )

    def test_colleague_and_stranger_see_nothing(self):
        for user in (self.colleague, self.stranger, None):
            with self.subTest(user=user and user.login):
                self.assertNotIn(self.contract.name, self._get_page(user).text)
                if user:
                    page = self.url_open("/my/support").text
                    self.assertNotIn(self.contract.name, page)
        for token in ("", "wrong", self.token[:-2], "0", "None"):
            answer = self._get_page(self.stranger, f"?access_token={token}")
            self.assertNotIn(self.contract.name, answer.text)

    def test_token_of_another_contract_opens_nothing(self):
        other = self._create_contract([("patch", "2026-09-01")])
        token = make_token(other, other.partner_id)
        page = self._get_page(None, f"?access_token={token}").text
        self.assertNotIn(self.contract.name, page)

    def test_whoever_has_the_link_reads_and_keeps_its_token(self):
        page = self._get_page(None, f"/costs?access_token={self.token}").text
        self.assertIn(PRICE, page)
        # Each link of the page opens with it, and with nothing else.
        links = html.fromstring(page).cssselect("nav[aria-label] a")
        self.assertEqual(len(links), len(PAGES))
        for link in links:
            self.assertTrue(link.get("href").endswith(f"?access_token={self.token}"))

    def test_the_contact_on_the_contract_is_its_administrator(self):
        person = self.users["key_user"]
        contract = self._create_contract(
            [("operations", "2026-09-01")], partner_id=self.colleague.partner_id.id
        )
        contract.action_activate()
        self.assertEqual(contract._get_visible_cards(self.colleague), EVERYTHING)
        self.assertFalse(contract._get_visible_cards(person))

    def test_two_roles_add_up(self):
        self._give(self.users["key_user"], "finance")
        both = ROLES["key_user"] | ROLES["finance"]
        self.assertEqual(self._sections(self.users["key_user"]), both)

    def test_archived_people_see_nothing(self):
        user = self.users["administrator"]
        self.assertIn(self.contract, find_contracts(user))
        user.active = False
        self.assertFalse(self._sections(user))
        self.assertFalse(find_contracts(user))
        user.active = True
        user.partner_id.with_context(active_test=False).sudo().write(
            {"parent_id": self.rival.id}
        )
        self.assertFalse(self._sections(user))

    def test_roles_end_when_the_contract_passes_to_another_entity(self):
        self.contract._amend(
            self.company._support_today(),
            "Sold",
            [(self.contract, {"partner_id": self.rival.id})],
        )
        for user in self.users.values():
            self.assertFalse(self._sections(user))

    def test_old_links_end_when_the_contract_passes_to_another_entity(self):
        """The former customer has e-mails with a link that opens everything."""
        nobody, token = self.env.ref("base.public_user"), self.token
        self.assertTrue(self.contract._get_visible_cards(nobody, token))
        self.contract._amend(
            self.company._support_today(),
            "Sold",
            [(self.contract, {"partner_id": self.rival.id})],
        )
        self.assertFalse(self.contract._get_visible_cards(nobody, token))

    def test_role_is_for_people_of_the_customer_once(self):
        with self.assertRaisesRegex(ValidationError, "no contact of"):
            self._give(self.stranger, "administrator")
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._give(self.users["finance"], "finance")

    def test_section_is_asked_for_by_name(self):
        key_user = self.users["key_user"]
        find_contract(self.contract.id, key_user, card="rights")
        for section in ("agreement", "costs", "sign", "notice", "nonsense"):
            with self.subTest(card=section), self.assertRaises(AccessError):
                find_contract(self.contract.id, key_user, card=section)
        with self.assertRaises(MissingError):
            find_contract(0, key_user)

    def test_draft_is_for_administrators_once_it_was_sent(self):
        draft = self._create_contract([("patch", "2026-09-01")], date_signed=False)
        for role, user in self.users.items():
            self._give(user, role, draft)
            self.assertFalse(draft._get_visible_cards(user))
        action = draft.action_send()
        composer = (
            self.env["mail.compose.message"]
            .with_context(**action["context"])
            .create({})
        )
        composer._action_send_mail()
        self.assertTrue(draft.date_sent)
        admin = self.users["administrator"]
        self.assertEqual(draft._get_visible_cards(admin), EVERYTHING)
        self.assertFalse(draft._get_visible_cards(self.users["finance"]))
        self.assertFalse(draft._get_visible_cards(self.users["key_user"]))
        self.authenticate(admin.login, admin.login)
        page = self.url_open(f"/my/support/{draft.id}").text
        self.assertIn("#modalsign", page)
        self.assertNotIn("access_token", page)

    def test_agreement_is_mailed_to_those_who_sign(self):
        draft = self._create_contract([("patch", "2026-09-01")], date_signed=False)
        template = self.env.ref("support_contract.mail_template_agreement")

        def receivers():
            values = template._generate_template(draft.ids, ("partner_to",))
            return values[draft.id]["partner_ids"]

        self.assertEqual(receivers(), draft.partner_id.ids)
        admin = self.users["administrator"].partner_id
        admin.email = "administrator@example.com"
        self._give(self.users["administrator"], "administrator", draft)
        self._give(self.users["finance"], "finance", draft)
        self.assertEqual(receivers(), admin.ids)
        admin.parent_id = self.rival
        self.assertEqual(receivers(), draft.partner_id.ids)

    def test_key_user_and_finance_cannot_sign(self):
        draft = self._create_contract([("patch", "2026-09-01")], date_signed=False)
        draft.date_sent = "2026-08-20 10:00:00"
        for role in ("key_user", "finance"):
            self._give(self.users[role], role, draft)
            self.authenticate(role, role)
            answer = self.make_jsonrpc_request(
                f"/my/support/{draft.id}/sign", {"name": "X", "signature": "x"}
            )
            self.assertIn("not yours", answer["error"])

    def test_consultant_sees_the_page_as_far_as_they_see_the_contract(self):
        # All of it but signing, which is the customer's.
        self.assertEqual(self._sections(self.consultant), EVERYTHING - {"sign"})
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        self.assertFalse(self._sections(employee))
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        other = new_test_user(
            self.env,
            "other_company",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self._sections(other))

    def _roles(self, contract):
        return {
            contact.partner_id: contact.role
            for contact in self.env["support.contract.contact"].search(
                [("contract_id", "=", contract.id)]
            )
        }

    def test_who_was_sent_the_agreement_sees_it_afterwards(self):
        draft = self._create_contract([("patch", "2026-09-01")], date_signed=False)
        self._give(self.users["key_user"], "key_user", draft)
        people = {
            user: user.partner_id
            for user in (self.colleague, self.stranger, self.users["key_user"])
        }
        action = draft.action_send()
        composer = (
            self.env["mail.compose.message"]
            .with_context(**action["context"])
            .create({})
        )
        composer.partner_ids |= self.env["res.partner"].union(*people.values())
        composer._action_send_mail()
        self.assertEqual(
            self._roles(draft),
            {
                # Nobody of another customer, and no other role than staff chose.
                people[self.colleague]: "administrator",
                people[self.users["key_user"]]: "key_user",
            },
        )
        self.assertEqual(draft._get_visible_cards(self.colleague), EVERYTHING)
        # A later message about it gives nothing to anybody.
        other = self._create_person("later").partner_id
        draft.message_post(body="See above", partner_ids=other.ids)
        self.assertNotIn(other, self._roles(draft))

    def test_who_signed_sees_it_afterwards(self):
        for user, sees in ((self.colleague, True), (self.stranger, False)):
            draft = self._create_contract([("patch", "2026-09-01")], date_signed=False)
            mark_sent(draft, draft.partner_id)
            self.authenticate(user.login, user.login)
            answer = self.make_jsonrpc_request(
                f"/my/support/{draft.id}/sign?digest={draft.sent_digest}",
                {
                    "access_token": make_token(draft, draft.partner_id),
                    "name": "X",
                    "signature": PIXEL,
                },
            )
            # Nobody else uses it while they are logged in.
            self.assertEqual("error" not in answer, sees)
            self.assertEqual(bool(draft.signed_by), sees)
            draft.invalidate_recordset()
            with self.subTest(user=user.login):
                self.assertEqual("administrator" in self._roles(draft).values(), sees)

    def test_contact_for_invoices_sees_what_is_invoiced(self):
        accountant = self._create_person("accountant")
        accountant.partner_id.type = "invoice"
        for given in ("", "key_user"):
            contract = self._create_contract([("patch", "2026-09-01")])
            if given:
                self._give(self.colleague, given, contract)
            contract.action_activate()
            with self.subTest(given=given):
                # What staff chose is not added to.
                self.assertEqual(
                    contract._get_visible_cards(accountant),
                    ROLES["finance"] if not given else set(),
                )

    def test_roles_of_a_signed_contract_are_in_its_log(self):
        contact = self._give(self.colleague, "finance")
        contact.role = "key_user"
        contact.unlink()
        events = self.contract.event_ids.filtered(lambda event: event.kind == "access")
        name = self.colleague.partner_id.name
        self.assertEqual(
            events.sorted("id").mapped(lambda event: (event.before, event.after))[-3:],
            [
                (False, f"{name} (Finance)"),
                (f"{name} (Finance)", f"{name} (Key user)"),
                (f"{name} (Key user)", False),
            ],
        )

    def test_r07_r08_page_says_what_is_there_left_and_to_pay(self):
        with freeze_time("2026-11-10 10:00:00"):
            overview = self.contract._prepare_portal_overview(EVERYTHING)
            self.assertEqual({row["last"] for row in overview["ends"]}, {"08/31/2027"})
        self.assertEqual(
            [row["service"].type_id for row in overview["services"]],
            [self.type_maintenance, self.type_operations],
        )
        self.assertEqual(
            [(row["day"], row["given"]) for row in overview["ends"]],
            [("08/31/2027", False), ("11/30/2026", False)],
        )
        names = {row["name"]: row["amount"] for row in overview["costs"]}
        self.assertEqual(names["Discount on hourly rates"], "10%")
        self.assertIn("upgrade", {row["right"].code for row in overview["rights"]})

    def test_pages_speak_everyday_words(self):
        for path in PAGES:
            page = self._get_page(self.users["administrator"], path).text
            start = page.index('id="support_contract_content"')
            content = page[start:].lower()
            for word in ("cloc", "commit", "digest", "charge id", "snapshot"):
                self.assertNotIn(word, content)
