# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.windows import get_list_action


class SupportUpgrade(models.Model):
    """The work on an upgrade, and the time that it takes."""

    _inherit = "support.upgrade"

    time_hours = fields.Float(
        string="Hours Worked",
        compute="_compute_time_hours",
        compute_sudo=True,
        groups="base.group_user",
    )

    def _compute_time_hours(self):
        Line = self.env["account.analytic.line"]
        for upgrade in self:
            [[minutes]] = Line._read_group(
                upgrade._get_time_domain(), [], ["support_minutes:sum"]
            )
            upgrade.time_hours = (minutes or 0) / 60

    def write(self, vals):
        result = super().write(vals)
        if "right_no" in vals:
            self._evaluate_works()
        return result

    def action_view_time(self):
        """The time on its work; a button."""
        self.ensure_one()
        self.check_access("read")
        return get_list_action(
            self.env._("Time"),
            "account.analytic.line",
            list(self._get_time_domain()),
            context={"create": False},
        )

    def _get_time_domain(self):
        """Time on the work of these upgrades."""
        fields_of_work = self.env["account.analytic.line"]._get_work_fields()
        return Domain.OR(
            Domain(f"{name}.upgrade_id", "in", self.ids) for name in fields_of_work
        )

    def _evaluate_works(self):
        """Judge the work on these upgrades anew: their right is another one."""
        for name in self.env["support.work.verdict"]._get_work_models():
            # sudo: the right counts for all work, whoever may read it.
            works_sudo = self.env[name].sudo()
            works_sudo.search([("upgrade_id", "in", self.ids)])._evaluate()
