# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..comparison import Comparison
from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportCountGrowth(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(
            {
                **module_files("acme_base", 300),
                **module_files("acme_sale", 100),
                "acme_sale/tests/test_a.py": "a = 1\n",
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.first = self._count()

    def _count(self, files=None):
        if files:
            self.repository.commit(files)
        self.instance.action_count()
        return self.instance.count_ids.sorted("id")[-1:]

    def test_changes_by_module_and_file(self):
        count = self._count(
            {
                **module_files("acme_base", 310),
                **module_files("acme_new", 5),
                "acme_base/more.py": "b = 1\n",
                "acme_sale/tests/test_a.py": "a = 2\n",
            }
        )
        self.assertEqual(count.previous_id, self.first)
        self.assertEqual(count.difference, 16)
        changes = {
            change.name: change
            for change in Comparison(self.first, count).get_changes()
        }
        base = changes["acme_base"]
        self.assertEqual(
            (base.status, base.before, base.after, base.difference),
            ("changed", 300, 311, 11),
        )
        self.assertEqual(
            [(file.name, file.status, file.before, file.after) for file in base.files],
            [("models.py", "changed", 300, 310), ("more.py", "added", None, 1)],
        )
        self.assertEqual(changes["acme_new"].status, "added")
        self.assertEqual(changes["acme_sale"].status, "same")
        self.assertIn("more.py", count.changes)
        self.assertNotIn("acme_sale", count.changes)
        # The other way round, what was added is gone.
        back = {
            change.name: change
            for change in Comparison(count, self.first).get_changes()
        }
        self.assertEqual(back["acme_new"].status, "removed")

    def test_what_was_left_out_says_so(self):
        files = {"acme_sale/models.py": None}
        files["acme_sale/tests/models.py"] = "x0 = 0\n"
        count = self._count(files)
        change = next(c for c in Comparison(self.first, count).get_changes() if c.files)
        self.assertEqual(
            {(file.name, file.status, file.remark) for file in change.files},
            {("models.py", "removed", "")},
        )
        self.assertEqual(count.state, "to_review")
        self.assertIn("moved", count.flag_ids.mapped("kind"))

    def test_names_of_a_hostile_repository_are_text(self):
        count = self._count({"acme_sale/<img src=x onerror=alert(1)>.py": "a = 1\n"})
        self.assertNotIn("<img", count.changes)
        self.assertIn("&lt;img", count.changes)

    def test_changes_are_written_as_the_reader_writes_numbers(self):
        count = self._count(module_files("acme_base", 12345))
        self.assertIn("12,345", count.changes)
        self.assertIn("+12,045", count.changes)
        self.env["res.lang"]._activate_lang("sv_SE")
        swedish = count.with_context(lang="sv_SE").changes
        self.assertIn("12\N{NO-BREAK SPACE}345", swedish)
        self.assertIn("+12\N{NO-BREAK SPACE}045", swedish)
        self.assertNotIn("12,345", swedish)

    def test_any_two_counts_are_compared(self):
        second = self._count(module_files("acme_base", 310))
        third = self._count(module_files("acme_base", 320))
        action = (third | self.first).with_user(self.consultant).action_compare()
        wizard = self.env["support.count.compare"].browse(action["res_id"])
        self.assertEqual((wizard.before_id, wizard.after_id), (self.first, third))
        self.assertIn("+20", wizard.table)
        with Form(wizard.with_user(self.consultant)) as form:
            form.before_id = second
        self.assertIn("+10", wizard.table)
        self.assertNotIn("acme_sale", wizard.table)
        wizard.show_same = True
        self.assertIn("acme_sale", wizard.table)
        with self.assertRaises(UserError):
            (self.first | second | third).action_compare()

    def test_growth_is_noted_with_each_approved_count(self):
        gone = dict.fromkeys(module_files("acme_sale", 0))
        gone["acme_sale/tests/test_a.py"] = None
        second = self._count(module_files("acme_base", 350))
        third = self._count({**module_files("acme_new", 30), **gone})
        self.assertEqual(third.state, "to_review")
        Growth = self.env["support.count.growth"]
        self.assertFalse(third.growth_ids)
        third.with_user(self.approver).action_approve()
        rows = Growth.search([("instance_id", "=", self.instance.id)])
        self.assertEqual(
            {(row.count_id, row.module, row.kind, row.change) for row in rows},
            {
                (self.first, "acme_base", "first", 300),
                (self.first, "acme_sale", "first", 100),
                (second, "acme_base", "grown", 50),
                (third, "acme_new", "new", 30),
                (third, "acme_sale", "gone", -100),
            },
        )
        # Added up, they are the lines of the latest count: what the graph shows.
        self.assertEqual(sum(rows.mapped("change")), third.code_lines)

    def test_growth_nobody_ordered_is_listed_apart(self):
        self._count({**module_files("acme_base", 350), **module_files("acme_new", 30)})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_instance.support_count_growth_unordered_action"
        )
        self.assertIn("search_default_not_ordered", action["context"])
        domain = [("change", ">", 0), ("ordered", "=", False), ("kind", "!=", "first")]
        Growth = self.env["support.count.growth"].with_user(self.consultant)
        found = Growth.search([*domain, ("instance_id", "=", self.instance.id)])
        self.assertEqual(set(found.mapped("module")), {"acme_base", "acme_new"})
        found.filtered(lambda row: row.module == "acme_new").origin_note = "Order 7"
        found = Growth.search([*domain, ("instance_id", "=", self.instance.id)])
        self.assertEqual(found.module, "acme_base")
        found.origin_ref = self._create_amendment(self.contract)
        self.assertTrue(found.ordered)
        with self.assertRaises(UserError):
            found.change = 1
        with self.assertRaises(AccessError):
            found.unlink()

    def _create_amendment(self, contract):
        contract._set_state("active")
        return contract._amend(
            self.company._support_today(),
            "Another module was ordered",
            [(contract.service_ids, {"price_unit": 170.0})],
        )

    def test_growth_is_explained_by_the_customers_own_records_only(self):
        growth = self.first.growth_ids[:1].with_user(self.consultant)
        stranger = self.env["res.partner"].create({"name": "Somebody else"})
        other = self._create_contract(partner_id=stranger.id)
        theirs = self._create_amendment(other)
        with self.assertRaises(ValidationError):
            growth.origin_ref = theirs
        growth.invalidate_recordset()
        with contextlib.suppress(ValidationError):
            growth.origin_ref = "support.contract.amendment,999999"
            self.env.flush_all()
        growth.invalidate_recordset()
        self.assertFalse(growth.ordered)
        self.env.cr.execute(
            "SELECT origin_ref, ordered FROM support_count_growth WHERE id = %s",
            [growth.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (None, False))
        with self.assertRaises(ValueError):
            growth.origin_ref = f"res.partner,{self.customer.id}"
        growth.origin_ref = self._create_amendment(self.contract)
        self.assertTrue(growth.ordered)

    def test_growth_is_not_explained_by_another_company(self):
        growth = self.first.growth_ids[:1].with_user(self.consultant)
        company = self.env["res.company"].create({"name": "Another company"})
        terms = self.terms.copy({"version": "2", "company_id": company.id})
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id, company_id=company.id)
        theirs = self._create_amendment(contract)
        # Unseen, and seen by somebody who works for both.
        for companies in (self.company, self.company | company):
            self.consultant.company_ids = companies
            seeing = growth.with_context(allowed_company_ids=companies.ids)
            # What may not be read is refused already for that.
            with self.assertRaises(UserError):
                seeing.origin_ref = f"{theirs._name},{theirs.id}"
            seeing.invalidate_recordset()

    def test_a_blank_note_explains_nothing(self):
        growth = self.first.growth_ids[:1].with_user(self.consultant)
        for note in ("   ", "\u00a0\u200b", "…", "-", False):
            growth.origin_note = note
            self.assertFalse(growth.ordered, note)
        growth.origin_note = "Mail of 12 March"
        self.assertTrue(growth.ordered)

    def test_growth_is_explained_by_the_apps_that_are_there(self):
        Growth = self.env["support.count.growth"]
        own = {"support.contract.amendment"}
        there = {model for model in Growth._get_origin_models() if model in self.env}
        models = {model for model, __ in Growth._selection_origin_ref()}
        self.assertEqual(models, own | there)

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Another company"})
        self.consultant.write({"company_ids": [(4, other.id)], "company_id": other.id})
        for model in ("support.count.growth", "support.count.flag"):
            Model = self.env[model].with_user(self.consultant)
            Model = Model.with_context(allowed_company_ids=other.ids)
            self.assertFalse(Model.search([]))


@tagged("post_install", "-at_install")
class TestSupportCountFee(SupportInstanceCommon):
    def test_r02_one_module_in_two_sources_counts_once(self):
        shared = module_files("acme_base", 120)
        first, second = self._create_repository(), self._create_repository()
        first.commit(shared)
        second.commit({**shared, **module_files("acme_sale", 30)})
        contract = self._create_contract()
        instance = self._create_instance(contract, first)
        instance.source_ids = [(0, 0, {"url": second.url, "branch": "main"})]
        instance.action_count()
        count = instance.count_ids
        self.assertEqual((count.code_lines, count.billed_lines), (270, 150))
        self.assertEqual(contract.billed_lines, 150)
        self.assertFalse(count._get_contradictions())
