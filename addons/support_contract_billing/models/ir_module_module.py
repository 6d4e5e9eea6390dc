# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.base.models.ir_module import assert_log_admin_access

from ..uninstalling import check_evidence


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @assert_log_admin_access
    def button_uninstall(self):
        """Refuse before anything is deleted: what is posted keeps its evidence."""
        check_evidence(self | self.downstream_dependencies())
        return super().button_uninstall()
