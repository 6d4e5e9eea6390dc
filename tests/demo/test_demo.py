# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/demo: what it prints is what was worked out by hand."""

import json
import math
import textwrap

import polib
import pytest

from tooling import demo, demo_check, demo_data, demo_report, manifests, odoo, paths
from tooling.demo_repositories import Repositories, git

# Lines of the add-ons at the versions in requirements.txt, as `odoo cloc` counts them.
CONTRACT, QUEUE_JOB, HELPDESK, SLA, TYPE, PERIODS = 3845, 3735, 3368, 551, 312, 146

# Customer, month: lines, net, VAT. 180 for each started hundred of lines, 2,400 for
# operations (Havtornsviken agreed 3,200), 495 for patch; 25 % VAT, none in Finland.
EXPECTED = {
    # 39 × 180; the second month with queue_job, 7,580 lines, 76 × 180
    ("Tallmossens", "2026-09-01"): (CONTRACT, 7020.00, 1755.00),
    ("Tallmossens", "2026-10-01"): (CONTRACT + QUEUE_JOB, 13680.00, 3420.00),
    # 7,561 lines, 76 × 180 + 495; then 8,112 lines, 82 × 180 + 495, 240 AI transactions
    # at 1.00 and 415 e-invoices at 3.00
    ("Lingonglänta", "2026-09-01"): (
        HELPDESK + TYPE + PERIODS + QUEUE_JOB,
        14175.00,
        3543.75,
    ),
    ("Lingonglänta", "2026-10-01"): (
        HELPDESK + TYPE + PERIODS + QUEUE_JOB + SLA,
        16740.00,
        4185.00,
    ),
    # and an hour of configuration, 1,350.00 less 10 %
    ("Silverforsens", "2026-09-01"): (None, 3615.00, 903.75),
    ("Silverforsens", "2026-10-01"): (None, 2400.00, 600.00),
    # 38 × 180 = 6,840 and 3,200; 19 of 30 days: 4,332.00 and 2,026.67
    ("Havtornsvikens", "2026-09-12"): (QUEUE_JOB, 6358.67, 1589.67),
    ("Havtornsvikens", "2026-10-01"): (QUEUE_JOB, 10040.00, 2510.00),
    # 34 × 180 + 2,400 + 495, and 105 minutes, rounded up to 2 hours; then
    # 43 × 180 + 2,400 + 495, 64 scans at 2.50 and 118 e-invoices at 3.00
    ("Älgtjärns", "2026-09-01"): (HELPDESK, 11445.00, 2861.25),
    ("Älgtjärns", "2026-10-01"): (HELPDESK + SLA + TYPE, 11149.00, 2787.25),
    # A public customer: operations
    ("Kvarnbygdens", "2026-09-01"): (None, 2400.00, 600.00),
    ("Kvarnbygdens", "2026-10-01"): (None, 2400.00, 600.00),
    # 39 × 180 + 2,400; then 40 × 180 + 2,400; reverse charge
    ("Revontuli", "2026-09-01"): (CONTRACT, 9420.00, 0.00),
    ("Revontuli", "2026-10-01"): (CONTRACT + PERIODS, 9600.00, 0.00),
}


def summary(data):
    return {
        (invoice["customer"].split()[0], invoice["period"][0]): (
            invoice["lines"],
            invoice["net"],
            invoice["vat"],
        )
        for invoice in data["invoices"]
    }


def test_invoices_are_as_worked_out_by_hand(read_back):
    data = read_back()
    assert summary(data) == EXPECTED
    assert {invoice["state"] for invoice in data["invoices"]} == {"posted"}
    assert data["failures"] == data["not_invoiced"] == []
    for invoice in data["invoices"]:
        # To whole kronor, 50 öre upwards; the demo rounds totals.
        with_vat = round(invoice["net"] + invoice["vat"], 2)
        assert invoice["total"] == math.floor(with_vat + 0.5)
        assert luhn(invoice["reference"])


def luhn(reference):
    digits = [int(digit) for digit in reversed(reference)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_demo_is_content_and_says_so(shown):
    _name, content, printed = shown
    assert content
    assert "20 modules compared with odoo cloc: equal" in printed
    assert max(map(len, printed.splitlines())) <= demo_report.WIDTH
    for customer, _start in EXPECTED:
        assert printed.count(customer) == 2
    # Never billed: the draft, and the test instance.
    assert "Stjärnmyrans" not in printed
    assert "Test" not in printed


def test_invoices_are_in_the_language_of_their_customer(pg, shown):
    code = """
        import json
        lines = env["support.charge"].search([("kind", "=", "recurring")]).move_line_id
        named = {
            (line.partner_id.lang, line.name.split(",")[0])
            for line in lines.filtered(lambda line: line.product_id.default_code)
        }
        print("\\n" + json.dumps(sorted(named)))
    """
    output = odoo.shell(pg, shown[0], textwrap.dedent(code))
    assert json.loads(output.splitlines()[-1]) == [
        ["en_US", "Maintenance and support"],
        ["en_US", "Operations"],
        ["sv_SE", "Drift"],
        ["sv_SE", "Patchavtal"],
        ["sv_SE", "Underhåll och support"],
    ]


def test_another_run_on_the_same_day_changes_nothing(pg, shown, read_back):
    before = read_back()
    demo.in_odoo(pg, shown[0], "again", f"pass_nights(env, {demo_data.NIGHTS[1][-1:]})")
    assert read_back() == before


def test_a_wrong_count_is_found(shown, read_back, tmp_path):
    counts = read_back()["counts"][:1]
    module, row = next(iter(counts[0]["sources"][0]["modules"].items()))
    row[0] += 1
    _compared, differences = demo_check.compare(counts, tmp_path / "checkouts")
    assert len(differences) == 1
    assert module in differences[0]


@pytest.fixture(scope="module")
def repositories(tmp_path_factory):
    made = Repositories(tmp_path_factory.mktemp("repositories"))
    made.make()
    return made


def test_repositories_are_the_same_everywhere(repositories, shown):
    """Fixed dates, names and files give fixed commits, whatever is made when."""
    other = Repositories(paths.BUILD / shown[0] / "repositories")
    repositories.push(1)
    for name, branches in demo_data.REPOSITORIES.items():
        for branch, commits in branches.items():
            history = git("log", "--format=%H %ai", branch, cwd=repositories.bare(name))
            assert history == git(
                "log", "--format=%H %ai", branch, cwd=other.bare(name)
            )
            starts = branches["main"][:1] if branch != "main" else ()
            assert len(history.splitlines()) == len(commits) + len(starts)


def test_translation_templates_are_current(pg, shown):
    """Else: `bin/translate`."""
    addons = sorted(manifests.own())
    code = f"""
        import io, json
        from odoo.tools.translate import trans_export
        for addon in {addons}:
            file = io.BytesIO()
            trans_export(None, [addon], file, "po", env)
            print("\\n" + json.dumps(file.getvalue().decode()))
    """
    output = odoo.shell(pg, shown[0], textwrap.dedent(code))
    files = [json.loads(line) for line in output.splitlines() if line.startswith('"')]
    for addon, now in zip(addons, files, strict=True):
        kept = paths.ADDONS / addon / "i18n" / f"{addon}.pot"
        terms = {entry.msgid for entry in polib.pofile(now)}
        assert {entry.msgid for entry in polib.pofile(str(kept))} == terms
