# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guard import amending


class SupportContractAmendment(models.Model):
    """An agreed change of a contract: from when, what, why and by whom.

    The only way in which money and dates of an active contract change. It never
    changes itself: undoing it is another amendment.
    """

    _name = "support.contract.amendment"
    _description = "Contract Amendment"
    _order = "date_effective desc, id desc"

    name = fields.Char(compute="_compute_name")
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date_effective = fields.Date(
        string="Effective From",
        required=True,
        readonly=True,
        help="The first day on which the change holds.",
    )
    date_decided = fields.Datetime("Decided On", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", readonly=True
    )
    reason = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("scheduled", "Scheduled"),
            ("applied", "Applied"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        help="A scheduled amendment takes effect by itself on its day, unless it is "
        "undone before.",
    )
    undoes_id = fields.Many2one("support.contract.amendment", readonly=True)
    undone_by_ids = fields.One2many(
        "support.contract.amendment", "undoes_id", readonly=True
    )
    line_ids = fields.One2many(
        "support.contract.amendment.line", "amendment_id", readonly=True
    )

    @api.depends("contract_id.name", "date_effective")
    def _compute_name(self):
        for amendment in self:
            amendment.name = self.env._(
                "%(contract)s from %(date)s",
                contract=amendment.contract_id.name,
                date=fields.Date.to_string(amendment.date_effective) or "",
            )

    @api.depends("name")
    def _compute_display_name(self):
        for amendment in self:
            amendment.display_name = amendment.name

    def write(self, vals):
        if set(vals) - {"state"}:
            raise UserError(
                self.env._("An amendment never changes. Make another one instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An amendment is not deleted. Undo it with another one.")
        )

    def action_undo(self):
        """Open the wizard that makes the opposite amendment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo Amendment"),
            "res_model": "support.contract.amend",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_contract_id": self.contract_id.id,
                "default_change": "undo",
                "default_undoes_id": self.id,
            },
        }

    def _is_due(self):
        """Whether the day has come on which it takes effect."""
        self.ensure_one()
        return self.date_effective <= self.company_id._support_today()

    def _is_void(self):
        """Whether it says nothing about any day: it was undone before it held.

        Nor does the one that undid it then.
        """
        self.ensure_one()
        return self._never_held() or bool(
            self.undoes_id and self.undoes_id._never_held()
        )

    def _never_held(self):
        """Whether it was undone with effect from its first day, or an earlier one."""
        self.ensure_one()
        return self.state == "withdrawn" or any(
            undo.date_effective <= self.date_effective and not undo._never_held()
            for undo in self.undone_by_ids
        )

    def _prepare_withdrawn_lines_vals(self):
        """What an amendment that undoes this scheduled one says: it never comes."""
        self.ensure_one()
        if self.state != "scheduled":
            return []
        return [
            {
                "model": line.model,
                "res_id": line.res_id,
                "record_name": line.record_name,
                "operation": "change",
                "field_name": line.field_name,
                "before": line.after,
                "after": line.before,
            }
            for line in self.line_ids
            if line._is_waiting()
        ]

    def _log_events(self):
        """One entry in the event log for each line."""
        self.ensure_one()
        for line in self.line_ids:
            self.contract_id._log_event(
                "amendment",
                self.reason,
                record=line._get_record() or None,
                field_name=line.field_name,
                before=line.before_text
                or (line.operation == "remove" and line.record_name),
                after=line.after_text or (line.operation == "add" and line.record_name),
                amendment_id=self.id,
            )

    def _apply(self):
        """Write what the lines say: all of a record at once, as it was agreed.

        One after the other, a value could be computed anew from the one before it.
        """
        self.ensure_one()
        changes = {}
        for line in self.line_ids.sorted("id"):
            if value := line._get_value_to_write():
                changes.setdefault(line._get_record(), {}).update(value)
        for record, vals in changes.items():
            amending(record).write(vals)
        self.state = "applied"


class SupportContractAmendmentLine(models.Model):
    """One field of one record that an amendment changes."""

    _name = "support.contract.amendment.line"
    _description = "Contract Amendment Line"
    _order = "amendment_id, id"

    amendment_id = fields.Many2one(
        "support.contract.amendment",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="amendment_id.company_id")
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True
    )
    record_name = fields.Char(string="What", readonly=True)
    operation = fields.Selection(
        [("change", "Changed"), ("add", "Added"), ("remove", "Removed")],
        required=True,
        readonly=True,
    )
    field_name = fields.Char(readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    before = fields.Char(string="Value Before", readonly=True, help="As JSON.")
    after = fields.Char(string="Value After", readonly=True, help="As JSON.")
    before_text = fields.Char(string="Before", compute="_compute_texts")
    after_text = fields.Char(string="After", compute="_compute_texts")

    _record_field = models.Index("(model, res_id, field_name)")

    @api.depends("model", "field_name")
    def _compute_field_label(self):
        for line in self:
            fields_get = {}
            if line.field_name and line.model in self.env:
                fields_get = self.env[line.model].fields_get(
                    [line.field_name], ["string"]
                )
            line.field_label = fields_get.get(line.field_name, {}).get(
                "string", line.field_name
            )

    @api.depends("model", "field_name", "before", "after")
    def _compute_texts(self):
        for line in self:
            line.before_text = line._describe(line.before)
            line.after_text = line._describe(line.after)

    def _describe(self, text):
        self.ensure_one()
        if not self.field_name or self.model not in self.env:
            return ""
        return self.env[self.model]._describe_value(self.field_name, text)

    def write(self, vals):
        # pylint: disable=method-required-super
        raise UserError(
            self.env._("An amendment never changes. Make another one instead.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An amendment is not deleted. Undo it with another one.")
        )

    def _get_record(self):
        """The record that the line is about; empty if it is gone."""
        self.ensure_one()
        return self.env[self.model].browse(self.res_id).exists()

    def _check_untouched_since(self):
        """Refuse to undo what a later amendment builds on, undone or not.

        Only one that never held leaves everything as it was.
        """
        self.ensure_one()
        later = self.search(
            [
                ("model", "=", self.model),
                ("res_id", "=", self.res_id),
                ("field_name", "in", (self.field_name, False))
                if self.operation == "change"
                else ("id", "!=", self.id),
                ("amendment_id", ">", self.amendment_id.id),
            ],
        ).amendment_id.filtered(lambda amendment: not amendment._is_void())
        if standing := later.filtered(
            lambda amendment: not (amendment.undoes_id or amendment.undone_by_ids)
        )[:1]:
            raise UserError(
                self.env._(
                    "%(what)s has changed again since. Undo “%(reason)s” first.",
                    what=self.record_name,
                    reason=standing.reason,
                )
            )
        if later:
            raise UserError(
                self.env._(
                    "%(what)s has changed again since (“%(reason)s”). Agree on what "
                    "shall hold now instead.",
                    what=self.record_name,
                    reason=later[:1].reason,
                )
            )

    def _is_waiting(self):
        """Whether the new value has not been written yet."""
        self.ensure_one()
        return bool(
            self.amendment_id.state == "scheduled"
            and self.operation == "change"
            and not self._is_settled()
        )

    def _is_settled(self):
        """Whether the field says itself from when it holds, or follows from others."""
        model = self.env[self.model]
        field = model._fields[self.field_name]
        return self.field_name in model._get_self_dated_fields() or not field.store

    def _get_value_to_write(self):
        """{field: new value}, unless it was written when it was decided."""
        self.ensure_one()
        record = self._get_record()
        if not record or not self.field_name or self._is_settled():
            return {}
        value = record._decode_value(self.field_name, self.after)
        if record._fields[self.field_name].type == "many2one":
            value = value.id
        return {self.field_name: value}
