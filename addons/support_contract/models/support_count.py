# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from odoo import api, fields, models


class SupportCount(models.Model):
    """A snapshot of an instance's lines of code: the evidence behind a fee.

    Approved counts never change. Clause R2.
    """

    _name = "support.count"
    _description = "Line Count"
    _inherit = ["support.evidence.mixin", "support.thread.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    instance_id = fields.Many2one(
        "support.instance",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    # Not related: a stored related field would let a later change rewrite evidence.
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    date_confirmed = fields.Date(
        string="Last Seen",
        compute="_compute_date_seen",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The last day on which the code was read, or the customer's server sent "
        "its report, and was still the same. A fee that is computed on a count day "
        "later than the count needs that.",
    )
    read_at = fields.Datetime(
        string="Counted At", default=fields.Datetime.now, required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_review", "To Review"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    code_lines = fields.Integer(
        string="Lines of Code",
        readonly=True,
        help="Lines that `odoo cloc` counts as code.",
    )
    billed_lines = fields.Integer(
        string="Covered Lines",
        readonly=True,
        help="Lines of the modules that the contract covers. They enter the fee if the "
        "instance is billed.",
    )
    total_lines = fields.Integer(
        readonly=True, help="All lines of the counted files, comments included."
    )
    error_count = fields.Integer(
        string="Errors",
        readonly=True,
        help="Files that could not be counted and are in the total with no line.",
    )
    revision = fields.Char(
        readonly=True, help="The commit of each source that was counted."
    )
    ruleset = fields.Char(
        readonly=True, help="The counter's rules: Odoo series, versions of the parsers."
    )
    content_digest = fields.Char(
        string="Fingerprint of the Code",
        readonly=True,
        help="Of what was counted: the same code gives the same one.",
    )
    digest = fields.Char(
        string="Fingerprint",
        readonly=True,
        help="Of everything that this count says, down to the single file.",
    )
    module_ids = fields.One2many("support.count.module", "count_id", readonly=True)
    line_ids = fields.One2many(
        "support.count.line", "count_id", string="Files", readonly=True
    )

    @api.model
    def _get_evidence_fields(self):
        return (
            *super()._get_evidence_fields(),
            "contract_id",
            "instance_id",
            "company_id",
            "date",
            "read_at",
            "state",
            "code_lines",
            "billed_lines",
            "total_lines",
            "error_count",
            "revision",
            "ruleset",
            "content_digest",
            "digest",
            "decided_by_id",
            "decided_on",
            "decision_reason",
        )

    @api.model
    def _get_decision_fields(self):
        """They say what became of the count, not what it says."""
        return super()._get_decision_fields() | {
            "state",
            "decided_by_id",
            "decided_on",
            "decision_reason",
        }

    @api.depends("instance_id.display_name", "date")
    def _compute_name(self):
        for count in self:
            count.name = f"{count.instance_id.display_name}, {count.date or ''}"

    @api.depends("date")
    def _compute_date_seen(self):
        for count in self:
            count.date_confirmed = count.date

    @api.depends("name")
    def _compute_display_name(self):
        for count in self:
            count.display_name = count.name

    def _get_short_revision(self):
        """The revisions as people quote them: ten characters of each commit."""
        self.ensure_one()
        return ", ".join(commit[:10] for commit in (self.revision or "").split(", "))

    def _get_names(self):
        return set(self.module_ids.mapped("name"))

    def _get_billed_names(self):
        return set(self.module_ids.filtered("billed").mapped("name"))

    def _get_billed_lines(self):
        """Lines of these counts together; the same module twice counts once.

        Lines are added up before anything is rounded. Clause R2.
        """
        modules = {}
        for module in self.module_ids.filtered("billed"):
            modules.setdefault(module._get_code_key(), module.code_lines)
        return sum(modules.values())

    @api.model
    def _create_from(self, instance, readings, digest):
        """A count with its modules and files.

        Covered modules, as the instance has them now, are the billed ones (clause R2).

        :param readings: list of (``support.source``, :class:`..cloc.Count`)
        """
        billed = instance._get_billed_keys(readings)
        count = self.create(
            self._prepare_count_vals(instance, readings, digest)
            | {
                # What two sources have in common counts once, as for two instances.
                "billed_lines": sum(
                    {
                        (
                            module.name,
                            module.digest or (source.id, module.path),
                        ): module.code
                        for source, reading in readings
                        for module in reading.modules
                        if (source.id, module.name) in billed
                    }.values()
                )
            }
        )
        counted = [
            (source, reading, module)
            for source, reading in readings
            for module in reading.modules
        ]
        modules = self.env["support.count.module"].create(
            [
                self._prepare_module_vals(source, module, reading.revision)
                | {"count_id": count.id, "billed": (source.id, module.name) in billed}
                for source, reading, module in counted
            ]
        )
        self.env["support.count.line"].create(
            [
                self._prepare_line_vals(file)
                | {"count_id": count.id, "module_id": record.id}
                for record, (__, __, module) in zip(modules, counted, strict=True)
                for file in module.files
            ]
        )
        count._seal()
        return count

    def _seal(self):
        """Note the fingerprint of all that was written down."""
        for count in self:
            count.digest = count._compute_evidence_digest()

    @api.model
    def _get_digest(self, readings):
        """Fingerprint of several sources together: of their own, in their order."""
        digests = "\n".join(reading.digest for __, reading in readings)
        return hashlib.sha256(digests.encode()).hexdigest()

    @api.model
    def _prepare_count_vals(self, instance, readings, digest):
        """Values of a count without its modules."""
        return {
            "contract_id": instance.contract_id.id,
            "instance_id": instance.id,
            "company_id": instance.company_id.id,
            "date": instance.company_id._support_today(),
            "date_confirmed": instance._get_day_seen(readings),
            "code_lines": sum(reading.code for __, reading in readings),
            "total_lines": sum(reading.total for __, reading in readings),
            "error_count": sum(
                len(module.errors)
                for __, reading in readings
                for module in reading.modules
            ),
            "revision": ", ".join(reading.revision for __, reading in readings),
            "ruleset": readings[0][1].ruleset,
            "content_digest": digest,
        }

    @api.model
    def _prepare_module_vals(self, source, module, revision):
        """Values of one module's line.

        :param module: :class:`..cloc.ModuleCount`
        """
        return {
            "source_id": source.id,
            "source_name": source.display_name,
            "name": module.name,
            "path": module.path,
            "revision": revision,
            "code_lines": module.code,
            "total_lines": module.total,
            "cloc_exclude": "\n".join(getattr(module, "cloc_exclude", ())) or False,
            "excluded_count": module.excluded,
            "error_count": len(module.errors),
            "error": module.error,
            "digest": module.digest,
        }

    @api.model
    def _prepare_line_vals(self, file):
        """Values of one file's line.

        :param file: :class:`..cloc.FileCount`
        """
        return {
            "path": file.path,
            "code_lines": file.code,
            "total_lines": file.total,
            "blob": file.blob,
            "excluded": file.excluded,
            "error": file.error,
        }
