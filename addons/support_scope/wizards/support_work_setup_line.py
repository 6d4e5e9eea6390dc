# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.support_contract.windows import get_list_action


class SupportWorkSetupLine(models.TransientModel):
    """One step of setting up, and whether it is done."""

    _name = "support.work.setup.line"
    _description = "Step of Setting Up Work and Time"
    _inherit = "support.window.mixin"
    _order = "setup_id, sequence, id"

    setup_id = fields.Many2one("support.work.setup", ondelete="cascade", index=True)
    sequence = fields.Integer()
    name = fields.Char(string="Step")
    is_done = fields.Boolean(string="Done")
    number = fields.Integer(string="Missing")
    detail = fields.Char()
    res_model = fields.Char()
    res_domain = fields.Json()

    def action_open(self):
        """What is missing; a button."""
        self.ensure_one()
        if not self.res_model:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "support_instance.support_settings_action"
            )
        return get_list_action(
            self.name,
            self.res_model,
            self.res_domain or [],
            context={"create": False},
        )
