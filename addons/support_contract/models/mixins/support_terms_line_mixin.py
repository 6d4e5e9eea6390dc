# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportTermsLineMixin(models.AbstractModel):
    """A part of a version of the terms, which is as unchangeable as the version."""

    _name = "support.terms.line.mixin"
    _description = "Part of Support Terms"
    _inherit = ["support.guarded.mixin"]

    def _get_line_terms(self):
        """The versions that these lines belong to."""
        return self.terms_id

    def _check_editable(self):
        # sudo: the state counts also where the user may not see the version.
        self._get_line_terms().sudo()._check_draft()
