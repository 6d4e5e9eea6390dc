# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS

from ...sent import Sent, defaults_from_outside

PERMISSION = object()
# What Odoo's own add-ons have on many models, and look after.
ODOO_S_LINKS = {"create_uid", "write_uid", "message_main_attachment_id"}
LINKS = {"many2one", "many2many", "many2one_reference", "reference"}


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

    *Links* lead only to what their writer may read, and those to what a record is a
    part of stay in its company: a record is not moved to where its writer has no
    business.

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

    @api.model
    def _get_checked_links(self):
        """Names of the fields whose records the writer needs to be able to read."""
        return {
            name
            for name, field in self._fields.items()
            if field.type in LINKS and name not in ODOO_S_LINKS
        }

    @api.model
    def _get_parent_links(self):
        """{name of a link to what these records are a part of: ``read`` or ``write``}.

        What its writer needs there: ``write`` where only those who write the whole
        write such a part, ``read`` where others do as well. Extend.
        """
        return {}

    def _check_links(self, vals_list):
        """Refuse values that lead to what is closed to the caller."""
        if self.env.su:
            return
        names = self._get_checked_links()
        sent = [
            {name: vals[name] for name in names & vals.keys()} for vals in vals_list
        ]
        Sent(self, *sent).check_access()
        for name, operation in self._get_parent_links().items():
            for parents in Sent(
                self, *({name: vals[name]} for vals in sent if name in vals)
            ).find_records():
                parents.check_access(operation)
                self._check_same_company(name, parents)

    @api.model
    def _check_new_links(self, vals_list):
        """Refuse values and defaults of new records that lead to what is closed."""
        if not self.env.su:
            defaults = defaults_from_outside(self)
            self.browse()._check_links([{**defaults, **vals} for vals in vals_list])

    def _check_same_company(self, name, parents):
        """Refuse to move records into another company, along with what they join."""
        # sudo: what they belong to now may be closed to the caller.
        owners = self.sudo() if "company_id" in self else self.sudo()[name]
        if "company_id" not in parents or "company_id" not in owners:
            return
        if owners.company_id and owners.company_id != parents.company_id:
            raise UserError(
                self.env._(
                    "“%(what)s” belongs to another company than “%(record)s”.",
                    what=parents[:1].display_name,
                    record=self[:1].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self._has_permission():
            return super().create(vals_list)
        for vals in vals_list:
            self._check_system_fields(vals)
        self._check_new_links(vals_list)
        self = without_defaults(self, self._get_system_fields())
        records = super().create(vals_list)
        records._check_editable("create")
        return records

    def write(self, vals):
        if self._has_permission():
            return super().write(vals)
        self._check_system_fields(vals)
        self._check_links([vals])
        if not self._get_guarded_fields() & vals.keys():
            return super().write(vals)
        self._check_editable("write")
        result = super().write(vals)
        # Again: nor may a record be moved into what is closed.
        self._check_editable("write")
        return result

    def onchange(self, values, field_names, fields_spec):
        if not field_names and not self.env.su:
            # A new form shows what its defaults lead to.
            names = self._get_checked_links()
            defaults = defaults_from_outside(self)
            sent = {name: defaults[name] for name in names & defaults.keys()}
            Sent(self.browse(), sent).check_access()
        return super().onchange(values, field_names, fields_spec)

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
