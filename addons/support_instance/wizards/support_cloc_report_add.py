# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.proposed import PROPOSED

from ..cloc import CountError
from ..models.support_source import REPORT_KINDS


class SupportClocReportAdd(models.TransientModel):
    """Enter what an instance's own `odoo cloc -v` has printed."""

    _name = "support.cloc.report.add"
    _description = "Add Line Count Report"
    _inherit = "support.window.mixin"

    instance_id = fields.Many2one("support.instance", required=True, readonly=True)
    odoo_version = fields.Char(
        compute="_compute_odoo_version",
        required=True,
        help="Of the Odoo that has counted; the report does not tell.",
        **PROPOSED,
    )
    text = fields.Text(
        string="Report", help="Everything that `odoo cloc -d DATABASE -v` prints."
    )
    file = fields.Binary(attachment=False)
    file_name = fields.Char()

    @api.depends("instance_id")
    def _compute_odoo_version(self):
        for wizard in self:
            wizard.odoo_version = wizard.instance_id.series

    def action_add(self):
        """Check the report, store it and count the instance by it."""
        self.ensure_one()
        instance = self.instance_id
        source = instance.source_ids.filtered(lambda s: s.kind in REPORT_KINDS)[:1]
        if not source and instance.is_agreed:
            raise UserError(
                self.env._(
                    "%(contract)s is signed, and %(instance)s is counted from its "
                    "other sources. Enter a source of kind “Report” on the instance, "
                    "then press Amend there and choose it.",
                    contract=instance.contract_id.name,
                    instance=instance.name,
                )
            )
        if not source:
            source = source.create({"instance_id": instance.id, "kind": "report"})
        try:
            self.env["support.cloc.report"]._receive(
                source, self._get_text(), self.odoo_version
            )
            count = instance._record_count(instance._read_sources())
        except CountError as error:
            raise UserError(str(error)) from error
        return count._get_records_action(name=self.env._("Line Counts"))

    def _get_text(self):
        if self.file:
            try:
                return base64.b64decode(self.file, validate=True)
            except binascii.Error as error:
                raise UserError(self.env._("The file cannot be read.")) from error
        if not self.text:
            raise UserError(self.env._("Paste the report, or choose its file."))
        return self.text
