# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Each rule of the house is seen to fail once, on a small made-up tree of add-ons."""

import pytest

from tooling import lint_house
from tooling.lint_house import RULES

CLEAN = {
    "low/__manifest__.py": '{"name": "Low"}',
    "low/__init__.py": "from . import models\n",
    "low/periods.py": "DAYS = (1, 2)\n",
    "low/models/__init__.py": "from . import res_partner\nfrom . import thing\n",
    "low/models/thing.py": """
from odoo import fields, models

from ..periods import DAYS

class Thing(models.Model):
    _name = "thing"
    _inherit = ["mail.thread", "portal.mixin"]
    _rec_names_search = ["name"]
    _limit = 5

    name = fields.Char()

    def _get_days(self):
        return DAYS

class ThingLine(models.Model):
    _name = "thing.line"

    def _get_days(self):
        return self.thing_id._get_days()
""",
    "low/models/res_partner.py": """
from odoo import models

class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_days(self):
        from odoo.addons.low.periods import DAYS
        return DAYS
""",
    "high/__manifest__.py": '{"name": "High", "depends": ["low"]}',
    "high/__init__.py": "from . import models\n",
    "high/models/__init__.py": "from . import thing\n",
    "high/models/thing.py": """
from odoo import models
from odoo.addons.low import periods

class Thing(models.Model):
    _inherit = "thing"

    def _get_days(self):
        return super()._get_days() + periods.DAYS
""",
}

THING = """
from odoo import models

class Thing(models.Model):
    _inherit = "thing"
"""

MODEL = """
from odoo import models

class HighThing(models.Model):
    _name = "high.thing"
"""

OFFENCES = [
    (
        "one file for a model",
        {"low/models/thing_more.py": THING},
        "addons/low/models/thing_more.py:4: thing is in addons/low/models/thing.py",
    ),
    (
        "one file for a model",
        {"low/wizards/thing.py": THING.replace('"thing"', '["thing"]')},
        "addons/low/wizards/thing.py:4: thing is in addons/low/models/thing.py",
    ),
    (
        "a file is named after its model",
        {"high/models/other.py": THING},
        "addons/high/models/other.py:1: is named after none of its models: thing",
    ),
    (
        "one method of a name",
        {
            "low/models/thing_more.py": f"{THING}\n"
            "    def _get_days(self):\n        return super()._get_days()\n"
        },
        "thing_more.py:7: thing._get_days is in this add-on twice:"
        " addons/low/models/thing.py:14",
    ),
    (
        "one method of a name",
        {
            "high/models/high_thing.py": "class HighThing(models.Model):\n"
            '    _name = "high.thing"\n\n'
            "    def _get_days(self):\n        return 1\n\n"
            "    def _get_days(self):\n        return 1\n"
        },
        "high_thing.py:7: high.thing._get_days is in this add-on twice:"
        " addons/high/models/high_thing.py:4",
    ),
    *(
        (
            "sets are methods",
            {"high/models/thing.py": f"SET = {{1}}\n{THING}\n    _keys = {value}\n"},
            "addons/high/models/thing.py:8: thing._keys is a collection",
        )
        for value in (
            "{'a'}",
            "['a']",
            "('a', 'b')",
            "{'a': 1}",
            "frozenset({'a'})",
            "Parent._keys | {'a'}",
            "SET",
        )
    ),
    (
        "models in alphabetical order",
        {"low/models/__init__.py": "from . import thing\nfrom . import res_partner\n"},
        "addons/low/models/__init__.py:2: res_partner stands behind thing",
    ),
    (
        "at most 900 lines",
        {"low/periods.py": "# a line\n" * 901},
        "addons/low/periods.py:1: has 901 lines",
    ),
    (
        "imports point down",
        {"low/periods.py": "from odoo.addons.high.models import thing\n"},
        "addons/low/periods.py:1: low does not depend on high",
    ),
    (
        "imports point down",
        {"low/tests/test_low.py": "import odoo.addons.high.models\n"},
        "addons/low/tests/test_low.py:1: low does not depend on high",
    ),
    *(
        (
            "names point down",
            {
                "high/models/high_thing.py": MODEL,
                "high/data/thing.xml": '<record id="one" model="thing" />',
                **files,
            },
            expected,
        )
        for files, expected in (
            (
                {"low/periods.py": 'MODEL = "high.thing"\n'},
                "addons/low/periods.py:1: low does not depend on high: high.thing",
            ),
            (
                {"low/periods.py": 'ID = "high.one"\n'},
                "addons/low/periods.py:1: low does not depend on high: high.one",
            ),
            (
                {"low/data/thing.xml": '<data>\n<field ref="high.one"/>\n</data>'},
                "addons/low/data/thing.xml:2: low does not depend on high: high.one",
            ),
            (
                {"low/security/ir.model.access.csv": "id,group_id:id\na,high.one\n"},
                "ir.model.access.csv:2: low does not depend on high: high.one",
            ),
            (
                {"low/security/ir.model.access.csv": "model_id:id\nmodel_high_thing\n"},
                "ir.model.access.csv:2: low does not depend on high: model_high_thing",
            ),
            (
                {"low/static/src/thing.js": '// one\norm.call("high.thing", "go");\n'},
                "static/src/thing.js:2: low does not depend on high: high.thing",
            ),
            (
                {"low/static/src/thing.js": 'import { a } from "@high/thing";\n'},
                "static/src/thing.js:1: low does not depend on high: @high",
            ),
        )
    ),
    (
        "no circle of imports",
        {"low/periods.py": "from .models.thing import Thing\n"},
        "imports in a circle: models.thing -> periods -> models.thing",
    ),
    (
        "no circle of imports",
        {
            "low/a.py": "from . import b\n",
            "low/b.py": "def f():\n    from odoo.addons.low.a import x\n",
        },
        "addons/low/a.py:1: imports in a circle: a -> b -> a",
    ),
]


def complaints(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    addons = lint_house.Addons(folder)
    return {name: list(rule(addons)) for name, rule in RULES.items()}


def test_a_clean_tree_has_no_complaints(tmp_path):
    assert not any(complaints(tmp_path, CLEAN).values())


@pytest.mark.parametrize(("rule", "files", "expected"), OFFENCES)
def test_an_offence_is_found(tmp_path, rule, files, expected):
    found = complaints(tmp_path, {**CLEAN, **files})[rule]
    assert len(found) == 1
    assert expected in found[0]


def test_every_rule_was_seen_to_fail():
    assert {rule for rule, _files, _expected in OFFENCES} == set(RULES)
