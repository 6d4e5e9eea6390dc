# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SupportInstanceCommon


@tagged("post_install", "-at_install")
class TestSupportInstanceCompanies(SupportInstanceCommon):
    """What one company agreed, another one's people do not see or change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Another Consultancy AB"})
        cls.contract = cls._create_contract()
        cls.instance = cls._create_instance(cls.contract, series="17.0")
        cls.instance.source_ids = [
            Command.create({"url": "https://git.example.com/a.git", "branch": "main"})
        ]
        cls.instance.module_ids = [Command.create({"name": "acme_base"})]
        cls.contract.action_activate()
        cls.standard = cls.env["support.instance"].create(
            {"name": "Standard", "role": "standard_test", "series": "17.0"}
        )
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
        return (
            self.instance,
            self.instance.source_ids,
            self.instance.module_ids,
            self.standard,
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

    def test_wizard_reaches_no_contract_of_another_company(self):
        for env in self._get_strangers():
            with self.subTest(user=env.user.login):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    env.invalidate_all()
                    env["support.contract.amend"].create(
                        {
                            "contract_id": self.contract.id,
                            "change": "instance",
                            "instance_id": self.instance.id,
                            "instance_role": "production",
                            "reason": "Trying",
                        }
                    ).action_confirm()

    def test_wizards_about_counts_tell_nothing(self):
        """Not even the names: what a wizard leads to is shown with its name."""
        count = self.env["support.count"].create(
            {
                "contract_id": self.contract.id,
                "instance_id": self.instance.id,
                "company_id": self.company.id,
                "date": "2026-09-01",
            }
        )
        for env in self._get_strangers():
            for model, vals in (
                ("support.count.compare", {"after_id": count.id}),
                (
                    "support.cloc.report.add",
                    {"instance_id": self.instance.id, "odoo_version": "17.0"},
                ),
            ):
                with self.subTest(user=env.user.login, model=model):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        env.invalidate_all()
                        env[model].create(vals)

    def test_standard_instances_are_those_of_the_company(self):
        theirs = self.env["support.instance"].create(
            {
                "name": "Theirs",
                "role": "standard_test",
                "series": "17.0",
                "company_id": self.other.id,
            }
        )
        self.assertEqual(self.contract.standard_instance_ids, self.standard)
        self.assertNotIn(theirs, self.contract._get_portal_instances())

    def test_instance_follows_the_company_of_a_draft(self):
        draft = self._create_contract()
        instance = self._create_instance(draft)
        draft.company_id = self.other
        self.assertEqual(instance.company_id, self.other)
