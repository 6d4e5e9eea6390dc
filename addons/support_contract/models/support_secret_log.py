# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .. import secret_log


class SupportSecretLog(models.AbstractModel):
    """What the server's log never tells; see `secret_log.py`."""

    _name = "support.secret.log"
    _description = "Secrets Kept out of the Log"

    @api.model
    def _get_secret_names(self):
        """Names of fields, of parameters of an address and of keys in what is sent,
        whose values are masked in the log: a set. Extend it with your own."""
        return {
            # Links in mails and on the portal, Odoo's among them
            *("access_token", "signup_token", "token", "hash"),
            *("password", "new_password", "api_key", "apikey", "access_key"),
            *("secret", "client_secret", "private_key", "passphrase"),
        }

    @api.model
    def _get_secret_models(self):
        """Names of models whose calls are told without their arguments, as these come
        in ways that no name tells, such as the rows of an import: a set."""
        return set()

    def _register_hook(self):
        super()._register_hook()
        secret_log.install(self._get_secret_names(), self._get_secret_models())
