# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..evidence_guard import get_columns, guard_table
from .support_contract_amendment import GUARD_MESSAGE


class SupportContractAmendmentLine(models.Model):
    """One field of one record that an amendment changes."""

    _name = "support.contract.amendment.line"
    _description = "Contract Amendment Line"
    _inherit = ["support.protected.mixin"]
    _order = "amendment_id, id"
    _check_company_auto = True

    amendment_id = fields.Many2one(
        "support.contract.amendment", required=True, index=True, check_company=True
    )
    company_id = fields.Many2one(related="amendment_id.company_id")
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True
    )
    record_name = fields.Char(string="Subject")
    operation = fields.Selection(
        [("change", "Changed"), ("add", "Added"), ("remove", "Removed")], required=True
    )
    field_name = fields.Char()
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    before = fields.Char(string="Value Before", help="As JSON.")
    after = fields.Char(string="Value After", help="As JSON.")
    # Beside the text, which keeps what was said: merging contacts repoints these.
    before_partner_id = fields.Many2one(
        "res.partner",
        string="Contact Before",
        ondelete="restrict",
        check_company=True,
    )
    after_partner_id = fields.Many2one(
        "res.partner",
        string="Contact After",
        ondelete="restrict",
        check_company=True,
    )
    before_text = fields.Char(string="Before", compute="_compute_texts")
    after_text = fields.Char(string="After", compute="_compute_texts")

    held = fields.Boolean(
        help="Not written on its day: no installed add-on knew any more what it is "
        "about. It is written when one does again."
    )

    _record_field = models.Index("(model, res_id, field_name)")

    def init(self):
        # The database refuses what `_check_editable` does.
        columns = sorted(get_columns(self) - {"held"})
        guard_table(self.env.cr, self._table, columns, GUARD_MESSAGE)

    @api.depends("model", "field_name")
    def _compute_field_label(self):
        for line in self:
            label = self.env["support.event"]._get_field_label(
                line.model, line.field_name
            )
            line.field_label = label or line.field_name

    @api.depends(
        "model",
        "field_name",
        "before",
        "after",
        "before_partner_id.display_name",
        "after_partner_id.display_name",
    )
    def _compute_texts(self):
        for line in self:
            line.before_text = line._describe(line._get_text("before"))
            line.after_text = line._describe(line._get_text("after"))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._add_contacts(vals) for vals in vals_list])

    @api.model
    def _add_contacts(self, vals):
        """The values with the contacts that their texts name as links."""
        model, name = vals.get("model"), vals.get("field_name")
        field = model in self.env and name and self.env[model]._fields.get(name)
        if not field or field.comodel_name != "res.partner":
            return vals
        record = self.env[model].browse(vals["res_id"])
        return {
            "before_partner_id": self._find_contact(record, vals.get("before")),
            "after_partner_id": self._find_contact(record, vals.get("after")),
            **vals,
        }

    @api.model
    def _find_contact(self, record, text):
        """The id of the contact in a text; none of one that went to another company
        since, who stays readable in the text.
        """
        # sudo: what was agreed does not depend on who asks.
        contact_sudo = self.env["res.partner"].sudo().browse(json.loads(text or "null"))
        owner = record.sudo() if "company_id" in record else contact_sudo
        fits = contact_sudo.company_id in (owner.company_id.browse(), owner.company_id)
        return contact_sudo.id if fits else False

    def _get_text(self, name):
        """The value as JSON; of a contact that was merged, the one that is left.

        :param name: ``before`` or ``after``
        """
        self.ensure_one()
        # sudo: what was agreed does not depend on who asks.
        contact_sudo = self.sudo()[f"{name}_partner_id"]
        return json.dumps(contact_sudo.id) if contact_sudo else self[name]

    def _describe(self, text):
        self.ensure_one()
        if not self._is_served():
            return text or ""
        if not self.field_name:
            return ""
        return self.env[self.model]._describe_value(self.field_name, text)

    def _get_summary(self):
        """What changes, in a few words."""
        self.ensure_one()
        values = {
            "what": self.record_name,
            "field": self.field_label or "",
            "before": self.before_text or "–",
            "after": self.after_text or "–",
        }
        if self.operation == "add":
            return self.env._("%(what)s added", **values)
        if self.operation == "remove":
            return self.env._("%(what)s removed", **values)
        return self.env._("%(what)s, %(field)s: %(before)s → %(after)s", **values)

    def _check_editable(self, operation):
        self.amendment_id._check_editable(operation)

    def _is_served(self):
        """Whether an installed add-on still knows what the line is about.

        An amendment stays for good, an add-on need not.
        """
        self.ensure_one()
        if self.model not in self.env:
            return False
        return not self.field_name or self.field_name in self.env[self.model]._fields

    def _get_unserved_reason(self):
        """That nobody knows any more what the line is about, in a sentence."""
        self.ensure_one()
        return self.env._(
            "%(what)s cannot change: no installed add-on knows “%(field)s”.",
            what=self.record_name,
            field=self.field_name or self.model,
        )

    def _get_record(self):
        """The record that the line is about; empty if it is gone.

        :raise UserError: if nothing that is installed knows it
        """
        if not self._is_served():
            raise UserError(self._get_unserved_reason())
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
        state = self.amendment_id.state
        return bool(
            (state == "scheduled" or (state == "applied" and self.held))
            and self.operation == "change"
            and not self._is_settled()
        )

    def _is_settled(self):
        """Whether the field says itself from when it holds, or follows from others."""
        if not self._is_served():
            return False
        model = self.env[self.model]
        field = model._fields[self.field_name]
        return self.field_name in model._get_self_dated_fields() or not field.store

    def _get_value_to_write(self):
        """{field: new value}, unless it was written when it was decided."""
        self.ensure_one()
        record = self._get_record()
        if not record or not self.field_name or self._is_settled():
            return {}
        return record._decode_to_write(self.field_name, self._get_text("after"))
