# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may change what a customer has signed.

Money and dates of a contract that is no draft change through an amendment only. The
permission travels in the context as this very object: a context that comes over RPC is
made of JSON, and no JSON value is identical to it.
"""

AMENDING = object()


def amending(records):
    """``records`` with the permission to change what was signed."""
    return records.with_context(support_amending=AMENDING)


def is_amending(records):
    return records.env.context.get("support_amending") is AMENDING
