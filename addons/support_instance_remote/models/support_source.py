# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.support_instance import cloc

from ..customization import RemoteReader
from ..odoo_client import Server


class SupportSource(models.Model):
    """A running Odoo: what is installed, and what is customized in its database."""

    _inherit = "support.source"

    kind = fields.Selection(
        selection_add=[("remote", "Running Odoo")],
        # Stored as it is: sources and their counts stay readable (see hooks.py).
        ondelete={"remote": lambda sources: None},
        help="A repository is fetched and counted here. A report is what the "
        "instance's own `odoo cloc -v` prints: pasted by staff, or sent by the "
        "customer's server. A running Odoo tells which modules are installed, and "
        "what is customized in its database.",
    )
    protocol = fields.Selection(
        [("json2", "Odoo 19 and later"), ("jsonrpc", "Odoo 14 to 18")],
        default="json2",
        help="How it is asked: by JSON-2 or by JSON-RPC.",
    )
    database = fields.Char(
        help="Its name. Odoo 19 and later need it only where one address has several."
    )

    @api.constrains("kind", "url", "protocol", "database", "credential_id")
    def _check_remote(self):
        for source in self.filtered(lambda source: source.kind == "remote"):
            try:
                Server(source.url or "", source.protocol or "json2")
            except cloc.CountError as error:
                raise ValidationError(str(error)) from error
            if not source.credential_id:
                raise ValidationError(
                    self.env._("Choose the credentials: an API key of that Odoo.")
                )
            if source.protocol == "jsonrpc" and not source.database:
                raise ValidationError(
                    self.env._("Enter the name of the database: JSON-RPC needs it.")
                )

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"database"}

    def _prepare_next_version_vals(self):
        return super()._prepare_next_version_vals() | {
            "protocol": self.protocol,
            "database": self.database,
        }

    def _get_address(self):
        return (*super()._get_address(), self.database or "")

    def _get_credential_fit(self):
        if self.kind != "remote":
            return super()._get_credential_fit()
        return "api", Server(self.url or "", self.protocol or "json2").url

    def _get_reader_remote(self):
        # sudo: who may count need not be able to see credentials.
        credential = self.credential_id.sudo()
        return RemoteReader(
            server=Server(
                url=self.url or "",
                protocol=self.protocol or "json2",
                database=self.database or "",
                login=credential.login or "",
                key=credential._get_sealed(),
                policy=self._get_address_policy(),
            )
        )
