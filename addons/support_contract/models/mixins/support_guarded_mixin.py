# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportGuardedMixin(models.AbstractModel):
    """A record that changes only while what it belongs to is open to changes.

    The checks are in the methods through which every change comes, whoever makes it and
    by whichever way: form, import, RPC, translation, another model's commands.
    """

    _name = "support.guarded.mixin"
    _description = "Record that Is Guarded Against Changes"

    @api.model
    def _get_guarded_fields(self):
        """Names of the fields that are guarded; all of them by default."""
        return self._fields.keys()

    def _check_editable(self):
        """Refuse changes of guarded fields, additions and deletions."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_created_editable()
        return records

    def _check_created_editable(self):
        """A new part of something is a change of it."""
        self._check_editable()

    def write(self, vals):
        if not self._get_guarded_fields() & vals.keys():
            return super().write(vals)
        self._check_editable()
        result = super().write(vals)
        # Again: nor may a record be moved into what is closed.
        self._check_editable()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        # Comes before `write`: the new text would be in the database already.
        if field_name in self._get_guarded_fields():
            self._check_editable()
        return super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self._check_editable()
