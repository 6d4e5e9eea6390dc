# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.tools import formatLang

# Of a long list, people see this many; all of it is kept.
SHOWN = 10


class SupportCountFlag(models.Model):
    """Something to see about a count before a fee is computed from it."""

    _name = "support.count.flag"
    _description = "Line Count Flag"
    _inherit = ["support.evidence.mixin"]
    _order = "count_id, level, accepted, kind, module, id"
    _rec_name = "text"

    _written_once = True

    count_id = fields.Many2one(
        "support.count", required=True, ondelete="cascade", index=True
    )
    module = fields.Char(help="Empty: the count as a whole.")
    kind = fields.Selection(
        [
            ("cloc_exclude", "Left out by the manifest"),
            ("demo", "Code listed as demo data"),
            ("database", "Left out in the database"),
            ("error", "Could not be counted"),
            ("error_gone", "Error gone with its file"),
            ("core", "Named like a module of Odoo"),
            ("submodule", "Git submodule"),
            ("link", "Link that is not followed"),
            ("encoding", "Other encoding in a checkout"),
            ("dense", "More code than lines"),
            ("empty", "No module found"),
            ("vanished", "Module vanished"),
            ("not_installed", "Not installed any more"),
            ("sourceless", "Installed, in no source"),
            ("moved", "Moved to where nothing counts"),
            ("drop", "Fewer lines"),
            ("jump", "More lines"),
            ("twice", "Module found twice"),
            ("repeated", "Counted once"),
            ("unseen", "Other types of files"),
        ],
        required=True,
    )
    level = fields.Selection(
        [("hold", "Hold"), ("note", "Note")],
        required=True,
        help="A hold waits for an approver, a note is for information only.",
    )
    items = fields.Text(string="Subject", help="What it is about, one thing a line.")
    lines_before = fields.Integer()
    lines_after = fields.Integer()
    digest = fields.Char(help="Fingerprint of what it is about; changes with it.")
    accepted = fields.Boolean(
        help="An approver has seen it, in this count or in an earlier one."
    )
    waits = fields.Boolean(string="New", compute="_compute_waits")
    text = fields.Text(string="Finding", compute="_compute_text")

    @api.depends("level", "accepted")
    def _compute_waits(self):
        for flag in self:
            flag.waits = flag.level == "hold" and not flag.accepted

    @api.depends(
        *("kind", "module", "items", "lines_before", "lines_after"),
        "count_id.ruleset",
    )
    @api.depends_context("lang")
    def _compute_text(self):
        for flag in self:
            describe = getattr(flag, f"_describe_{flag.kind}", None)
            flag.text = describe() if describe else flag.items

    @api.model
    def _get_decision_fields(self):
        return super()._get_decision_fields() | {"accepted"}

    def _get_items(self):
        """Each thing that the flag is about, as a tuple of its parts."""
        self.ensure_one()
        return [tuple(line.split("\t")) for line in (self.items or "").split("\n")]

    def _list(self, texts):
        """Some of the texts, one a line, and how many more there are."""
        texts = list(texts)
        shown = texts[:SHOWN]
        if len(texts) > SHOWN:
            shown.append(self.env._("… and %s more", len(texts) - SHOWN))
        return "\n".join(shown)

    def _number(self, value):
        return formatLang(self.env, value, digits=0)

    def _describe_cloc_exclude(self):
        items = [item[0] for item in self._get_items()]
        prefix = "pattern: "
        patterns = [x.removeprefix(prefix) for x in items if x.startswith(prefix)]
        files = [item for item in items if not item.startswith(prefix)]
        said = self.env._(
            "The manifest asks not to count: %s", ", ".join(patterns[:SHOWN])
        )
        if not files:
            return said
        # Not inside the f-string: exports of terms do not look there.
        left_out = self.env._("Files left out by it:")
        return f"{said}\n{left_out}\n{self._list(files)}"

    def _describe_demo(self):
        files = self._list(item[0] for item in self._get_items())
        said = self.env._(
            "The manifest lists as demo data what is code, or is loaded all the same. "
            "It is left out:"
        )
        return f"{said}\n{files}"

    def _describe_database(self):
        said = self.env._(
            "The instance's database asks not to count these, by an external id of the "
            "module “__cloc_exclude__”:"
        )
        lines = [
            self.env._(
                "%(name)s: %(lines)s lines", name=name, lines=self._number(int(n))
            )
            for name, n in self._get_items()
        ]
        return f"{said}\n{self._list(lines)}"

    def _describe_error(self):
        said = self.env._("In the total with no line.")
        # A report of the instance's own counter does not tell.
        if python := re.search(r"\bpython=(\S+)", self.count_id.ruleset or ""):
            said += " " + self.env._(
                "Python files are read as Python %s reads them: code for a newer one "
                "is an error here.",
                python[1],
            )
        whole = self.env._("The whole module")
        lines = [f"{path or whole}: {why}" for path, why, *__ in self._get_items()]
        return f"{said}\n{self._list(lines)}"

    def _describe_error_gone(self):
        said = self.env._(
            "The report before this one could not count these files, and nobody had "
            "accepted that. Now it does not name them at all. Ask whether they were "
            "deleted:"
        )
        return f"{said}\n{self._list(item[0] for item in self._get_items())}"

    def _describe_core(self):
        return self.env._(
            "Odoo has a module of this name. It is the customer's own code only if it "
            "was changed."
        )

    def _describe_submodule(self):
        said = self.env._(
            "Code of other repositories is linked here. It is not fetched and not "
            "counted; add its repository as a source if it is covered:"
        )
        lines = (" ".join((path, *commit)) for path, *commit in self._get_items())
        return f"{said}\n{self._list(lines)}"

    def _describe_link(self):
        said = self.env._(
            "These links are not followed. If modules lie behind them, they are not "
            "counted; add their repository or folder as a source:"
        )
        why = {
            "outside": self.env._("leads out of the repository"),
            "missing": self.env._("leads nowhere, or into another repository"),
            "inside": self.env._("leads into another module"),
        }
        lines = [
            f"{path} → {target}: {why.get(reason, reason)}"
            for path, target, reason in self._get_items()
        ]
        return f"{said}\n{self._list(lines)}"

    def _describe_encoding(self):
        said = self.env._(
            "Git writes files in another encoding than it stores them, as these files "
            "ask. Odoo's counter may find other lines in a checkout than are counted "
            "here:"
        )
        return f"{said}\n{self._list(item[0] for item in self._get_items())}"

    def _describe_dense(self):
        said = self.env._(
            "Odoo's counter finds fewer lines here than there is code. Its figure is "
            "what is billed; about so many lines more it would be, written one "
            "statement a line:"
        )
        why = {
            "breaks": self.env._("line breaks that the counter does not know"),
            "long": self.env._("few long lines, as in a minified bundle"),
            "strings": self.env._("code in texts that are executed"),
            "table": self.env._("code in the cells of a data file"),
        }
        unread = self.env._("too large or too slow to be looked through")
        lines = [
            f"{path}: {unread}"
            if reason == "unread"
            else self.env._(
                "%(path)s: about %(lines)s lines, %(reason)s",
                path=path,
                lines=self._number(int(number)),
                reason=why.get(reason, reason),
            )
            for path, reason, number in sorted(
                self._get_items(), key=lambda item: -int(item[2])
            )
        ]
        return f"{said}\n{self._list(lines)}"

    def _describe_empty(self):
        names = [item[0] for item in self._get_items() if item[0]]
        if not names:
            return self.env._("Nothing that is counted was found.")
        said = self.env._(
            "No module was found here, so nothing is billed. Check the branch and the "
            "folders of the source:"
        )
        return f"{said}\n{self._list(names)}"

    def _describe_not_installed(self):
        return self.env._(
            "Its code is there, and the running Odoo says that it is not installed: "
            "its %s lines are not billed any more.",
            self._number(self.lines_before),
        )

    def _describe_sourceless(self):
        return self.env._(
            "The running Odoo says that it is installed, and no source has its code: "
            "its lines are not known and not billed. Add the repository or a report "
            "of it as a source, or accept that it is not covered."
        )

    def _describe_vanished(self):
        return self.env._(
            "The module is not there any more. It had %s lines.",
            self._number(self.lines_before),
        )

    def _describe_moved(self):
        said = self.env._(
            "%s lines that were counted lie where nothing is counted now:",
            self._number(self.lines_before),
        )
        moves = (" → ".join(item) for item in self._get_items())
        return f"{said}\n{self._list(moves)}"

    def _describe_change(self):
        before, after = self.lines_before, self.lines_after
        percent = (after - before) * 100 / before if before else 100
        return self.env._(
            "Covered lines went from %(before)s to %(after)s (%(percent)s%%), which is "
            "more than the terms let pass unseen.",
            before=self._number(before),
            after=self._number(after),
            percent=f"{percent:+.0f}",
        )

    _describe_drop = _describe_change
    _describe_jump = _describe_change

    def _describe_twice(self):
        places = [item[0] for item in self._get_items()]
        if all(place.isdigit() for place in places):
            # As counts of earlier versions said it
            return self.env._(
                "Several sources have a module of this name, with %s lines.",
                self.env._(" and ").join(places),
            )
        said = self.env._(
            "Modules of this name lie in several places. Different code is counted "
            "each time; name the folders of the sources so that one is left:"
        )
        return f"{said}\n{self._list(places)}"

    def _describe_repeated(self):
        said = self.env._("What is found here is counted in another place, and once:")
        return f"{said}\n{self._list(item[0] for item in self._get_items())}"

    def _describe_unseen(self):
        lines = []
        for extension, files, size in self._get_items():
            if size == "-1":
                lines.append(
                    self.env._("%(type)s: %(files)s files", files=files, type=extension)
                )
            elif files == "1":
                lines.append(
                    self.env._(
                        "%(type)s: one file, about %(lines)s lines",
                        type=extension,
                        lines=self._number(int(size)),
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "%(type)s: %(files)s files, about %(lines)s lines",
                        files=files,
                        type=extension,
                        lines=self._number(int(size)),
                    )
                )
        said = self.env._(
            "Odoo's counter never sees these, and they are never billed. Their size is "
            "pygount's opinion:"
        )
        return f"{said}\n{self._list(lines)}"
