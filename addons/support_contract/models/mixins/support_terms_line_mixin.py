# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportTermsLineMixin(models.AbstractModel):
    """A part of a version of the terms, which is as unchangeable as the version.

    The checks are in the methods through which every change comes, whoever makes it and
    by whichever way: form, import, RPC, translation, another model's commands.
    """

    _name = "support.terms.line.mixin"
    _description = "Part of Support Terms"

    def _get_line_terms(self):
        """The versions that these lines belong to."""
        return self.terms_id

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_terms_draft()
        return lines

    def write(self, vals):
        self._check_terms_draft()
        result = super().write(vals)
        # Again: a line cannot be moved into a published version either.
        self._check_terms_draft()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        # Comes before `write`: the new text would be in the database already.
        self._check_terms_draft()
        return super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_terms_draft()

    def _check_terms_draft(self):
        # sudo: the state counts also where the user may not see the version.
        self._get_line_terms().sudo()._check_draft()
