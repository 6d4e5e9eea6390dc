# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What lists show, add up and search, and what depends on the day: kept on contracts
and their services, right on every day.

Whatever changes it at once keeps it anew: an amendment, another state, a count. What
the calendar changes, such as the first day of a price, is found every night.
"""

from odoo.tools import split_every

from .read_once import read_once
from .transactions import go_through, work_alone

CHUNK = 200


def keep(contracts):
    """Keep what is right today, where something else is kept."""
    for contract in contracts:
        for record, vals in find_wrong(contract):
            # sudo: written by the system alone.
            record.sudo()._with_permission().write(vals)


def find_wrong(contract):
    """What is kept of a contract and is something else today.

    :return: list of (record, values)
    """
    found = []
    for record in (contract, *contract.service_ids):
        vals = {
            name: value
            for name, value in record._get_kept_values().items()
            if _differs(record, name, value)
        }
        if vals:
            found.append((record, vals))
    return found


def _differs(record, name, value):
    if record._fields[name].type == "monetary":
        return record.currency_id.compare_amounts(record[name], value)
    return (record[name] or False) != (value or False)


def keep_all(contracts):
    """Keep anew what is not right any more of many contracts; commits.

    :param contracts: any `support.contract`
    """
    wrong = contracts.browse()
    for ids in split_every(CHUNK, contracts.ids):
        looked_at = read_once(contracts.browse(ids))
        wrong += contracts.browse(one.id for one in looked_at if find_wrong(one))
        contracts.env.invalidate_all()

    def keep_one(contract):
        work_alone(
            contract,
            lambda: keep(contract),
            lambda error: None,  # it is tried again on the next night
            "what is kept of today could not be renewed",
        )

    go_through(wrong, keep_one)
