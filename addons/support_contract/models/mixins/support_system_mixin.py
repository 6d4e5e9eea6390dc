# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError

from ...guard import without_defaults


class SupportSystemMixin(models.AbstractModel):
    """Fields that the system alone writes, whatever a call from outside says.

    A field that is read-only in forms can still be written over RPC. Buttons and
    scheduled actions write these as superuser.
    """

    _name = "support.system.mixin"
    _description = "Fields that the System Writes"

    @api.model
    def _get_system_fields(self):
        """Names of the fields; extend."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_system_fields(vals)
        # Nor may a default from outside set them.
        self = without_defaults(self, self._get_system_fields())
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        return super().write(vals)

    @api.model
    def _check_system_fields(self, vals):
        if self.env.su:
            return
        for name in self._get_system_fields() & vals.keys():
            raise AccessError(
                self.env._(
                    "“%(field)s” is written by the system alone: by its buttons and "
                    "scheduled actions.",
                    field=self._fields[name]._description_string(self.env),
                )
            )
