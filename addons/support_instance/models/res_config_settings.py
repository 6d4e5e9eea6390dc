# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import human_size

from .. import cloc
from ..cloc.addresses import parse_allowed, parse_hosts

PARAMETER = "support_contract.allowed_addresses"
PLAIN_PARAMETER = "support_contract.plain_hosts"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    support_count_days = fields.Integer(
        related="company_id.support_count_days", readonly=False
    )
    support_count_minutes = fields.Integer(
        related="company_id.support_count_minutes", readonly=False
    )
    support_cache_size = fields.Char(
        string="Fetched Code",
        compute="_compute_support_cache_size",
        help="What fetched repositories and remembered results take on the disk of "
        "this server.",
    )

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

    def _compute_support_cache_size(self):
        folder = self.env["support.instance"]._get_count_cache_dir()
        size = human_size(cloc.folder_size(folder))
        for settings in self:
            settings.support_cache_size = size

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
