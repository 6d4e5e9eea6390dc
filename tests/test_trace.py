# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/trace follows a contract from its repository to its invoice."""

import pytest

from tooling import tracing

pytestmark = pytest.mark.long


def test_trace_tells_what_runs_in_its_order(pg):
    before, way, after = tracing.trace(pg)

    def first(ending):
        return next(
            number for number, name in enumerate(way) if name.endswith(f"/{ending}")
        )

    # What fetches has run, then what counts, in a process of its own, then what bills.
    assert any("/cloc/" in name for name in before)
    assert first("worker.py") < first("support_count.py") < first("pricing.py")
    assert any(name.startswith("support_contract_billing/") for name in after)
    assert all(calls > 0 for calls in way.values())
    # So many files, and no more, has somebody to read who follows a count.
    assert len(way) <= 60
