# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib
import logging
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import config

from .. import cloc
from ..guard import amending, is_amending

_logger = logging.getLogger(__name__)


class SupportInstance(models.Model):
    """One Odoo installation of a customer: where code runs and lines are counted."""

    _name = "support.instance"
    _description = "Support Instance"
    _inherit = ["support.thread.mixin", "mail.activity.mixin"]
    # Not by contract: its own order reads dates that are computed from services.
    _order = "sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one(
        "support.contract",
        ondelete="cascade",
        index=True,
        help="Empty for a standard test instance: it serves every customer of its "
        "Odoo version.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
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
        help="The lines of this instance enter the monthly fee. By default only those "
        "of production do; under a signed contract an amendment says from when.",
    )
    url = fields.Char(string="URL")
    series = fields.Char(string="Odoo Version", help='Such as "17.0".')
    edition = fields.Selection(
        [("community", "Community"), ("enterprise", "Enterprise")], default="community"
    )
    hosted_by = fields.Selection(
        [("us", "Us"), ("customer", "The customer"), ("other", "Somebody else")],
        default="us",
    )
    in_vm_pool = fields.Boolean(
        string="In Our VM Pool",
        compute="_compute_in_vm_pool",
        store=True,
        readonly=False,
        precompute=True,
        help="Technical support includes what runs inside the pool only (clause R16).",
    )
    date_end = fields.Date(
        string="Closes On",
        copy=False,
        help="Its last day. From the day after it is not counted any more. A fee comes "
        "from the instances that are billed when its month begins, so that it is known "
        "then: one that closes inside a month is left out from the next.",
    )
    dataset_version = fields.Char(
        string="Standard Data Set",
        help="The version of the standardised test data on it. A bug counts as one "
        "when it is reproduced there (clause R15).",
    )
    module_ids = fields.One2many("support.instance.module", "instance_id")
    module_count = fields.Integer(compute="_compute_module_count")
    status = fields.Selection(
        [
            ("ok", "All well"),
            ("uncounted", "Not counted yet"),
            ("to_review", "Count to review"),
            ("failed", "Count failed"),
            ("closed", "Closed"),
        ],
        compute="_compute_status",
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

    _contract_or_standard = models.Constraint(
        "CHECK (contract_id IS NOT NULL OR role = 'standard_test')",
        "Choose the contract. Only a standard test instance has none.",
    )

    @api.depends("contract_id.company_id")
    def _compute_company_id(self):
        for instance in self:
            instance.company_id = (
                instance.contract_id.company_id
                or instance.company_id
                or self.env.company
            )

    @api.depends("hosted_by")
    def _compute_in_vm_pool(self):
        for instance in self:
            instance.in_vm_pool = instance.hosted_by == "us"

    @api.depends("module_ids")
    def _compute_module_count(self):
        counts = dict(
            self.env["support.instance.module"]._read_group(
                [("instance_id", "in", self.ids)], ["instance_id"], ["__count"]
            )
        )
        for instance in self:
            instance.module_count = counts.get(instance._origin, 0)

    @api.depends("count_error", "billed", "date_end", "count_ids.state")
    def _compute_status(self):
        waiting = dict(
            self.env["support.count"]._read_group(
                [("instance_id", "in", self.ids), ("state", "=", "to_review")],
                ["instance_id"],
                ["__count"],
            )
        )
        for instance in self:
            today = (
                instance.company_id._support_today() if instance.company_id else None
            )
            if today and instance._is_closed_on(today):
                instance.status = "closed"
            elif instance.count_error:
                instance.status = "failed"
            elif waiting.get(instance._origin):
                instance.status = "to_review"
            elif instance.billed and not instance.last_count_id:
                instance.status = "uncounted"
            else:
                instance.status = "ok"

    @api.depends("role")
    def _compute_billed(self):
        for instance in self:
            contract = instance.contract_id
            agreed = contract.state not in (False, "draft", "cancelled")
            if agreed and (instance._origin or not is_amending(instance)):
                # What is billed is agreed by now: nothing changes that by itself, and a
                # new instance is billed from the day of an amendment.
                instance.billed = instance._origin.billed
                continue
            instance.billed = bool(
                contract and contract._get_agreed(f"bill_{instance.role}").value
            )

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

    @api.depends("name", "role", "series", "contract_id.partner_id.name")
    def _compute_display_name(self):
        for instance in self:
            customer = instance.contract_id.partner_id.name or (
                instance.role == "standard_test" and instance.series
            )
            instance.display_name = " / ".join(filter(None, [customer, instance.name]))

    def action_count(self):
        """Count the lines of each instance now, from its sources' latest revision.

        :raise UserError: when a source cannot be read; nothing is counted then
        :return: the action that shows the counts
        """
        counts = self.env["support.count"]
        # All are read before anything is written: nothing is locked while a server
        # does not answer.
        read = []
        for instance in self:
            with instance._telling_failure():
                read.append((instance, instance._read_sources()))
        for instance, readings in read:
            with instance._telling_failure():
                counts |= instance._record_count(readings, again=True)
        return counts._get_records_action(name=self.env._("Line Counts"))

    @contextlib.contextmanager
    def _telling_failure(self):
        """Say to a person which instance could not be counted, and why."""
        self.ensure_one()
        try:
            yield
        except cloc.CountError as error:
            raise UserError(
                self.env._(
                    "%(instance)s could not be counted. %(reason)s",
                    instance=self.display_name,
                    reason=error,
                )
            ) from error

    def action_view_modules(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Modules"),
            "res_model": "support.instance.module",
            "view_mode": "list",
            "domain": [("instance_id", "=", self.id)],
            "context": {"default_instance_id": self.id},
        }

    def action_view_counts(self):
        self.ensure_one()
        return self.count_ids._get_records_action(name=self.env._("Line Counts"))

    @api.model
    def _get_count_cache_dir(self):
        """Folder of fetched repositories and of results by file; safe to delete."""
        return Path(config["data_dir"]) / "support_contract"

    def _get_readers(self):
        """How to read the instance's code: a reader for each source, in their order.

        :return: list of :class:`..cloc.Reader`
        :raise cloc.CountError: with a sentence that says what to do
        """
        self.ensure_one()
        if not self.source_ids:
            raise cloc.CountError(self.env._("Add a code source to it."))
        return [source._get_reader() for source in self.source_ids]

    def _read_sources(self):
        """Fetch and count each source of the instance; touches no record.

        :return: list of (source record, :class:`..cloc.Count`), in the sources' order
        :raise cloc.CountError: with a sentence that says what to do
        """
        counts = [reader.count() for reader in self._get_readers()]
        return list(zip(self.source_ids, counts, strict=True))

    def _record_count(self, readings, again=False):
        """The count of `readings`: the latest one if it is the same, else a new one.

        What was rejected stays so until the code changes: nobody is asked about it
        anew every night.

        :param readings: as `_read_sources` returns it
        :param again: somebody asks for a new look at what was rejected
        :return: `support.count`
        """
        self.ensure_one()
        readings = self._drop_overlaps(readings)
        # No counter may run between the look at the latest count and the new one.
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise LockError(
                self.env._(
                    "%s is being counted just now. Try again in a minute.",
                    self.display_name,
                )
            ) from error
        Count = self.env["support.count"]
        digest = Count._get_digest(readings)
        for source, reading in readings:
            # sudo: a consultant may count, but not change where code comes from.
            source.sudo().revision = reading.revision
        # sudo: these fields are the system's own note, not the consultant's.
        self.sudo().write(
            {
                "date_counted": fields.Datetime.now(),
                "count_error": self._get_missing_report_warning(readings),
            }
        )
        self.sudo()._sync_modules(readings)
        self.sudo()._sync_installed(readings)
        latest = Count.search([("instance_id", "=", self.id)], order="id desc", limit=1)
        if (
            latest.content_digest == digest
            and latest.contract_id == self.contract_id
            and not (again and latest.state == "rejected")
            and latest._get_billed_keys() == self._get_billed_keys(readings)
        ):
            # sudo: as below; what the count says does not change.
            latest.sudo()._mark_confirmed(self._get_day_seen(readings))
            return latest
        # sudo: nobody may write a count by hand, it comes from the counter alone.
        count_sudo = Count.sudo()._create_from(self, readings, digest)
        count_sudo._approve_if_unquestioned()
        return count_sudo.sudo(False)

    def _sync_modules(self, readings):
        """Note which modules the code has; new ones are covered, as their lines are.

        What a person decided about a module stays.
        """
        self.ensure_one()
        found = {
            module.name: module
            for __, reading in readings
            for module in reading.modules
        }
        Module = amending(self.env["support.instance.module"])
        known = {module.name: module for module in self.module_ids}
        for name in known.keys() - found.keys():
            known[name].write({"in_last_count": False, "code_lines": 0})
        new = []
        for name, module in found.items():
            vals = {
                "version": module.info.get("version") or False,
                "author": module.info.get("author") or False,
                "code_lines": module.code,
                "in_last_count": True,
            }
            if name in known:
                known[name].write(vals)
                continue
            origin = Module._guess_origin(name, vals["author"])
            new.append(
                {
                    **vals,
                    "instance_id": self.id,
                    "name": name,
                    "origin": origin,
                    "covered": origin != "core",
                }
            )
        Module.create(new)
