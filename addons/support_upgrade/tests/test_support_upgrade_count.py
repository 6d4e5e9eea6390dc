# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportUpgradeCommon


@tagged("post_install", "-at_install")
class TestSupportUpgradeCount(SupportUpgradeCommon):
    """Upgrades and the lines of code that they are about. Clauses R2, R5."""

    def test_r02_two_productions_two_tests_and_an_upgrade(self):
        """The fee's lines: both productions, what they share once, nothing else."""
        shared = module_files("acme_base", 120)
        first, second = self._create_repository(), self._create_repository()
        first.commit({**shared, **module_files("acme_sale", 30)})
        second.commit({**shared, **module_files("acme_stock", 51)})
        terms = self.terms
        contract = self._create_contract(terms_id=terms.id)
        one = self._create_instance(contract, first, name="One", series="17.0")
        two = self._create_instance(contract, second, name="Two", series="17.0")
        larger = self._create_repository()
        larger.commit({**shared, **module_files("acme_trial", 500)})
        tests = self._create_instance(contract, larger, name="Test 1", role="test")
        tests |= self._create_instance(contract, larger, name="Test 2", role="test")
        contract.action_activate()
        upgrade = self.env["support.upgrade"].create(
            {
                "contract_id": contract.id,
                "instance_id": one.id,
                "from_series": "17.0",
                "to_series": "19.0",
            }
        )
        upgrade.action_accept()
        upgrade.action_start()
        made = upgrade.upgrade_instance_ids
        self.assertEqual(set(made.mapped("role")), {"test", "development"})
        for instance in made:
            self.assertFalse(instance.billed)
            if not instance.source_ids:
                instance.source_ids = [
                    (0, 0, {"url": larger.url, "branch": "main"}),
                ]
        everything = one | two | tests | made
        everything.action_count()
        self.assertEqual(
            [instance.code_lines for instance in (one, two, *tests)],
            [150, 171, 620, 620],
        )
        # 120 once, 30 and 51: added up before anything is rounded.
        self.assertEqual(contract.billed_lines, 201)
        self.assertEqual(contract._get_billed_counts(), (one | two).last_count_id)
        # A covered module less: its lines leave the fee.
        stock = two.module_ids.filtered(lambda module: module.name == "acme_stock")
        stock._with_permission().covered = False
        two.action_count()
        self.assertEqual(contract.billed_lines, 150)
        self.assertEqual(two.code_lines, 171)

    def test_r02_an_upgrades_instances_are_never_billed(self):
        """Not even under terms that bill test instances: its fee covers them (R5)."""
        terms = self.terms.copy({"version": "tests too", "bill_test": True})
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id)
        one = self._create_instance(
            contract, self._create_repository(), name="One", series="17.0"
        )
        own = self._create_instance(contract, name="Test", role="test")
        contract.action_activate()
        upgrade = self.env["support.upgrade"].create(
            {
                "contract_id": contract.id,
                "instance_id": one.id,
                "from_series": "17.0",
                "to_series": "19.0",
            }
        )
        upgrade.action_accept()
        upgrade.action_start()
        self.assertTrue(own.billed)
        self.assertEqual(upgrade.upgrade_instance_ids.mapped("billed"), [False, False])

    def _create_growth(self, contract, repository):
        """What the first count of a production notes of its module."""
        instance = self._create_instance(contract, repository, series="17.0")
        contract.action_activate()
        instance.action_count()
        return instance.count_ids.growth_ids

    def _create_upgrade(self, growth):
        instance = growth.count_id.instance_id
        return self._request(
            instance.contract_id, instance_id=instance.id, from_series="17.0"
        )

    def test_growth_is_explained_by_an_upgrade_of_the_customer(self):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 300))
        growth = self._create_growth(self._create_contract(), repository)
        self.assertIn("support.upgrade", dict(growth._selection_origin_ref()))
        stranger = self.env["res.partner"].create({"name": "Somebody else"})
        other = self._create_contract(partner_id=stranger.id)
        theirs = self._create_upgrade(self._create_growth(other, repository))
        growth = growth.with_user(self.consultant)
        with self.assertRaises(ValidationError):
            growth.origin_ref = theirs
        growth.invalidate_recordset()
        with contextlib.suppress(ValidationError):
            growth.origin_ref = "support.upgrade,999999"
            self.env.flush_all()
        growth.invalidate_recordset()
        self.assertFalse(growth.ordered)
        growth.origin_ref = self._create_upgrade(growth)
        self.assertTrue(growth.ordered)

    def test_growth_is_not_explained_by_an_upgrade_of_another_company(self):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 300))
        growth = self._create_growth(self._create_contract(), repository)
        company = self.env["res.company"].create({"name": "Another company"})
        terms = self.terms.copy({"version": "2", "company_id": company.id})
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id, company_id=company.id)
        instance = self._create_instance(contract, series="17.0")
        contract.action_activate()
        theirs = self.env["support.upgrade"].create(
            {
                "contract_id": contract.id,
                "instance_id": instance.id,
                "to_series": "19.0",
            }
        )
        # Unseen, and seen by somebody who works for both.
        for companies in (self.company, self.company | company):
            self.consultant.company_ids = companies
            seeing = growth.with_user(self.consultant).with_context(
                allowed_company_ids=companies.ids
            )
            with self.assertRaises(UserError):
                seeing.origin_ref = f"support.upgrade,{theirs.id}"
            seeing.invalidate_recordset()
