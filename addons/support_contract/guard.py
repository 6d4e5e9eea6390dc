# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may change what is protected.

Money and dates of a contract that is no draft change through an amendment only
(:func:`amending`), and some records move on by the steps behind their buttons only
(:func:`stepping`). The permission travels in the context as one very object: a context
that comes over RPC is made of JSON, and no JSON value is identical to it.
"""

PERMISSION = object()


def amending(records):
    """``records`` with the permission to change what was signed."""
    return records.with_context(support_amending=PERMISSION)


def is_amending(records):
    return records.env.context.get("support_amending") is PERMISSION


def stepping(records):
    """``records`` with the permission to change what only their steps change."""
    return records.with_context(support_stepping=PERMISSION)


def is_stepping(records):
    return records.env.context.get("support_stepping") is PERMISSION


def without_defaults(records, names):
    """``records`` without defaults from outside for these fields."""
    defaults = {f"default_{name}" for name in names}
    if not defaults & records.env.context.keys():
        return records
    return records.with_context(  # pylint: disable=context-overridden
        {
            key: value
            for key, value in records.env.context.items()
            if key not in defaults
        }
    )
