# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A first run of many invoices does not get slower while it goes on."""

from reports import CODE, read_report

# More than one batch.
CONTRACTS = 60

RUN = """
def known(of):
    of.execute("SELECT reltuples FROM pg_class WHERE relname = 'account_move'")
    return of.fetchone()[0]

env.cr.execute("ANALYZE account_move")
env.cr.commit()
with env.registry.cursor() as other:
    if {held}:
        # As a vacuum does.
        other.execute("LOCK TABLE account_move IN SHARE UPDATE EXCLUSIVE MODE")
    before = known(env.cr)
    bill_to_the_end("2026-10-01")
    env.cr.commit()
    posted = env["account.move"].search_count([("state", "=", "posted")])
    print("RESULT", json.dumps([before, known(env.cr), posted]))
"""


def run(contracts_database, odoo_shell, held):
    name = contracts_database(CONTRACTS)
    return read_report(odoo_shell(name, f"{CODE}\n{RUN.format(held=held)}\n"))


def test_statistics_follow_the_first_batch(contracts_database, odoo_shell):
    before, after, posted = run(contracts_database, odoo_shell, held=False)
    assert (before, posted) == (0, CONTRACTS)
    assert after > 0, "the planner takes the table for empty"


def test_tables_that_a_vacuum_has_are_left_to_it(contracts_database, odoo_shell):
    before, after, posted = run(contracts_database, odoo_shell, held=True)
    assert (before, after, posted) == (0, 0, CONTRACTS)
