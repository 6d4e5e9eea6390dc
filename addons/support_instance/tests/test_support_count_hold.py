# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Ways to a smaller bill that nobody would have looked at."""

import os

from odoo import Command
from odoo.tests import tagged

from ..cloc.result import Count
from ..count_flags import Flag
from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportCountHold(SupportInstanceCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()

    def _create_counted(self, files, **vals):
        """An instance of these files, counted once."""
        self.repository.commit(files)
        self.instance = self._create_instance(
            self._create_contract(), self.repository, **vals
        )
        return self._count()

    def _count(self, files=None):
        if files:
            self.repository.commit(files)
        self.instance.action_count()
        return self.instance.count_ids.sorted("id")[-1:]

    def _approve(self, count):
        count.with_user(self.approver).action_approve()
        self.assertEqual(count.state, "approved")

    def _assert_approved(self, count, lines):
        self.assertFalse(count.flag_ids.filtered("waits"))
        self.assertEqual((count.state, count.billed_lines), ("approved", lines))

    def _assert_held(self, count, *kinds):
        waiting = count.flag_ids.filtered("waits")
        self.assertEqual(sorted(waiting.mapped("kind")), sorted(kinds))
        self.assertEqual(count.state, "to_review")
        for flag in waiting:
            self.assertTrue(flag.text)
        self.assertFalse(count._get_contradictions())
        return waiting

    # What the instance says of itself
    def _count_with_installed(self, installed):
        told_by = self.instance.all_source_ids - self.instance.source_ids
        git = self.instance.source_ids
        reading = git._get_reader().count()
        told = Count((), reading.ruleset, "", 0, 0, installed=installed, series="19.0")
        return self.instance._record_count([(git, reading), (told_by, told)])

    def _add_teller(self):
        """Whatever can tell what is installed; what it tells is made up here."""
        self.env["support.source"].create(
            {"instance_id": self.instance.id, "kind": "report", "active": False}
        )

    def test_r02_billed_module_that_is_not_installed_any_more_waits(self):
        self._create_counted(module_files("acme_a", 1000) | module_files("acme_b", 50))
        self._add_teller()
        both = {"base": "19.0", "acme_a": "1", "acme_b": "1"}
        count = self._count_with_installed(both)
        self._assert_approved(count, 1050)
        # A small one: no limit of the terms looks at it.
        count = self._count_with_installed({"base": "19.0", "acme_a": "1"})
        flag = self._assert_held(count, "not_installed")
        self.assertEqual((flag.module, flag.lines_before), ("acme_b", 50))
        self.assertEqual(self.instance.last_count_id.billed_lines, 1050)
        self._approve(count)
        self.assertEqual(count.billed_lines, 1000)
        count = self._count_with_installed({"base": "19.0"})
        self._assert_held(count, "not_installed", "drop")

    def test_r02_installed_module_that_no_source_has_waits_once(self):
        self._create_counted(module_files("acme_a", 1000))
        self._add_teller()
        # Odoo's own modules, Enterprise among them, are nobody's to deliver.
        installed = {"base": "19.0", "account_accountant": "19.0", "acme_a": "1"}
        self._assert_approved(self._count_with_installed(installed), 1000)
        # The same code: that it is installed is news enough.
        installed["acme_b"] = "1"
        count = self._count_with_installed(installed)
        flag = self._assert_held(count, "sourceless")
        self.assertEqual(flag.module, "acme_b")
        self.assertIn("no source", flag.text)
        self._approve(count)
        self._assert_approved(self._count_with_installed(installed), 1000)
        # Decided for that module alone.
        installed["acme_c"] = "1"
        count = self._count_with_installed(installed)
        self.assertEqual(self._assert_held(count, "sourceless").module, "acme_c")

    def test_r02_first_count_names_what_no_source_has(self):
        self.repository.commit(module_files("acme_a", 1000))
        self.instance = self._create_instance(self._create_contract(), self.repository)
        self._add_teller()
        count = self._count_with_installed({"acme_a": "1", "acme_b": "1"})
        self._assert_held(count, "sourceless")

    def test_r02_lines_that_the_counter_does_not_know_wait_at_a_first_count(self):
        """12,345 lines, 300 of them joined by carriage returns: 12,046 are counted."""
        page = "".join(f"<p>{n}</p>\n" for n in range(298))
        page = f"<odoo>\n{page}</odoo>\n"
        files = module_files("acme_a", 12045) | {"acme_a/page.xml": page}
        self.assertEqual(self._create_counted(files).billed_lines, 12345)
        files["acme_a/page.xml"] = page.replace("\n", "\r")
        other = self._create_repository()
        other.commit(files)
        self.instance = self._create_instance(self._create_contract(), other)
        count = self._count()
        self.assertEqual(count.billed_lines, 12046)
        flag = self._assert_held(count, "dense")
        self.assertEqual(flag.items, "page.xml\tbreaks\t299")
        self.assertIn("page.xml: about 299 lines", flag.text)
        self._approve(count)
        # Decided as long as it does not grow.
        other.commit(module_files("acme_a", 12046) | {"acme_a/page.xml": page[8:]})
        self._assert_approved(self._count(), 12345)
        other.commit({"acme_a/page.xml": (page + "<p/>\n" * 9).replace("\n", "\r")})
        self._assert_held(self._count(), "dense")

    def test_r02_minified_bundles_and_code_in_tables_wait(self):
        bundle = "".join(f"function f{n}(a){{return a+{n}}};" for n in range(300))
        action = "for record in records:\n    record.action_done()\n" * 60
        table = f'id,name,state,code\na,A,code,"{action}"\nb,B,code,1930\n'
        count = self._create_counted(
            module_files("acme_a", 1000)
            | {"acme_a/static/src/all.js": bundle}
            | {"acme_a/data/ir.actions.server.csv": table}
            | module_files("acme_b", 10)
            | {"acme_b/list.py": "a = 1; b = 2; c = 3\n" * 20}
        )
        self.assertEqual(count.billed_lines, 1000 + 1 + 10 + 20)
        flags = self._assert_held(count, "dense", "dense")
        self.assertEqual(
            {flag.module: flag.items for flag in flags},
            {
                "acme_a": "data/ir.actions.server.csv\ttable\t120\n"
                "static/src/all.js\tlong\t599",
                "acme_b": "list.py\tlong\t40",
            },
        )

    def test_r02_a_little_of_it_is_a_note(self):
        """Fewer lines than the terms have anybody look at."""
        files = module_files("acme_a", 1000) | {"acme_a/a.xml": "<a>\r<b/>\r</a>\r"}
        count = self._create_counted(files)
        self._assert_approved(count, 1001)
        self.assertRecordValues(count.flag_ids, [{"kind": "dense", "level": "note"}])

    def test_r02_module_that_an_amendment_uncovered_is_no_news(self):
        self._create_counted(module_files("acme_a", 1000) | module_files("acme_b", 500))
        self._add_teller()
        installed = {"base": "19.0", "acme_a": "1", "acme_b": "1"}
        self._assert_approved(self._count_with_installed(installed), 1500)
        self.instance.module_ids.filtered(
            lambda module: module.name == "acme_b"
        ).covered = False
        self._assert_approved(self._count_with_installed(installed), 1000)
        # Whether it is installed is all the same from here on.
        del installed["acme_b"]
        self._assert_approved(self._count_with_installed(installed), 1000)

    def test_r02_first_count_of_which_nothing_is_installed_waits(self):
        self.repository.commit(module_files("acme_a", 1000))
        self.instance = self._create_instance(self._create_contract(), self.repository)
        self._add_teller()
        count = self._count_with_installed({"base": "19.0"})
        self._assert_held(count, "not_installed")

    # What a manifest leaves out
    def test_r02_accepted_exclusion_that_grows_waits(self):
        manifest = "'cloc_exclude': ['gen/*.py'], 'demo': ['all.py']"
        count = self._create_counted(
            module_files("acme", 100, manifest)
            | {"acme/gen/a.py": "a = 1\n" * 5, "acme/all.py": "a = 1\n"}
        )
        self._assert_held(count, "cloc_exclude", "demo")
        self._approve(count)
        self._assert_approved(self._count(module_files("acme", 101, manifest)), 101)
        # Not a line that is counted has changed.
        grown = self._count({"acme/gen/a.py": "a = 1\n" * 5000})
        self.assertNotEqual(grown, count)
        self._assert_held(grown, "cloc_exclude")
        self._approve(grown)
        self.assertEqual(self._count(), grown)
        self._assert_held(self._count({"acme/all.py": "a = 1\nb = 2\n"}), "demo")

    def test_left_out_where_it_is_and_moved_are_told_apart(self):
        """The one is left out in place, the other lies among the libraries now."""
        files = {"acme/a.py": "a = 1\n" * 9, "acme/static/src/b.js": "b = 2;\n" * 9}
        self._create_counted(module_files("acme", 1000) | files)
        count = self._count(
            module_files("acme", 1000, "'cloc_exclude': ['a.py', 'static/src/b.js']")
            | {"acme/static/lib/b.js": "b = 2;\n" * 9}
        )
        self._assert_held(count, "cloc_exclude", "moved")
        moved = count.flag_ids.filtered(lambda flag: flag.kind == "moved")
        self.assertEqual(moved.items, "static/src/b.js\tacme/static/lib/b.js")

    def test_demo_data_that_were_counted_are_told(self):
        """No other flag says where they went."""
        xml = "<odoo>\n" + "<record />\n" * 9 + "</odoo>\n"
        self._create_counted(module_files("acme", 1000) | {"acme/data/a.xml": xml})
        count = self._count(module_files("acme", 1000, "'demo': ['data/a.xml']"))
        self._assert_held(count, "moved")

    def test_accepted_exclusion_of_an_earlier_version_stays_accepted(self):
        """Counts before this version named files without their content."""
        manifest = "'cloc_exclude': ['gen/*.py']"
        count = self._create_counted(
            module_files("acme", 100, manifest) | {"acme/gen/a.py": "a = 1\n"}
        )
        count.flag_ids.items = "pattern: gen/*.py\ngen/a.py"
        count._seal()
        self._approve(count)
        self._assert_approved(self._count(module_files("acme", 101, manifest)), 101)
        self._assert_held(self._count({"acme/gen/a.py": "a = 2\n"}), "cloc_exclude")

    def test_an_add_on_has_its_own_reason_to_hold(self):
        usual = self.registry["support.count"]._find_flags

        def find_flags(count, readings):
            found = usual(count, readings)
            lines = sum(reading.code for _source, reading in readings)
            return [*found, Flag("core", "acme", items=(f"more than {lines // 100}",))]

        self.patch(self.registry["support.count"], "_find_flags", find_flags)
        count = self._create_counted(module_files("acme", 100))
        self._assert_held(count, "core")
        self._approve(count)
        self._assert_approved(self._count(module_files("acme", 110)), 110)
        self._assert_held(self._count(module_files("acme", 200)), "core")

    def test_r02_submodule_of_another_commit_waits(self):
        first = self._create_counted(module_files("acme", 100)).revision
        self.repository.commit(module_files("acme", 101))

        def link(commit):
            self.repository._git(
                *("-C", str(self.repository.work), "update-index", "--add"),
                *("--cacheinfo", f"160000,{commit},vendor"),
            )
            return self._count({"acme/README.md": commit})

        (self.repository.work / "vendor").mkdir()
        count = link(first)
        flag = self._assert_held(count, "submodule")
        self.assertEqual(flag.items, f"vendor\t{first}")
        self._approve(count)
        self._assert_approved(self._count(module_files("acme", 102)), 102)
        self._assert_held(link(count.revision), "submodule")

    def test_r02_loaded_xml_that_is_listed_as_demo_data_waits(self):
        view = "<odoo>\n" + "<a/>\n" * 500 + "</odoo>\n"
        count = self._create_counted(
            module_files("acme", 1, "'data': ['views/v.xml'], 'demo': ['views/*.xml']")
            | {"acme/views/v.xml": view, "acme/views/demo.xml": view}
        )
        flag = self._assert_held(count, "demo")
        self.assertEqual(flag._get_items()[0][0], "views/v.xml")
        self.assertEqual(len(flag._get_items()), 1)

    # Nothing at all
    def test_r02_count_without_a_module_waits(self):
        count = self._create_counted({"README.md": "Nothing here\n"})
        self._assert_held(count, "empty")
        self._approve(count)
        self._assert_approved(self._count({"README.md": "Still nothing\n"}), 0)

    def test_r02_folder_inside_a_module_waits(self):
        count = self._create_counted(
            module_files("outer", 20) | {"outer/models/a.py": "a = 1\n"},
            source_ids=[
                Command.create(
                    {
                        "url": self.repository.url,
                        "branch": "main",
                        "subdirectory": "outer/models",
                    }
                )
            ],
        )
        flag = self._assert_held(count, "empty")
        self.assertIn(self.repository.url, flag.items)

    # The same code twice
    def _create_sources(self, *folders):
        return [
            Command.create(
                {"url": self.repository.url, "branch": "main", "subdirectory": folder}
            )
            for folder in folders
        ]

    def test_r02_overlapping_folders_are_counted_once(self):
        files = module_files("outer", 100) | module_files("outer/inner", 40)
        for folders in (("", "outer/inner"), ("outer/inner", ""), ("", "outer")):
            with self.subTest(folders=folders):
                count = self._create_counted(
                    files | {"README.md": repr(folders)},
                    source_ids=self._create_sources(*folders),
                )
                # The inner manifest is a file of the outer module.
                self._assert_approved(count, 141)
                self.assertEqual(count.code_lines, 141)
                self.assertEqual(count.module_ids.mapped("name"), ["outer"])
                self.assertRecordValues(
                    count.flag_ids, [{"kind": "repeated", "level": "note"}]
                )
                self.assertEqual(self._count(), count)

    def test_r02_same_name_with_different_code_waits(self):
        count = self._create_counted(
            module_files("a/acme", 100) | module_files("b/acme", 150)
        )
        flag = self._assert_held(count, "twice")
        self.assertIn("a/acme", flag.text)
        self._approve(count)
        # Both grow: who accepted that both are billed need not look again.
        self._assert_approved(self._count(module_files("b/acme", 160)), 260)
        self._assert_held(self._count(module_files("c/acme", 10)), "twice")

    def test_same_code_in_two_places_is_noted(self):
        count = self._create_counted(
            module_files("a/acme", 100) | module_files("b/acme", 100)
        )
        self._assert_approved(count, 100)
        self.assertRecordValues(count.flag_ids, [{"kind": "twice", "level": "note"}])

    # Little by little
    def test_r02_slow_drip_waits(self):
        self._create_counted(module_files("acme", 2000))
        for lines in (1900, 1800, 1700, 1600):
            self._assert_approved(self._count(module_files("acme", lines)), lines)
        count = self._count(module_files("acme", 1500))
        flag = self._assert_held(count, "drop")
        self.assertEqual((flag.lines_before, flag.lines_after), (2000, 1500))
        self._approve(count)
        # What a person approved is what the next ones are compared with.
        for lines in (1400, 1300, 1200):
            self._assert_approved(self._count(module_files("acme", lines)), lines)
        self._assert_held(self._count(module_files("acme", 1100)), "drop")

    def test_r02_slow_rise_waits(self):
        self._create_counted(module_files("acme", 500))
        self._assert_approved(self._count(module_files("acme", 900)), 900)
        flag = self._assert_held(self._count(module_files("acme", 1001)), "jump")
        self.assertEqual((flag.lines_before, flag.lines_after), (500, 1001))

    def test_r02_moved_among_the_libraries_under_another_name_waits(self):
        code = "let a = 1;\n" * 100
        self._create_counted(
            module_files("acme", 1000) | {"acme/static/src/form.js": code}
        )
        count = self._count(
            {
                "acme/static/src/form.js": None,
                "acme/static/lib/vendor.js": code.replace("1", "2", 1),
            }
        )
        self._assert_held(count, "moved")

    def test_new_library_is_no_news(self):
        self._create_counted(module_files("acme", 1000))
        count = self._count({"acme/static/lib/vendor.js": "let a;\n"})
        self._assert_approved(count, 1000)

    # Names
    def test_r02_names_of_enterprise_and_themes_wait(self):
        names = [
            "web_enterprise",
            "account_accountant",
            "sale_subscription",
            "theme_common",
            "theme_treehouse",
        ]
        files = {}
        for name in names:
            files |= module_files(name, 10)
        count = self._create_counted(files)
        flags = self._assert_held(count, *["core"] * 5)
        self.assertEqual(sorted(flags.mapped("module")), sorted(names))

    # Links
    def _link(self, path, target):
        link = self.repository.work / path
        link.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, link)

    def test_r02_folder_of_linked_modules_is_counted(self):
        self._link("custom/acme_base", "../acme_base")
        count = self._create_counted(
            module_files("acme_base", 600) | module_files("acme_more", 30),
            source_ids=self._create_sources("custom"),
        )
        self._assert_approved(count, 600)
        self.assertRecordValues(
            count.module_ids, [{"name": "acme_base", "path": "custom/acme_base"}]
        )

    def test_r02_module_that_is_linked_and_there_is_counted_once(self):
        self._link("custom/acme_base", "../acme_base")
        count = self._create_counted(
            module_files("acme_base", 600),
            source_ids=self._create_sources("", "custom"),
        )
        self._assert_approved(count, 600)
        self.assertEqual(count.flag_ids.kind, "repeated")
        self.assertEqual(count.code_lines, 600)

    def test_r02_link_that_is_not_followed_waits(self):
        self._link("custom/acme_base", "../../elsewhere/acme_base")
        count = self._create_counted(module_files("acme_more", 30))
        flag = self._assert_held(count, "link")
        self.assertIn("elsewhere", flag.text)
        self._approve(count)
        self._assert_approved(self._count(module_files("acme_more", 31)), 31)

    def test_r02_other_encoding_in_a_checkout_waits(self):
        attributes = "*.wide working-tree-encoding=UTF-16\n"
        count = self._create_counted(
            module_files("acme", 30) | {"acme/.gitattributes": attributes}
        )
        flag = self._assert_held(count, "encoding")
        self.assertIn("acme/.gitattributes", flag.text)
        self._approve(count)
        self._assert_approved(self._count(module_files("acme", 31)), 31)
