# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models

from odoo.addons.support_contract.periods import Period
from odoo.addons.support_contract.windows import fill_count, lists

from ..price import get_usage_name
from ..taking_back import UsageTakenBack

# As `support.contract` makes them.
USAGE_KEY = re.compile(r"usage:[\w.]+:\d+/(?P<type>\d+):[\d-]+(?P<late>/\d+)?")


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

    def _get_reader_names(self):
        """Usage of a kind in a month: which kind and whether it came late is in the
        key.
        """
        usage = {
            charge: found
            for charge in self
            if charge.kind == "usage"
            and not charge.corrects_id
            and (found := USAGE_KEY.fullmatch(charge.key))
        }
        kinds = self.env["support.service.type"].browse(
            {int(found["type"]) for found in usage.values()}
        )
        known, names = {kind.id: kind for kind in kinds.exists()}, {}
        for charge, found in usage.items():
            if kind := known.get(int(found["type"])):
                days = Period(charge.period_start, charge.period_end)
                names[charge] = get_usage_name(kind, days, bool(found["late"]))
        others = self - self.browse().union(*names)
        return {**super(SupportCharge, others)._get_reader_names(), **names}

    def _get_correction_name(self, corrected):
        if self.correction_origin == UsageTakenBack.origin:
            return self.env._("Taken back: %s", corrected)
        return super()._get_correction_name(corrected)

    def _get_metered_evidence(self):
        return [*super()._get_metered_evidence(), *self.usage_ids]

    @api.model
    def _get_evidence_domains(self):
        domain = [("usage_ids", "!=", False)]
        return {**super()._get_evidence_domains(), "support_usage": domain}
