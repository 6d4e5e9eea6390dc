# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportUpgradeModule(models.Model):
    """What becomes of one of the customer's modules in an upgrade. Clause R9."""

    _name = "support.upgrade.module"
    _description = "Module in an Upgrade"
    _inherit = ["support.upgrade.part.mixin"]
    _order = "upgrade_id, name, id"
    _check_company_auto = True

    name = fields.Char(
        string="Module", required=True, help="The technical name, such as acme_sale."
    )
    lines_before = fields.Integer(
        readonly=True, help="Lines of code in the latest count when the work started."
    )
    lines_after = fields.Integer(
        compute="_compute_lines_after",
        help="Lines of code in the latest approved count of the test instance.",
    )
    outcome = fields.Selection(
        [
            ("migrated", "Migrated"),
            ("replaced", "Replaced by standard"),
            ("dropped", "Dropped"),
        ],
        help="Migrated modules stay covered and billed. The others leave the fee.",
    )
    replaced_by = fields.Char(
        help="The standard function or module that takes over, such as sale_loyalty."
    )
    state = fields.Selection(
        [("todo", "To Do"), ("doing", "In Progress"), ("done", "Done")],
        default="todo",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Assigned To", domain="[('share', '=', False)]"
    )
    note = fields.Char(string="Remarks")

    _name_uniq = models.UniqueIndex(
        "(upgrade_id, name)", "The upgrade already has that module."
    )
    _done_has_outcome = models.Constraint(
        "CHECK (state != 'done' OR outcome IS NOT NULL)",
        "Say what becomes of a module before it is done.",
    )

    @api.depends("name", "upgrade_id.upgrade_instance_ids.last_count_id")
    def _compute_lines_after(self):
        lines = {
            upgrade: {
                module.name: module.code_lines
                for module in upgrade._get_switch_instance().last_count_id.module_ids
            }
            for upgrade in self.upgrade_id
        }
        for module in self:
            module.lines_after = lines.get(module.upgrade_id, {}).get(module.name, 0)
