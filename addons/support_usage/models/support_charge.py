# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.windows import fill_count, lists

from ..taking_back import UsageTakenBack


class SupportCharge(models.Model):
    _inherit = "support.charge"

    usage_ids = fields.One2many("support.usage", "charge_id")
    usage_count = fields.Integer(compute="_compute_usage_count")

    @api.model_create_multi
    def create(self, vals_list):
        charges = super().create(vals_list)
        if any(vals.get("usage_ids") for vals in vals_list):
            # The database takes no usage for a charge that is invoiced already.
            self.env["support.usage"].flush_model()
        return charges

    @api.depends("usage_ids")
    def _compute_usage_count(self):
        fill_count(self, "usage_count", "support.usage", link="charge_id")

    action_view_usage = lists(
        "support_usage.support_usage_action", "charge_id", context={"create": False}
    )

    def action_download_usage(self):
        """The metered transactions behind it, as CSV."""
        return self._download("usage")

    @api.model
    def _selection_correction_origin(self):
        origins = super()._selection_correction_origin()
        return [*origins, (UsageTakenBack.origin, self.env._("Usage was taken back"))]

    def _get_metered_evidence(self):
        return [*super()._get_metered_evidence(), *self.usage_ids]

    @api.model
    def _get_evidence_domains(self):
        domain = [("usage_ids", "!=", False)]
        return {**super()._get_evidence_domains(), "support_usage": domain}
