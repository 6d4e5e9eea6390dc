# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..cloc.addresses import Policy, parse_allowed, parse_hosts

PARAMETER = "support_contract.allowed_addresses"
PLAIN_PARAMETER = "support_contract.plain_hosts"


class SupportSource(models.Model):
    """Which servers our server may be sent to for code (see cloc/addresses.py)."""

    _inherit = "support.source"

    def _get_address_policy(self):
        """What staff may enter; a customer's address has a narrower policy."""
        # sudo: every consultant may count, only administrators read parameters.
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return Policy(
            internal=True,
            allowed=parse_allowed(get_param(PARAMETER)),
            plain=parse_hosts(get_param(PLAIN_PARAMETER)),
        )

    def _get_git_source(self):
        source = super()._get_git_source()
        return replace(source, policy=self._get_address_policy())


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    support_allowed_addresses = fields.Char(
        string="Allowed Addresses",
        config_parameter=PARAMETER,
        help="Host names (git.example.com, *.example.com), networks (10.1.0.0/16) and "
        "folders of this server (/srv/git) that code may be read from. Empty: every "
        "address that staff enter.",
    )

    support_plain_hosts = fields.Char(
        string="Hosts Without Encryption",
        config_parameter=PLAIN_PARAMETER,
        help="Names of hosts that passwords and API keys may be sent to over http://, "
        "where everybody on the way can read them. Empty: none but this server itself.",
    )

    @api.constrains("support_plain_hosts")
    def _check_support_plain_hosts(self):
        for settings in self:
            try:
                parse_hosts(settings.support_plain_hosts)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%s is no host name. Enter names such as git.example.com.",
                        error,
                    )
                ) from error

    @api.constrains("support_allowed_addresses")
    def _check_support_allowed_addresses(self):
        for settings in self:
            try:
                parse_allowed(settings.support_allowed_addresses)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%s is no host name, network or folder. Enter names such as "
                        "git.example.com, networks such as 10.1.0.0/16, or absolute "
                        "folders.",
                        error,
                    )
                ) from error
