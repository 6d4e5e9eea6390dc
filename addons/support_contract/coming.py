# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What was agreed on a contract and has not begun, or not ended yet."""

from datetime import date

from odoo.tools import format_date

from .agreed import format_price
from .periods import ONE_DAY

# The next ones are what matters; the rest is in the amendments.
SHOWN = 6


def render_coming(contract):
    """The next changes of a contract that runs, as HTML; False without any."""
    if contract.state not in ("active", "notice"):
        return False
    rows = sorted(set(contract._get_coming()))[:SHOWN]
    return rows and contract.env["ir.qweb"]._render(
        "support_contract.contract_coming",
        {"rows": [(format_date(contract.env, day), text) for day, text in rows]},
    )


def find_coming(contract):
    """See ``contract._get_coming()``.

    :return: list of (day, sentence)
    """
    env, today = contract.env, contract.company_id._support_today()
    found = []
    for service in contract.service_ids:
        if not service._is_over(today):
            found += _find_of_service(service, today)
    for condition in contract.condition_ids.filtered(lambda one: one.key != "price"):
        found += _find_of_condition(condition, today)
    for name in ("terms_id", "partner_id"):
        for day in contract._get_change_days(name, today, date.max):
            before = contract._value_on(name, day - ONE_DAY).sudo()
            text = env._(
                "%(before)s → %(after)s",
                before=before.display_name,
                after=contract._value_on(name, day).sudo().display_name,
            )
            found.append((day, text))
    return found


def _find_of_service(service, today):
    env, name = service.env, service.type_id.name
    if service.date_start > today:
        text = env._("%(service)s begins", service=name)
        yield service.date_start, text
    if service.date_end:
        yield service.date_end, env._("%(service)s ends", service=name)
    start = max(today, service.date_start)
    end = service.date_end or date.max
    contract, currency = service.contract_id, service.currency_id
    for day in contract._get_agreed_changes(["price"], start, end, service):
        before, after = (
            format_price(env, service._get_agreed("price", one).value or 0.0, currency)
            for one in (day - ONE_DAY, day)
        )
        if before != after:
            yield day, f"{name} {before} → {after}"
    for day in service._get_change_days("user_count", start, end):
        yield (
            day,
            env._(
                "%(service)s: %(before)s → %(after)s users",
                service=name,
                before=service._value_on("user_count", day - ONE_DAY),
                after=service._value_on("user_count", day),
            ),
        )


def _find_of_condition(condition, today):
    env, values = condition.env, condition._values_on(today)
    text = condition._describe_on(values | {"date_start": False, "date_end": False})
    if values["date_start"] and values["date_start"] > today:
        yield values["date_start"], text
    elif values["date_end"] and values["date_end"] >= today:
        yield values["date_end"], env._("%s: no longer", text)
