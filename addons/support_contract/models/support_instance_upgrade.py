# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportInstance(models.Model):
    """Instances that an upgrade needs, and those that it changes. Clauses R5, R8."""

    _name = "support.instance"
    _inherit = ["support.instance", "support.amendable"]

    upgrade_id = fields.Many2one(
        "support.upgrade",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The upgrade that this instance was set up for; its fee covers it.",
    )
    upgraded_by_ids = fields.One2many(
        "support.upgrade", "instance_id", string="Upgrades"
    )

    def _get_amended_contract(self):
        return self.contract_id

    def _check_created_editable(self):
        """An instance may be added to a signed contract at any time."""

    def _unlink_except_signed_part(self):
        """Instances have no agreed fields; their counts are protected themselves."""


class SupportSource(models.Model):
    """Where code comes from. An upgrade replaces it, and keeps what was there."""

    _name = "support.source"
    _inherit = ["support.source", "support.amendable"]

    active = fields.Boolean(
        default=True, help="What is archived is not counted any more."
    )

    def _get_amended_contract(self):
        return self.instance_id.contract_id

    def _check_created_editable(self):
        """Sources come with their instance."""

    def _unlink_except_signed_part(self):
        """Sources go with their instance."""
