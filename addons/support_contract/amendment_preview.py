# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an amendment would change, shown before anybody makes it."""

from odoo.exceptions import UserError

from .amendment_words import compare, describe_agreed
from .as_if import as_if_amended


def preview(contract, day, changes):
    """What an amendment would change, before anybody makes it.

    :param changes: as for :class:`.amendment.Amendment`
    :return: list of :class:`Change`
    :raise UserError: where it would be refused
    """
    before = describe_agreed(contract, day)
    with as_if_amended(contract, day, "…", changes):
        after = describe_agreed(contract, day)
    return compare(before, after)


def render_preview(contract, day, get_changes):
    """The same as HTML; a sentence instead where it is not known yet.

    :param get_changes: function that returns the changes
    """
    values = {"changes": [], "problem": "", "day": day}
    try:
        changes = get_changes()
        if any(vals is None for _records, vals in changes):
            # What removes something cannot be imagined.
            return False
        values["changes"] = preview(contract, day, changes)
    except UserError as error:
        values["problem"] = str(error)
    return contract.env["ir.qweb"]._render("support_contract.amendment_preview", values)
