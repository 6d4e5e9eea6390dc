# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.base.models.ir_module import assert_log_admin_access


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @assert_log_admin_access
    def button_uninstall(self):
        """Refuse before anything is deleted: what is posted keeps its evidence."""
        (self | self.downstream_dependencies())._check_no_evidence()
        return super().button_uninstall()

    def _check_no_evidence(self):
        """Refuse to uninstall add-ons whose records prove what posted invoices charge.

        :raise UserError: for the first add-on whose evidence somebody was invoiced for
        """
        # sudo: what is posted in any company.
        charges_sudo = self.env["support.charge"].sudo()
        domains = charges_sudo._get_evidence_domains()
        for module in self.filtered(lambda module: module.name in domains):
            # An invoice that was credited and made anew rests on them as well.
            posted = Domain("move_line_id.parent_state", "=", "posted") | Domain(
                "former_line_ids.parent_state", "=", "posted"
            )
            charges = charges_sudo.search(posted & Domain(domains[module.name]))
            lines = charges.move_line_id | charges.former_line_ids
            if invoices := lines.move_id.filtered(lambda move: move.state == "posted"):
                raise UserError(
                    self.env._(
                        "%(addon)s cannot be uninstalled: its records prove what "
                        "%(count)s posted invoices charge, such as %(invoice)s.",
                        addon=module.shortdesc,
                        count=len(invoices),
                        invoice=invoices[:1].name,
                    )
                )
