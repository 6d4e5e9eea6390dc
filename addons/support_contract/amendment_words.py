# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an amendment changes, in words: now and then, and the monthly fee.

The window shows it before one presses, the chatter keeps it.
"""

from dataclasses import dataclass

from markupsafe import Markup

from odoo.tools import format_date, formatLang

NOTHING = "–"


@dataclass(frozen=True)
class Change:
    """One thing that is another from a day on.

    :param name: what it is
    :param before: what it was; empty for what is new
    :param after: what it will be; empty for what is gone
    """

    name: str
    before: str
    after: str

    @property
    def text(self):
        before, after = self.before or NOTHING, self.after or NOTHING
        return f"{self.name}: {before} → {after}"


def describe_agreed(contract, day):
    """What is agreed on a day, as people read it.

    :return: {key: (name, text)}
    """
    env = contract.env
    state = contract._get_state_on(day)
    found = {
        "customer": (env._("Customer"), state["partner_id"].sudo().display_name),
        "terms": (env._("Terms"), state["terms_id"].sudo().display_name),
    }
    for service in contract.service_ids:
        values = service._values_on(day)
        if not values["date_end"] or values["date_end"] >= day:
            text = _describe_service(service, values, max(day, values["date_start"]))
            found[str(service)] = (service.type_id.name, text)
    for condition, values in state["conditions"]:
        if values["key"] != "price":
            found[str(condition)] = (env._("Condition"), condition._describe_on(values))
    if (fee := contract._get_fee_on(day)) is not None:
        amount = formatLang(env, fee, currency_obj=state["currency_id"])
        found["fee"] = (env._("Monthly fee"), amount)
    return found


def _describe_service(service, values, day):
    env, parts = service.env, [service._get_price_in_words(day)]
    if service.type_id.basis == "users":
        users = service._value_on("user_count", day)
        parts.append(env._("%s users", users))
    if values["date_start"] == day:
        parts.append(env._("from %s", format_date(env, day)))
    if values["date_min_end"]:
        until = format_date(env, values["date_min_end"])
        parts.append(env._("bound until %s", until))
    if values["date_end"]:
        parts.append(env._("ends on %s", format_date(env, values["date_end"])))
    return ", ".join(parts)


def compare(before, after):
    """What differs between two answers of :func:`describe_agreed`.

    :return: list of :class:`Change`, the monthly fee last
    """
    keys = [key for key in before | after if key != "fee"] + ["fee"]
    nothing = ("", "")
    return [
        Change(new[0] or old[0], old[1], new[1])
        for key in keys
        if (old := before.get(key, nothing)) != (new := after.get(key, nothing))
    ]


def get_message(env, day, reason, changes):
    """What the chatter keeps of an amendment."""
    head = env._(
        "Amended from %(day)s: %(reason)s", day=format_date(env, day), reason=reason
    )
    rows = Markup().join(Markup("<li>%s</li>") % one.text for one in changes)
    return Markup("%s<ul>%s</ul>") % (head, rows) if rows else head
