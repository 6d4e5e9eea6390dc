# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportInstance(models.Model):
    """Instances that an upgrade needs, and those that it changes. Clauses R5, R8."""

    _inherit = "support.instance"

    upgrade_id = fields.Many2one(
        "support.upgrade",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The upgrade that this instance was set up for; its fee covers it.",
        check_company=True,
    )
    upgraded_by_ids = fields.One2many(
        "support.upgrade", "instance_id", string="Upgrades"
    )
