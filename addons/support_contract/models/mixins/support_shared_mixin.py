# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError, UserError


class SupportSharedMixin(models.AbstractModel):
    """Configuration that companies share, such as a type of service.

    It changes only by who has all companies that use it, and its code, by which imports
    and the program know it, not at all once one does.
    """

    _name = "support.shared.mixin"
    _description = "Configuration That Companies Share"
    _inherit = ["support.protected.mixin"]

    def _get_using_companies(self):
        """Companies with contracts that rest on these: `res.company`; extend."""
        return self.env["res.company"].sudo()

    def _find_companies(self, model, link):
        """Companies of the records of ``model`` that lead to these by ``link``."""
        # sudo: what other companies use is not theirs to read, and counts.
        records = self.env[model].sudo()
        groups = records._read_group([(link, "in", self.ids)], ["company_id"])
        return self.env["res.company"].sudo().union(*(one for [one] in groups))

    def _check_all_companies(self):
        """Refuse a change by somebody who lacks a company that uses these records."""
        if self._find_lacking_companies():
            raise AccessError(
                self.env._(
                    "“%(what)s” is used by contracts of a company that you do not "
                    "have. Somebody with all of them has to change it.",
                    what=self[:1].display_name,
                )
            )

    def _find_lacking_companies(self):
        """Companies that use these records, and that the user does not have."""
        if self.env.su:
            return self.env["res.company"]
        # sudo: see `_get_using_companies`.
        return self._get_using_companies() - self.env.user.sudo().company_ids

    def _check_editable(self, operation):
        if operation != "create":
            self._check_all_companies()
        return super()._check_editable(operation)

    def write(self, vals):
        if "code" in vals and not self.env.su:
            for record in self:
                if record.code != vals["code"] and record._get_using_companies():
                    raise UserError(
                        self.env._(
                            "“%(what)s” is in use, so its code stays “%(code)s”.",
                            what=record.display_name,
                            code=record.code,
                        )
                    )
        return super().write(vals)
