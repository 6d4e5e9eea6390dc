# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportCredential(models.Model):
    """The API key of a user of a running Odoo."""

    _inherit = "support.credential"

    kind = fields.Selection(
        selection_add=[("api", "API key of an Odoo")],
        # Stored as it is: sources that are not read any more go on naming it.
        ondelete={"api": lambda credentials: None},
    )
