# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class SupportContract(models.Model):
    """What has evidence under it stays where it is. Clause R2.

    The database refuses to delete it too, in words that say nothing to people.
    """

    _inherit = "support.contract"

    @api.constrains("company_id")
    def _check_counted_company(self):
        for contract in self:
            if contract.count_ids.company_id - contract.company_id:
                raise ValidationError(
                    self.env._(
                        "%s has line counts, and evidence stays with the company that "
                        "made it. Write a new contract in the other company, and "
                        "cancel this one.",
                        contract.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        drafts = self.filtered(lambda contract: contract.state == "draft")
        # sudo: whoever deletes need not see all that hinders it.
        for contract_sudo in drafts.sudo():
            if contract_sudo.count_ids:
                raise UserError(
                    self.env._(
                        "%s has line counts. They are evidence and stay: Cancel it "
                        "instead of deleting it.",
                        contract_sudo.name,
                    )
                )
            if contract_sudo.event_ids:
                raise UserError(
                    self.env._(
                        "%s has a history, which stays: Cancel it instead of deleting "
                        "it.",
                        contract_sudo.name,
                    )
                )


class SupportInstance(models.Model):
    _inherit = "support.instance"

    @api.constrains("company_id", "contract_id")
    def _check_counted_company(self):
        for instance in self:
            if instance.count_ids.company_id - instance.company_id:
                raise ValidationError(
                    self.env._(
                        "%s has line counts, and evidence stays with the company that "
                        "made it. Enter a new one in the other company, and archive "
                        "this one.",
                        instance.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        # sudo: as above.
        for instance_sudo in self.sudo():
            if instance_sudo.count_ids:
                raise UserError(
                    self.env._(
                        "%s has line counts. They are evidence and stay: Archive it "
                        "instead of deleting it.",
                        instance_sudo.name,
                    )
                )


class SupportSource(models.Model):
    _inherit = "support.source"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        # sudo: as above.
        for source_sudo in self.sudo():
            if source_sudo.report_ids:
                raise UserError(
                    self.env._(
                        "%s has reports. They are evidence and stay: switch “Counted” "
                        "off instead of deleting it.",
                        source_sudo.display_name,
                    )
                )
