# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Random services, figures and upgrades of a contract."""

from datetime import date, timedelta

from hypothesis import strategies as st
from standalone import load

spans = load("support_contract.spans")
ledgers = load("support_upgrade.upgrade_ledger")

# Five years with a 29 February, so that dates meet.
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)

# Days on which months are short or years are long are drawn more often.
odd_days = st.sampled_from(
    [
        date(2026, 1, 31),
        date(2026, 8, 31),
        date(2027, 2, 28),
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
        date(2028, 12, 31),
        date(2029, 1, 1),
    ]
)
days = st.one_of(odd_days, st.dates(FIRST, LAST))


@st.composite
def span(draw):
    start = draw(days)
    length = draw(st.none() | st.integers(0, 900))
    return spans.Span(
        start,
        None if length is None else start + timedelta(days=length),
        source=draw(st.integers(1, 9)),
    )


span_lists = st.lists(span(), max_size=4)


@st.composite
def steps(draw, values):
    changes = {draw(days): draw(values) for _number in range(draw(st.integers(0, 2)))}
    return spans.Steps(((date.min, draw(values)), *sorted(changes.items())))


@st.composite
def booking(draw, period_days=days):
    reserved = draw(days)
    started = draw(st.none() | st.integers(0, 400))
    returned = draw(st.none() | st.integers(0, 400))
    return ledgers.Booking(
        period_day=draw(period_days),
        reserved_on=reserved,
        started_on=None if started is None else reserved + timedelta(days=started),
        returned_on=None if returned is None else reserved + timedelta(days=returned),
        count=draw(st.sampled_from([1, 1, 1, 2])),
    )


@st.composite
def ledger(draw, bookings=True):
    return ledgers.Ledger(
        stretches=spans.merged(draw(span_lists)),
        months=draw(steps(st.sampled_from([1, 6, 12, 12, 24]))),
        rights=draw(steps(st.sampled_from([0, 1, 1, 2, 3]))),
        bookings=tuple(draw(st.lists(booking(), max_size=3))) if bookings else (),
    )
