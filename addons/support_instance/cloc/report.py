# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A count as text: the table of ``odoo cloc -v``, or JSON."""

import json
from collections import Counter

from .parse.rules import rules


def print_table(count, verbose=True):
    """Print the count with Odoo's own report."""
    cloc = rules().module.Cloc()
    for name, module in _by_name(count).items():
        cloc.book(name)
        for file in module.files:
            if file.error:
                cloc.book(name, f"{name}/{file.path}", (-1, file.error))
            elif not file.excluded:
                cloc.book(name, f"{name}/{file.path}", (file.code, file.total))
        if module.error:
            cloc.book(name, name, (-1, module.error))
    cloc.report(verbose)
    for title, value in (
        ("Revision", count.revision),
        ("Date", count.date and count.date.isoformat()),
        ("Rules", count.ruleset),
        ("Digest", count.digest),
        ("Files outside modules, not counted", len(count.outside)),
        ("Counted in another place", ", ".join(count.repeated)),
        (
            "Links, not followed",
            ", ".join(f"{x.path} -> {x.target} ({x.why})" for x in count.links),
        ),
        (
            "Files that a checkout has in another encoding, see",
            ", ".join(path for path, _id in count.reencoded),
        ),
        ("Submodules, not counted", ", ".join(each.path for each in count.submodules)),
    ):
        if value:
            print(f"{title}: {value}")  # pylint: disable=print-used


def as_json(count) -> str:
    """One object; see the handbook for its keys."""
    value = {
        "modules": {
            name: {
                "path": module.path,
                "code": module.code,
                "total": module.total,
                "excluded": module.excluded,
                "errors": module.errors,
                "digest": module.digest,
            }
            for name, module in _by_name(count).items()
        },
        "code": count.code,
        "total": count.total,
        "digest": count.digest,
        "ruleset": count.ruleset,
        "revision": count.revision or None,
        "date": count.date and count.date.isoformat(),
        "outside": len(count.outside),
        "reencoded": [path for path, _id in count.reencoded],
        "repeated": list(count.repeated),
        "links": [link._asdict() for link in count.links],
        "submodules": [each.path for each in count.submodules],
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def _by_name(count):
    """Modules by technical name, or by path where two have the same."""
    names = Counter(module.name for module in count.modules)
    return {m.name if names[m.name] == 1 else m.path: m for m in count.modules}
