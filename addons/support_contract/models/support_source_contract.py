# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

# What of a source is agreed, and told of a day.
SOURCE_FIELDS = ("kind", "url", "branch", "subdirectory", "active")


class SupportSource(models.Model):
    """What the contract asks of counted code."""

    _name = "support.source"
    _inherit = ["support.source", "support.system.mixin"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        # sudo: whoever deletes need not see all that hinders it.
        for source_sudo in self.sudo():
            if source_sudo.report_ids:
                raise UserError(
                    self.env._(
                        "%s has reports. They are evidence and stay: switch “Counted” "
                        "off instead of deleting it.",
                        source_sudo.display_name,
                    )
                )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"revision", "token_date"}

    def _values_on(self, day):
        self.ensure_one()
        return {name: self._value_on(name, day) for name in SOURCE_FIELDS}

    def _describe_on(self, values):
        """What was counted, with the ``values`` of a day."""
        self.ensure_one()
        if values["kind"] != "git":
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            return f"{kinds[values['kind']]} {values['url'] or ''}".strip()
        where = f"{values['url']} ({values['branch']})"
        if values["subdirectory"]:
            where = f"{where}: {values['subdirectory']}"
        return where
