# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, models
from odoo.tools import plaintext2html

MANAGERS = "support_contract.group_support_manager"


class SupportContract(models.Model):
    """Where it says what went wrong with a contract unattended, and who is told."""

    _inherit = "support.contract"

    def _record_failure(self, field_name, activity, error, group=MANAGERS):
        """Leave the reason on the contract, and one to-do with who looks after it.

        :param field_name: the text that keeps the reason until the next success
        :param activity: external id of the to-do's type
        :param group: who gets it where nobody in particular looks after the contract
        """
        self.ensure_one()
        reason = str(error) or repr(error)
        self[field_name] = reason
        # A note is HTML, and what went wrong may hold anything.
        note = plaintext2html(reason)
        if activities := self.activity_search([activity]):
            activities.note = note
            return
        self.activity_schedule(
            activity, note=note, user_id=self._get_responsible_user(group).id
        )

    def _clear_failure(self, field_name, activity):
        """It works again: take the reason and the to-do away."""
        self.filtered(field_name)[field_name] = False
        self.activity_unlink([activity])

    def _get_responsible_user(self, group=MANAGERS):
        """Who looks after the contract: its account manager, else one of a group.

        :param group: external id of the group
        """
        self.ensure_one()
        own = self.user_id.filtered("active")
        others = self.env.ref(group).all_user_ids.filtered(
            lambda user: user.active
            and user.id != SUPERUSER_ID
            and self.company_id in user.company_ids
        )
        return (own or others.sorted("id") or self.env.user)[:1]
