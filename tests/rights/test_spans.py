# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import days, span_lists, spans, steps

Span, Steps, merged, first_change = (
    spans.Span,
    spans.Steps,
    spans.merged,
    spans.first_change,
)
ONE_DAY = timedelta(days=1)


def test_span_holds_its_first_and_its_last_day():
    span = Span(date(2028, 2, 29), date(2029, 2, 27))
    assert date(2028, 2, 29) in span and date(2029, 2, 27) in span
    assert date(2028, 2, 28) not in span and date(2029, 2, 28) not in span
    assert span.boundaries == (date(2028, 2, 29), date(2029, 2, 28))


def test_span_without_end_runs_on():
    for empty in (None, False):
        span = Span(date(2026, 1, 31), empty)
        assert date.max in span
        assert span.boundaries == (date(2026, 1, 31),)


def test_span_of_the_wrong_order_says_what_to_do():
    with pytest.raises(ValueError, match="give an end that is the start or later"):
        Span(date(2026, 2, 1), date(2026, 1, 31))


@given(span_lists, st.lists(days, min_size=1))
def test_stretches_cover_exactly_the_days_of_their_spans(some, sample):
    stretches = merged(some)
    near = [day for span in some for day in span.boundaries]
    near += [day - ONE_DAY for day in near]
    for day in [*sample, *near]:
        assert sum(day in stretch for stretch in stretches) == any(
            day in span for span in some
        )


@given(span_lists)
def test_stretches_have_at_least_a_day_between(some):
    stretches = merged(some)
    for one, two in zip(stretches, stretches[1:], strict=False):
        assert one.end + ONE_DAY < two.start


def test_service_that_follows_on_its_predecessor_makes_one_stretch():
    first = Span(date(2026, 1, 31), date(2026, 12, 31))
    second = Span(date(2027, 1, 1))
    assert merged([second, first]) == (Span(date(2026, 1, 31)),)


@settings(max_examples=100)
@given(steps(st.integers(0, 9)), days, days)
def test_highest_figure_is_that_of_some_day(figures, one, two):
    first, last = sorted([one, two])
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert figures.highest(first, last) == max(figures.at(day) for day in every)


def test_steps_want_their_days_in_order():
    with pytest.raises(ValueError, match="ascending order"):
        Steps(((date(2027, 1, 1), 1), (date(2026, 1, 1), 2)))


@settings(max_examples=100)
@given(span_lists, days)
def test_first_change_is_the_first_other_day(some, on_date):
    """Against a look at every single day."""

    def answer(day):
        return any(day in span for span in some)

    boundaries = [day for span in some for day in span.boundaries]
    changes = first_change(answer, on_date, boundaries)
    end = changes or date(2036, 1, 1)
    day = on_date
    while day < end:
        assert answer(day) == answer(on_date)
        day += ONE_DAY
    assert changes is None or answer(changes) != answer(on_date)
