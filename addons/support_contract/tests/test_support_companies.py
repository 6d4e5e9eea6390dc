# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..ending import open_checklist
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportCompanies(SupportContractCommon):
    """What one company agreed, another one's people do not see or change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Another Consultancy AB"})
        cls.own_terms = cls.terms.copy({"company_id": cls.company.id})
        cls.own_terms.price_ids[0].write(
            {"tier_ids": [Command.create({"above": 10000, "price_unit": 150.0})]}
        )
        cls.own_terms.action_publish()
        cls.contract = cls._create_contract(terms_id=cls.own_terms.id)
        person = cls.env["res.partner"].create(
            {"name": "Elvira Kvist", "parent_id": cls.customer.id}
        )
        cls.contact = cls.env["support.contract.contact"].create(
            {"contract_id": cls.contract.id, "partner_id": person.id}
        )
        cls.contract._set_state("active")
        cls.contract._amend(
            date(2026, 10, 1),
            "Loyal customer",
            [(cls.contract.service_ids, {"price_unit": 170.0})],
        )
        open_checklist(cls.contract)
        # One who works for the other company only, one who has both, and one open.
        cls.stranger = cls._create_manager("stranger", cls.other)
        cls.both = cls._create_manager("both", cls.other | cls.company)

    @classmethod
    def _create_manager(cls, login, companies):
        return new_test_user(
            cls.env,
            login,
            groups="support_contract.group_support_manager",
            company_id=cls.other.id,
            company_ids=[Command.set(companies.ids)],
        )

    def _get_strangers(self):
        """Environments in which only the other company is open."""
        for user in (self.stranger, self.both):
            yield self.env(user=user, context={"allowed_company_ids": self.other.ids})

    def _get_records(self):
        amendments = self.contract.amendment_ids
        return (
            self.contract,
            self.contract.service_ids,
            self.contract.condition_ids,
            amendments,
            amendments.line_ids,
            self.contract.event_ids,
            self.contract.checklist_ids,
            self.contact,
            self.own_terms,
            self.own_terms.price_ids,
            self.own_terms.price_ids.tier_ids,
            self.own_terms.scope_ids,
        )

    def test_records_of_another_company_are_neither_found_nor_read(self):
        for env in self._get_strangers():
            for record in self._get_records():
                with self.subTest(user=env.user.login, model=record._name):
                    self.assertTrue(record)
                    found = env[record._name].with_context(active_test=False).search([])
                    self.assertFalse(found & record)
                    with self.assertRaises(AccessError):
                        record[:1].with_env(env).read(["display_name"])

    def test_records_of_another_company_are_not_written(self):
        for env in self._get_strangers():
            for record in self._get_records():
                own = record[:1].with_env(env)
                with self.subTest(user=env.user.login, model=record._name):
                    for operation in ("write", "unlink"):
                        self.assertFalse(own.has_access(operation), operation)

    def test_wizards_reach_no_contract_of_another_company(self):
        service = self.contract.service_ids
        for env in self._get_strangers():
            for model, vals in (
                (
                    "support.contract.amend",
                    {
                        "contract_id": self.contract.id,
                        "change": "price",
                        "service_id": service.id,
                        "price_unit": 1.0,
                        "reason": "Trying",
                    },
                ),
                (
                    "support.contract.notice",
                    {
                        "contract_id": self.contract.id,
                        "service_ids": [Command.set(service.ids)],
                    },
                ),
            ):
                with self.subTest(user=env.user.login, model=model, vals=vals):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        env.invalidate_all()
                        env[model].create(vals).action_confirm()
        self.assertEqual(service.price_unit, 170.0)
        self.assertFalse(service.date_end)

    def test_views_of_the_past_and_of_versions_show_nothing(self):
        for env in self._get_strangers():
            for model, vals, field in (
                (
                    "support.contract.on.day",
                    {"contract_id": self.contract.id},
                    "description",
                ),
                (
                    "support.terms.compare",
                    {"left_id": self.own_terms.id, "right_id": self.terms.id},
                    "table",
                ),
            ):
                with self.subTest(user=env.user.login, model=model):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        env.invalidate_all()
                        env[model].create(vals).read([field])

    def test_parts_follow_the_company_of_a_draft(self):
        draft = self._create_contract(terms_id=self.terms.id)
        contact = self.env["support.contract.contact"].create(
            {"contract_id": draft.id, "partner_id": self.contact.partner_id.id}
        )
        draft.company_id = self.other
        for part in (contact, draft.service_ids):
            with self.subTest(model=part._name):
                self.assertEqual(part.company_id, self.other)
