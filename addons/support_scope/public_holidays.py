# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Public holidays in the working hours of a company, from the package `holidays`.

Also the days that are free in fact and by no law, such as Midsummer, Christmas and New
Year's Eve in Sweden.
"""

from datetime import timedelta

import holidays

from odoo.addons.support_contract.periods import ONE_DAY

CATEGORIES = ("public", "de_facto")
# How long before a year begins its holidays are entered.
AHEAD = timedelta(days=62)


def find_holidays(country, year, lang):
    """The free days of a year.

    :param country: ISO 3166 code, such as "SE"
    :param lang: of the days' names, such as "sv_SE"; their own where it has none
    :return: {date: name}, in order; None for a country that the package does not know
    """
    if country not in holidays.list_supported_countries():
        return None
    calendar = getattr(holidays, country)
    known = calendar.supported_categories
    languages = calendar.supported_languages
    language = next(
        (one for one in (lang or "", (lang or "")[:2]) if one in languages), None
    )
    found = holidays.country_holidays(
        country,
        years=year,
        categories=[one for one in CATEGORIES if one in known],
        language=language or calendar.default_language,
    )
    # Looking up a year beside this one can add its days.
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def enter_holidays(company):
    """Enter the holidays of this year and, before it begins, of the next one.

    Each year once: what somebody changes or deletes afterwards stays so.

    :param company: `res.company`, as superuser
    """
    calendar, country = company.resource_calendar_id, company.country_id.code
    today = company._support_today()
    last = (today + AHEAD).year
    first = max(company.support_holidays_year + 1, today.year)
    if not calendar or not country or first > last:
        return
    days = {}
    for year in range(first, last + 1):
        found = find_holidays(country, year, company.partner_id.lang)
        if found is None:
            return
        days |= found
    leaves = company.env["resource.calendar.leaves"]
    leaves.create(
        [
            _prepare_leave_vals(company, day, name)
            for day, name in days.items()
            if not _is_free(company, day)
        ]
    )
    company.support_holidays_year = last


def _is_free(company, day):
    """Whether everybody is free on that day already, by whoever's hand."""
    vals = _prepare_leave_vals(company, day, "")
    return company.env["resource.calendar.leaves"].search_count(
        [
            ("resource_id", "=", False),
            ("calendar_id", "in", [False, company.resource_calendar_id.id]),
            ("company_id", "in", [False, company.id]),
            ("date_from", "<", vals["date_to"]),
            ("date_to", ">", vals["date_from"]),
        ],
        limit=1,
    )


def _prepare_leave_vals(company, day, name):
    return {
        "name": name,
        "company_id": company.id,
        "calendar_id": company.resource_calendar_id.id,
        "date_from": company._support_midnight(day),
        "date_to": company._support_midnight(day + ONE_DAY) - timedelta(seconds=1),
        "time_type": "leave",
    }
