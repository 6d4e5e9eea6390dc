# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from odoo.addons.support_contract_billing.controllers.evidence import (
    SupportEvidenceController,
)


class SupportUsageEvidenceController(SupportEvidenceController):
    @http.route("/support/charge/<int:charge_id>/usage.csv", type="http", auth="user")
    def charge_usage(self, charge_id):
        """The metered transactions, one a row."""
        charge = self._get_charge(charge_id)
        env = request.env
        rows = [
            (
                usage.date,
                usage.type_id.name,
                usage.quantity,
                usage.reference,
                usage.note or "",
            )
            for usage in charge.usage_ids.sorted(lambda usage: (usage.date, usage.id))
        ]
        titles = (
            env._("Date"),
            env._("Kind"),
            env._("Quantity"),
            env._("Reference"),
            env._("Note"),
        )
        return self._answer(f"{charge.name} usage", titles, rows)
