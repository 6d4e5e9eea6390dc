# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import sys

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import SupportInstanceCommon
from .repository import module_files

# What the running Python cannot read yet, and a newer one can.
NEWER_PYTHON = {
    (3, 10): "try:\n    pass\nexcept* OSError:\n    pass\n",
    (3, 11): "def first[T](values: list[T]) -> T:\n    return values[0]\n",
    (3, 12): "try:\n    pass\nexcept OSError, ValueError:\n    pass\n",
    (3, 13): "try:\n    pass\nexcept OSError, ValueError:\n    pass\n",
}


@tagged("post_install", "-at_install")
class TestSupportCountFlag(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(
            {
                **module_files("acme_base", 600),
                **module_files("acme_sale", 300),
                "acme_sale/report.py": "y = 1\n" * 50,
                "acme_sale/wizard.py": "z = 2\n" * 40,
            }
        )
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.first = self._count()
        self.assertEqual(self.first.state, "approved")

    def _count(self, files=None):
        """Commit and count; returns the latest count."""
        if files:
            self.repository.commit(files)
        self.instance.action_count()
        return self.instance.count_ids.sorted("id")[-1:]

    def _assert_held(self, count, kind, module):
        """Exactly one new hold."""
        self.assertEqual(count.state, "to_review")
        waiting = count.flag_ids.filtered("waits")
        self.assertRecordValues(waiting, [{"kind": kind, "module": module}])
        self.assertNotEqual(self.instance.last_count_id, count)
        return waiting

    def _approve(self, count):
        count.with_user(self.approver).action_approve()
        self.assertEqual(count.state, "approved")

    def test_r02_cloc_exclude_waits_until_accepted_and_again_when_it_grows(self):
        patterns = "'cloc_exclude': ['report.py']"
        count = self._count(module_files("acme_sale", 300, patterns))
        # It is where it was: not moved as well.
        flag = self._assert_held(count, "cloc_exclude", "acme_sale")
        self.assertIn("report.py", flag.text)
        self._approve(count)
        self.assertTrue(all(count.flag_ids.mapped("accepted")))
        # The same exclusion, other code: nobody is needed.
        count = self._count(module_files("acme_base", 610))
        self.assertEqual(count.state, "approved")
        flag = count.flag_ids
        self.assertRecordValues(flag, [{"kind": "cloc_exclude", "accepted": True}])
        # One pattern more: somebody is.
        patterns = "'cloc_exclude': ['report.py', 'no*.py']"
        count = self._count(module_files("acme_sale", 300, patterns))
        flag = self._assert_held(count, "cloc_exclude", "acme_sale")
        self.assertIn("no*.py", flag.text)
        self._approve(count)
        # The same patterns, another file that they match: it has grown.
        count = self._count({"acme_sale/november.py": "x = 1\n" * 10})
        self._assert_held(count, "cloc_exclude", "acme_sale")
        self._approve(count)
        # Fewer is no news.
        count = self._count({"acme_sale/november.py": None})
        self.assertEqual(count.state, "approved")

    def test_r02_new_syntax_error_waits(self):
        count = self._count({"acme_sale/broken.py": "def :\n"})
        flag = self._assert_held(count, "error", "acme_sale")
        self.assertIn("broken.py: Syntax Error", flag.text)
        self._approve(count)
        # It is not there anew in the next count.
        count = self._count(module_files("acme_base", 601))
        self.assertEqual(count.state, "approved")
        # Nobody may grow it in its shadow.
        count = self._count({"acme_sale/broken.py": "def :\n" * 100})
        self._assert_held(count, "error", "acme_sale")

    def test_r02_code_for_a_newer_python_is_no_silent_zero(self):
        text = NEWER_PYTHON.get(sys.version_info[:2])
        self.assertTrue(text, "Add an example for this version of Python.")
        count = self._count({"acme_sale/newer.py": text})
        self.assertEqual(count.error_count, 1)
        flag = self._assert_held(count, "error", "acme_sale")
        python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
        self.assertIn(python, flag.text)
        self.assertIn(f"python={python.split()[1]}", count.ruleset)
        self.assertIn(f"odoo={self._get_series()}", count.ruleset)
        self.assertIn("counter=", count.ruleset)

    def _get_series(self):
        from odoo import release

        return release.series

    def test_r02_vanished_module_waits(self):
        gone = dict.fromkeys(module_files("acme_sale", 0))
        gone |= dict.fromkeys(("acme_sale/report.py", "acme_sale/wizard.py"))
        count = self._count(gone)
        flags = count.flag_ids.filtered("waits")
        self.assertEqual(
            {(flag.kind, flag.module, flag.lines_before) for flag in flags},
            {("vanished", "acme_sale", 390), ("drop", "", 990)},
        )
        # An upgrade of what is not covered is no loss of covered lines.
        self._approve(count)
        self.assertEqual(self._count().state, "approved")

    def test_r02_uncovered_module_that_vanishes_is_a_note(self):
        self.instance.module_ids.filtered(
            lambda module: module.name == "acme_sale"
        ).covered = False
        count = self._count()
        self.assertEqual((count.state, count.billed_lines), ("approved", 600))
        gone = dict.fromkeys(module_files("acme_sale", 0))
        gone |= dict.fromkeys(("acme_sale/report.py", "acme_sale/wizard.py"))
        count = self._count(gone)
        self.assertEqual(count.state, "approved")
        self.assertRecordValues(count.flag_ids, [{"level": "note"}])

    def test_r02_drop_beyond_the_limit_of_the_terms_waits(self):
        # 990 lines; 20 % are 198.
        self.assertEqual(self._count(module_files("acme_base", 402)).state, "approved")
        count = self._count(module_files("acme_base", 200))
        flag = self._assert_held(count, "drop", "")
        self.assertEqual((flag.lines_before, flag.lines_after), (792, 590))
        self.assertIn("-26%", flag.text)

    def test_r02_jump_beyond_the_limit_waits(self):
        # 990 lines: twice as many pass, one more does not.
        count = self._count(module_files("acme_more", 990))
        self.assertEqual(count.state, "approved")
        count = self._count(module_files("acme_much", 1981))
        flag = self._assert_held(count, "jump", "")
        self.assertEqual((flag.lines_before, flag.lines_after), (1980, 3961))

    def test_limits_are_those_of_the_terms(self):
        terms = self.terms.copy({"version": "strict", "count_drop_percent": 0})
        terms.count_change_lines = 10
        terms.count_jump_percent = 1.5
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id)
        instance = self._create_instance(contract, self.repository)
        instance.action_count()
        self.repository.commit(module_files("acme_base", 9))
        instance.action_count()
        self.assertEqual(instance.count_ids.mapped("state"), ["approved"] * 2)
        self.repository.commit(module_files("acme_base", 20))
        instance.action_count()
        latest = instance.count_ids.sorted("id")[-1]
        self.assertRecordValues(latest.flag_ids, [{"kind": "jump", "level": "hold"}])

    def test_r02_code_moved_to_where_nothing_counts_waits(self):
        text = "y = 1\n" * 50
        for folder in ("acme_sale/tests", "acme_sale/static/lib", "docs"):
            with self.subTest(folder=folder):
                count = self._count(
                    {"acme_sale/report.py": None, f"{folder}/report.py": text}
                )
                flag = self._assert_held(count, "moved", "acme_sale")
                self.assertEqual(flag.lines_before, 50)
                self.assertIn("report.py", flag.text)
                count.unlink()
                self._count({"acme_sale/report.py": text, f"{folder}/report.py": None})

    def test_r02_changed_on_the_way_it_is_still_found(self):
        count = self._count(
            {
                "acme_sale/report.py": None,
                "acme_sale/migrations/19.0.1/report.py": "y = 1\n" * 51,
            }
        )
        self._assert_held(count, "moved", "acme_sale")

    def test_moving_within_what_counts_is_no_news(self):
        count = self._count(
            {
                "acme_sale/report.py": None,
                "acme_base/report.py": "y = 1\n" * 50,
                "acme_sale/tests/test_sale.py": "import odoo\n",
            }
        )
        self.assertEqual(count.state, "approved")
        self.assertFalse(count.flag_ids)

    def test_r02_code_among_the_demo_data_waits(self):
        count = self._count(
            module_files("acme_new", 5, "'demo': ['demo.xml', 'all.py']")
            | {"acme_new/all.py": "a = 1\n", "acme_new/demo.xml": "<odoo/>\n"}
        )
        flag = self._assert_held(count, "demo", "acme_new")
        self.assertEqual(flag._get_items()[0][0], "all.py")

    def test_r02_name_of_a_module_of_odoo_waits(self):
        count = self._count(module_files("sale", 20))
        self._assert_held(count, "core", "sale")
        self._approve(count)
        self.assertEqual(self._count(module_files("sale", 21)).state, "approved")

    def test_r02_submodule_waits_until_accepted_and_again_when_another_comes(self):
        def link(path):
            commit = self.first.revision
            (self.repository.work / path).mkdir()
            self.repository._git(
                *("-C", str(self.repository.work), "update-index", "--add"),
                *("--cacheinfo", f"160000,{commit},{path}"),
            )
            return self._count({"acme_base/README.md": path})

        count = link("vendor")
        flag = self._assert_held(count, "submodule", "")
        self.assertEqual([item[0] for item in flag._get_items()], ["vendor"])
        self.assertEqual(count.billed_lines, self.first.billed_lines)
        self._approve(count)
        self.assertEqual(self._count(module_files("acme_base", 601)).state, "approved")
        flag = self._assert_held(link("theirs"), "submodule", "")
        self.assertEqual([x[0] for x in flag._get_items()], ["theirs", "vendor"])

    def test_r02_module_that_is_there_twice_waits(self):
        count = self._count(module_files("other/acme_sale", 10))
        flag = self._assert_held(count, "twice", "acme_sale")
        self.assertIn("other/acme_sale", flag.text)
        self.assertFalse(count._get_contradictions())

    def test_r02_renamed_module_waits(self):
        """What was billed under one name is now there under another."""
        gone = {
            str(path.relative_to(self.repository.work)): None
            for path in (self.repository.work / "acme_sale").rglob("*")
            if path.is_file()
        }
        moved = {
            path.replace("acme_sale", "acme_trade", 1): (
                self.repository.work / path
            ).read_text()
            for path in gone
        }
        count = self._count(gone | moved)
        self._assert_held(count, "vanished", "acme_sale")
        self.assertEqual(count.billed_lines, self.first.billed_lines)

    def test_r02_approver_who_lost_the_right_decides_no_more(self):
        count = self._count({"acme_sale/broken.py": "def :\n"})
        wizard = (
            self.env["support.count.reject"]
            .with_user(self.approver)
            .create({"count_ids": count.ids, "reason": "No"})
        )
        group = self.env.ref("support_contract.group_support_approver")
        self.approver.group_ids -= group
        self.assertFalse(
            self.approver.has_group("support_contract.group_support_approver")
        )
        with self.assertRaises(AccessError):
            count.with_user(self.approver).action_approve()
        with self.assertRaises(AccessError):
            wizard.action_reject()
        self.assertEqual(count.state, "to_review")

    def test_other_types_are_noted_with_pygounts_opinion(self):
        page = "<html>\n<body>\n<p>Hello</p>\n</body>\n</html>\n"
        count = self._count(
            {
                "acme_sale/static/src/a.ts": "const a: number = 1;\n// no\n",
                "acme_sale/init.sql": "SELECT 1;\n",
                "acme_sale/page.html": page,
                "acme_sale/static/description/index.html": page * 10,
            }
        )
        self.assertEqual(count.state, "approved")
        self.assertEqual(count.billed_lines, 990)
        self.assertRecordValues(
            count.flag_ids,
            [{"kind": "unseen", "level": "note", "module": "acme_sale"}],
        )
        self.assertEqual(count.flag_ids.items, ".html\t1\t5\n.sql\t1\t1\n.ts\t1\t1")
        self.assertFalse(count._get_contradictions())

    def test_r02_first_count_with_a_hold_waits(self):
        other = self._create_repository()
        other.commit(module_files("acme_x", 10, "'cloc_exclude': ['**/*']"))
        instance = self._create_instance(self._create_contract(), other)
        instance.action_count()
        self.assertEqual(instance.count_ids.state, "to_review")
        self.assertFalse(instance.last_count_id)

    def test_rejected_keeps_the_reason_and_the_old_one_is_billed(self):
        count = self._count({"acme_sale/broken.py": "def :\n"})
        with self.assertRaises(AccessError):
            count.with_user(self.consultant).action_reject()
        action = count.with_user(self.approver).action_reject()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.approver)
            .with_context(**action["context"])
            .create({"reason": "The customer mends it."})
        )
        wizard.action_reject()
        self.assertRecordValues(
            count,
            [
                {
                    "state": "rejected",
                    "decision_reason": "The customer mends it.",
                    "decided_by_id": self.approver.id,
                }
            ],
        )
        self.assertEqual(self.instance.last_count_id, self.first)
        event = self.env["support.event"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "count")]
        )
        self.assertRecordValues(
            event, [{"note": "The customer mends it.", "after": "Rejected"}]
        )
        self.assertFalse(count._get_contradictions())
        # Nobody is asked about the same code every night, only on purpose.
        readings = self.instance._read_sources()
        self.assertEqual(self.instance._record_count(readings), count)
        again = self._count()
        self.assertNotEqual(again, count)
        self.assertEqual(again.state, "to_review")

    @users("support_user")
    def test_consultant_cannot_decide_by_the_wizard(self):
        self.repository.commit({"acme_sale/broken.py": "def :\n"})
        self.instance.with_env(self.env).action_count()
        count = self.instance.count_ids.sorted("id")[-1].with_env(self.env)
        with self.assertRaises(AccessError):
            self.env["support.count.reject"].create(
                {"count_ids": count.ids, "reason": "x"}
            )
        with self.assertRaises(AccessError):
            count.flag_ids.accepted = True
        with self.assertRaises(AccessError):
            count.state = "approved"

    def test_approver_has_one_todo_for_each_instance(self):
        self.contract.user_id = self.approver
        first = self._count({"acme_sale/broken.py": "def :\n"})
        second = self._count({"acme_sale/broken.py": "def ::\n"})
        self.assertFalse(first.activity_ids)
        activity = second.activity_ids
        self.assertRecordValues(activity, [{"user_id": self.approver.id}])
        self._approve(second)
        self.assertFalse(second.activity_ids)
        # What it replaced needs nobody any more.
        self.assertEqual(first.state, "rejected")
        self.assertIn("newer", first.decision_reason)

    def test_decision_is_made_once(self):
        count = self._count({"acme_sale/broken.py": "def :\n"})
        self._approve(count)
        with self.assertRaisesRegex(UserError, "undecided"):
            count.with_user(self.approver).action_approve()
        with self.assertRaisesRegex(UserError, "undecided"):
            count.with_user(self.approver)._decide("rejected", "Too late")
