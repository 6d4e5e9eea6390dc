# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Ask somebody to decide on a line count."""

from odoo import SUPERUSER_ID
from odoo.tools import plaintext2html

ACTIVITY = "support_instance.activity_count_review"
APPROVERS = "support_contract.group_support_approver"
MANAGERS = "support_contract.group_support_manager"


class ReviewRequest:
    """One to-do for each instance, on its newest count.

    :param count: `support.count` that waits
    """

    def __init__(self, count):
        count.ensure_one()
        self.env = count.env
        self.count = count

    def make(self):
        count = self.count
        count.search(
            [
                ("instance_id", "=", count.instance_id.id),
                ("id", "!=", count.id),
                ("state", "=", "to_review"),
            ]
        ).activity_unlink([ACTIVITY])
        notes = [
            self.env._(
                "%s things are new to see before a fee is computed from it.",
                count.hold_count,
            )
        ]
        user = self._get_approver()
        if not user:
            user = self._get_substitute()
            notes.append(
                self.env._(
                    "Nobody in %s may decide on it: let somebody have the right “Count "
                    "Approver”.",
                    count.company_id.name,
                )
            )
        if user:
            # A note is HTML, and a name may hold anything.
            note = plaintext2html(" ".join(notes))
            count.activity_schedule(ACTIVITY, user_id=user.id, note=note)

    def _get_approver(self):
        """Who decides: the account manager if an approver, else the first approver."""
        approvers = self._get_company_users(APPROVERS)
        manager = self.count.contract_id.user_id & approvers
        return (manager or approvers)[:1]

    def _get_substitute(self):
        """Who sees to it that somebody may decide: a manager of the company, else the
        account manager."""
        account_manager = self.count.contract_id.user_id.filtered("active")
        return (self._get_company_users(MANAGERS) or account_manager)[:1]

    def _get_company_users(self, group):
        """People of the count's company in a group, by its external id."""
        return (
            self.env.ref(group)
            .all_user_ids.filtered(
                lambda user: user.active
                and user.id != SUPERUSER_ID
                and self.count.company_id in user.company_ids
            )
            .sorted("id")
        )
