# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    """A topic that the customer chooses proposes what kind of work it is."""

    _inherit = "helpdesk.ticket.category"

    scope_category_id = fields.Many2one(
        "support.scope.category",
        string="Proposed Category of Work",
        ondelete="set null",
        groups="base.group_user",
        help="New tickets about this topic begin as this kind of work. Empty: as those "
        "of the topic above it.",
    )

    def _propose_scope(self):
        """The kind of work that a topic proposes, or none."""
        # sudo: customers choose topics.
        topic = self.sudo()
        while topic and not topic.scope_category_id:
            topic = topic.parent_id
        return topic.scope_category_id
