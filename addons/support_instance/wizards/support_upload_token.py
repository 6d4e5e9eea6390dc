# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportUploadToken(models.TransientModel):
    """Shows a new token, once. Nothing of it is stored."""

    _name = "support.upload.token"
    _description = "Upload Token"
    _inherit = "support.window.mixin"

    token = fields.Char(store=False, readonly=True)
    preparation = fields.Char(store=False, readonly=True)
    command = fields.Char(store=False, readonly=True)
    # The command leads to our address without encryption.
    unencrypted = fields.Boolean(store=False, readonly=True)
