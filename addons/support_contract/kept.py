# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What lists show, add up and search, and what depends on the day: kept on contracts
and their services, right on every day.

Whatever changes it at once keeps it anew: an amendment, another state, a count. What
the calendar changes, such as the first day of a price, is found every night.
"""

from odoo.tools import split_every

from .read_once import read_once
from .transactions import CONFLICTS, go_through, work_alone

CHUNK = 200
CRON = "support_contract.ir_cron_keep"


def keep(contracts):
    """Keep what is right today, where something else is kept."""
    for contract in contracts:
        for record, vals in find_wrong(contract):
            # sudo: written by the system alone.
            record.sudo()._with_permission().write(vals)


def keep_soon(contracts):
    """The same for work that must not wait, nor fail, because others change these
    contracts: what is not free now is renewed within minutes.
    """
    env = contracts.env
    try:
        with env.cr.savepoint():
            free = contracts.try_lock_for_update(allow_referencing=True)
            keep(free)
    except CONFLICTS:
        free = contracts.browse()
        env.invalidate_all()
    if contracts - free:
        # sudo: triggering a scheduled action needs Settings rights otherwise.
        env.ref(CRON).sudo()._trigger()


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
