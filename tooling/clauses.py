# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which tests show which clause of the agreement.

A test names its clauses: `test_r08_second_upgrade_in_same_period_is_refused`. A clause
without a test fails the build, unless it is listed as pending here.
"""

import re

CLAUSES = {
    1: "Monthly subscription, minimum term of twelve months",
    2: "Fee computed from the line count",
    3: "Operations and patch as services of their own",
    4: "Discount on hourly rates",
    5: "One-off fee when an upgrade starts",
    6: "What is always charged separately",
    7: "No hidden costs: everything visible before it is charged",
    8: "One version upgrade in every twelve-month period",
    9: "Continuous upgrades of customer and third-party modules",
    10: "Hot-fixes require a valid patch service",
    11: "Access to the Swedish adaptations",
    12: "Service instances and tools are included",
    13: "Technical and user support at no extra cost",
    14: "Bugs are fixed at no extra cost",
    15: "What a program bug is",
    16: "What technical support is",
    17: "What user support is",
}
# Clauses that nothing in the suite does yet, and what will.
PENDING = {
    7: "previews for staff and customers",
}
_TEST = re.compile(r"\b(test(?:_r\d\d)+_\w+)")


def tests_by_clause(outcomes):
    """{number of the clause: sorted names of passed tests that name it}

    :param outcomes: {name of a test: passed, failed or skipped}
    """
    found = {number: set() for number in CLAUSES}
    for test, outcome in outcomes.items():
        match = _TEST.search(test)
        if match and outcome == "passed":
            for number in re.findall(r"_r(\d\d)(?=_)", match[1]):
                found.setdefault(int(number), set()).add(match[1])
    return {number: sorted(names) for number, names in found.items()}


def report(outcomes, say):
    """Print the clauses with their tests; returns what is missing, as sentences."""
    found = tests_by_clause(outcomes)
    wrong = [
        f"R{number} is no clause of the agreement: {', '.join(names)}"
        for number, names in found.items()
        if number not in CLAUSES
    ]
    for number, title in CLAUSES.items():
        say(f"R{number:<3} {title}")
        for name in found[number]:
            say(f"       {name}")
        if number in PENDING:
            say(f"       pending: {PENDING[number]}")
        elif not found[number]:
            say("       NO TEST")
            wrong.append(f"R{number} ({title}) has no test that passes and names it.")
    return wrong
