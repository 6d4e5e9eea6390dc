# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace

from odoo import models

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
