# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from .. import cloc

_logger = logging.getLogger(__name__)


class SupportInstance(models.Model):
    """One Odoo installation of a customer: where code runs and lines are counted."""

    _name = "support.instance"
    _description = "Support Instance"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "contract_id, sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one(
        "support.contract", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    role = fields.Selection(
        [
            ("production", "Production"),
            ("test", "Test"),
            ("development", "Development"),
            ("standard_test", "Standard Test"),
        ],
        default="production",
        required=True,
    )
    billed = fields.Boolean(
        compute="_compute_billed",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The lines of this instance enter the monthly fee. "
        "By default only those of production do.",
    )
    url = fields.Char(string="URL")
    series = fields.Char(string="Odoo Version", help='Such as "17.0".')
    in_vm_pool = fields.Boolean(
        string="In Our VM Pool",
        help="Technical support includes what runs inside the pool only.",
    )
    source_ids = fields.One2many("support.source", "instance_id", copy=True)
    count_ids = fields.One2many("support.count", "instance_id")
    last_count_id = fields.Many2one(
        "support.count", string="Latest Approved Count", compute="_compute_last_count"
    )
    code_lines = fields.Integer(string="Lines of Code", compute="_compute_last_count")
    date_counted = fields.Datetime(
        readonly=True, copy=False, help="When the code was last read successfully."
    )
    count_error = fields.Text(
        string="Count Failure",
        readonly=True,
        copy=False,
        help="Why the latest attempt to count failed; the next success clears it.",
    )

    @api.depends("role")
    def _compute_billed(self):
        for instance in self:
            instance.billed = instance.role == "production"

    @api.depends("count_ids.state", "count_ids.code_lines")
    def _compute_last_count(self):
        last = dict(
            self.env["support.count"]._read_group(
                [("instance_id", "in", self.ids), ("state", "=", "approved")],
                ["instance_id"],
                ["id:recordset"],
            )
        )
        for instance in self:
            counts = last.get(instance._origin, self.env["support.count"])
            instance.last_count_id = counts.sorted("id")[-1:]
            instance.code_lines = instance.last_count_id.code_lines

    @api.depends("name", "contract_id.partner_id.name")
    def _compute_display_name(self):
        for instance in self:
            customer = instance.contract_id.partner_id.name
            instance.display_name = " / ".join(filter(None, [customer, instance.name]))

    def action_count(self):
        """Count the lines of each instance now, from its sources' latest revision.

        :raise UserError: when a source cannot be read; nothing is counted then
        :return: the action that shows the counts
        """
        counts = self.env["support.count"]
        for instance in self:
            try:
                counts |= instance._record_count(instance._read_sources())
            except cloc.CountError as error:
                raise UserError(
                    self.env._(
                        "%(instance)s could not be counted. %(reason)s",
                        instance=instance.display_name,
                        reason=error,
                    )
                ) from error
        return counts._get_records_action(name=self.env._("Line Counts"))

    def action_view_counts(self):
        self.ensure_one()
        return self.count_ids._get_records_action(name=self.env._("Line Counts"))

    @api.model
    def _get_count_cache_dir(self):
        """Folder of fetched repositories and of results by file; safe to delete."""
        return Path(config["data_dir"]) / "support_contract"

    def _read_sources(self):
        """Fetch and count each source of the instance; touches no record.

        :return: list of (source record, :class:`..cloc.Count`), in the sources' order
        :raise cloc.CountError: with a sentence that says what to do
        """
        self.ensure_one()
        if not self.source_ids:
            raise cloc.CountError(self.env._("Add a code source to it."))
        cache_dir = self._get_count_cache_dir()
        return [(source, source._read_count(cache_dir)) for source in self.source_ids]

    def _record_count(self, readings):
        """The count of `readings`: the latest one if it is the same, else a new one.

        :param readings: as `_read_sources` returns it
        :return: `support.count`
        """
        self.ensure_one()
        # No counter may run between the look at the latest count and the new one.
        self.lock_for_update(allow_referencing=True)
        Count = self.env["support.count"]
        digest = Count._get_digest(readings)
        for source, reading in readings:
            # sudo: a consultant may count, but not change where code comes from.
            source.sudo().revision = reading.revision
        # sudo: these fields are the system's own note, not the consultant's.
        self.sudo().write({"date_counted": fields.Datetime.now(), "count_error": False})
        latest = Count.search([("instance_id", "=", self.id)], order="id desc", limit=1)
        if latest.digest == digest and latest.state != "rejected":
            return latest
        # sudo: nobody may write a count by hand, it comes from the counter alone.
        count_sudo = Count.sudo()._create_from(self, readings, digest)
        count_sudo._approve_if_unquestioned()
        return count_sudo.sudo(False)
