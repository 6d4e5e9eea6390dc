# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportHistoryMixin(models.AbstractModel):
    """Settings that decide amounts and postings: each change is in the history."""

    _name = "support.history.mixin"
    _description = "Settings with a History"

    @api.model
    def _get_history_fields(self):
        """Names of the settings whose changes are written down: a set; extend."""
        return set()

    def _filter_history(self):
        """Those of these records that decide something; extend."""
        return self

    def _get_history_company(self):
        """The company whose setting it is; none if all companies have it; extend."""
        return self.company_id if "company_id" in self._fields else None

    def write(self, vals):
        names = sorted(self._get_history_fields() & vals.keys())
        records = self._filter_history() if names else self.browse()
        before = {
            (record, name): record._describe_setting(name)
            for record in records
            for name in names
        }
        result = super().write(vals)
        for (record, name), old in before.items():
            new = record._describe_setting(name)
            if old != new:
                self.env["support.history"]._log(
                    "setting",
                    record,
                    record._get_history_company(),
                    field_name=name,
                    before=old,
                    after=new,
                )
        return result

    def _describe_setting(self, name):
        """The value of a setting, as text."""
        self.ensure_one()
        field = self._fields[name]
        # sudo: what is written down does not depend on what its writer may read.
        value = self.sudo()[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return str(value) if value or value == 0 and value is not False else ""
