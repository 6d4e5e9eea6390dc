# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportSecretLog(models.AbstractModel):
    _inherit = "support.secret.log"

    @api.model
    def _get_secret_names(self):
        return super()._get_secret_names() | {"secret_encrypted", "token_hash"}

    @api.model
    def _get_secret_models(self):
        return super()._get_secret_models() | {
            "support.credential",
            "support.upload.token",
        }
