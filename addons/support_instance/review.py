# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Ask somebody to decide on a line count."""

from odoo.tools import plaintext2html

ACTIVITY = "support_instance.activity_count_review"
APPROVERS = "support_contract.group_support_approver"
MANAGERS = "support_contract.group_support_manager"


def ask_for_review(count):
    """One to-do for each instance, on its newest count.

    :param count: `support.count` that waits
    """
    count.ensure_one()
    count.search(
        [
            ("instance_id", "=", count.instance_id.id),
            ("id", "!=", count.id),
            ("state", "=", "to_review"),
        ]
    ).activity_unlink([ACTIVITY])
    notes = [
        count.env._(
            "%s things are new to see before a fee is computed from it.",
            count.hold_count,
        )
    ]
    account_manager = count.contract_id.user_id
    approvers = count.company_id._get_support_users(APPROVERS)
    # Who decides: the account manager if an approver, else the first approver.
    user = (account_manager & approvers or approvers)[:1]
    if not user:
        # Who sees to it that somebody may decide.
        managers = count.company_id._get_support_users(MANAGERS)
        user = (managers or account_manager.filtered("active"))[:1]
        notes.append(
            count.env._(
                "Nobody in %s may decide on it: let somebody have the right “Count "
                "Approver”.",
                count.company_id.name,
            )
        )
    if user:
        # A note is HTML, and a name may hold anything.
        note = plaintext2html(" ".join(notes))
        count.activity_schedule(ACTIVITY, user_id=user.id, note=note)
