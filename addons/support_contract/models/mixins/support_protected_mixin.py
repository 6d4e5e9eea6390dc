# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS

PERMISSION = object()


def without_defaults(records, names):
    """``records`` without defaults from outside for fields that the system writes."""
    defaults = {f"default_{name}" for name in names}
    if not defaults & records.env.context.keys():
        return records
    return records.with_context(  # pylint: disable=context-overridden
        {
            key: value
            for key, value in records.env.context.items()
            if key not in defaults
        }
    )


class SupportProtectedMixin(models.AbstractModel):
    """What nobody changes past the rules, by whichever way: form, import, RPC,
    translation, another model's commands. The one write protection of the suite.

    *Guarded* fields change, and records come and go, while ``_check_editable`` says
    nothing against it. *System* fields are written by the system alone: a field that is
    read-only in forms can still be written over RPC. Both sets are methods to extend.

    Procedures that have made their own checks, such as an amendment, write with
    ``records._with_permission()``. The permission travels in the context as one very
    object: a context that comes over RPC is made of JSON, and no JSON value is
    identical to it.
    """

    _name = "support.protected.mixin"
    _description = "Record that Is Protected Against Changes"

    def _with_permission(self):
        """These records with the permission to change what is protected."""
        return self.with_context(support_permission=PERMISSION)

    def _has_permission(self):
        return self.env.context.get("support_permission") is PERMISSION

    @api.model
    def _get_guarded_fields(self):
        """Names of the fields that are guarded; all of them by default."""
        return self._fields.keys()

    def _check_editable(self, operation):
        """Refuse additions, changes of guarded fields and deletions.

        :param operation: ``create`` (the records are there already), ``write`` or
            ``unlink``
        """

    @api.model
    def _get_system_fields(self):
        """Names of the fields that buttons and scheduled actions write as superuser."""
        return set()

    @api.model
    def _get_readonly_fields(self):
        """Names of the stored fields that no form lets anybody enter: a set."""
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and not field.compute
        }.difference(MAGIC_COLUMNS)

    def _check_system_fields(self, vals):
        """Refuse what the system alone writes; there are no records yet when some are
        created. Extend it with what its buttons alone change.
        """
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

    @api.model_create_multi
    def create(self, vals_list):
        if self._has_permission():
            return super().create(vals_list)
        for vals in vals_list:
            self._check_system_fields(vals)
        self = without_defaults(self, self._get_system_fields())
        records = super().create(vals_list)
        records._check_editable("create")
        return records

    def write(self, vals):
        if self._has_permission():
            return super().write(vals)
        self._check_system_fields(vals)
        if not self._get_guarded_fields() & vals.keys():
            return super().write(vals)
        self._check_editable("write")
        result = super().write(vals)
        # Again: nor may a record be moved into what is closed.
        self._check_editable("write")
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        # Comes before `write`: the new text would be in the database already.
        if not self._has_permission() and field_name in self._get_guarded_fields():
            self._check_editable("write")
        return super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_protected(self):
        if not self._has_permission():
            self._check_editable("unlink")
