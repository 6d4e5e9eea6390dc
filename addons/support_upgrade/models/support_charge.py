# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..fees import get_extra_name, get_fee_name


class SupportCharge(models.Model):
    _inherit = "support.charge"

    upgrade_id = fields.Many2one(
        "support.upgrade",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )

    def _get_reader_names(self):
        """The fee of an upgrade, or the extra whose approval is in the key."""
        names = {}
        for charge in self.filtered("upgrade_id"):
            upgrade, key = charge.upgrade_id, charge.key
            approval = upgrade.approval_ids.filtered(
                lambda one, key=key: key.startswith(f"fee:{one._name}:{one.id}:")
            )
            if key.startswith(f"fee:{upgrade._name}:"):
                names[charge] = get_fee_name(upgrade)
            elif approval:
                names[charge] = get_extra_name(approval)
        others = self - self.browse().union(*names)
        return {**super(SupportCharge, others)._get_reader_names(), **names}

    @api.model
    def _get_evidence_domains(self):
        """That the work had started, or that the customer approved an extra."""
        return super()._get_evidence_domains() | {
            "support_upgrade": [("upgrade_id", "!=", False)]
        }
