# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/bench: measure ourselves beside what others take for the same work."""

import importlib
import json
import sys

from .console import Failure, say

# Each is a module bench_<name> with a function main(arguments).
BENCHES = {
    "count": "line counts from Git, beside `odoo cloc` on a checkout",
    "billing": "a whole billing run, beside plain Odoo and OCA `contract`",
    "screens": "what people wait for, beside a billing run and Odoo's list of invoices",
    "tickets": "tickets with contract and verdict, beside plain OCA `helpdesk_mgmt`",
}

HELP = """\
Measure, and print one JSON object a line on the standard output:

  {{"figure": ..., "value": ..., "unit": ..., "reference": ..., "ratio": ...,
   "limit": ...}}

"reference" is the same work done by what we compare with, in the same run; "ratio" is
value / reference. The exit status is 1 if a figure is beyond its limit.

{benches}
"""


def figure(name, value, unit, reference, limit, *, limited="ratio"):
    """Print a figure; returns whether it is within its limit.

    `limited` says what the limit is for: the "ratio" or the "value". Without a limit
    it is for the reader alone.
    """
    line = {
        "figure": name,
        "value": round(value, 4),
        "unit": unit,
        "reference": round(reference, 4),
        "ratio": round(value / reference, 4),
        "limit": limit,
    }
    say(json.dumps(line))
    return limit is None or line[limited] <= limit


def progress(text):
    """What is going on, for people: the figures have standard output to themselves."""
    print(text, file=sys.stderr, flush=True)


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        listed = (f"  bin/bench {name:9} {what}" for name, what in BENCHES.items())
        say(HELP.format(benches="\n".join(listed)))
        return 0 if arguments else 2
    name = arguments[0]
    if name not in BENCHES:
        raise Failure(f"There is no bench {name!r}", "See bin/bench --help.")
    module = importlib.import_module(f".bench_{name}", __package__)
    return module.main(arguments[1:])
