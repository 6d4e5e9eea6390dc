# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import format_date

from ..agreed import PRICE_DECIMALS
from ..amendment_preview import render_preview
from ..periods import ONE_DAY
from ..proposed import EDITABLE

CONDITION = "support.contract.condition"
# What a condition that is resumed says, besides its days.
RESUMED = ("contract_id", "key", "type_id", "service_id", "value", "note")

FROM_SERVICE = {"compute": "_compute_from_service", **EDITABLE}


class SupportContractAmend(models.TransientModel):
    """Agree on a change of a signed contract."""

    _name = "support.contract.amend"
    _description = "Amend Contract"
    _inherit = "support.window.mixin"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract", required=True, readonly=True, check_company=True
    )
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    date_effective = fields.Date(
        string="Effective From",
        required=True,
        default=lambda self: self.env.company._support_today(),
        help="The first day on which the change holds. A day in the future is "
        "scheduled and takes effect by itself.",
    )
    reason = fields.Char(required=True)
    change = fields.Selection("_selection_change", required=True, default="price")
    service_id = fields.Many2one(
        "support.contract.service",
        domain="[('contract_id', '=', contract_id)]",
        check_company=True,
    )
    price_unit = fields.Float(
        digits=(16, PRICE_DECIMALS),
        min_display_digits=2,
        string="New Price per Month",
        **FROM_SERVICE,
    )
    user_count = fields.Integer(string="New Number of Users", **FROM_SERVICE)
    date_start = fields.Date(string="First Day", **FROM_SERVICE)
    date_min_end = fields.Date(string="Minimum Term Until", **FROM_SERVICE)
    type_id = fields.Many2one("support.service.type", string="New Service")
    type_basis = fields.Selection(related="type_id.basis")
    condition_key = fields.Selection(
        selection=lambda self: self.env["support.contract.condition"]._selection_key(),
        string="Figure",
    )
    condition_type_id = fields.Many2one(
        "support.service.type",
        string="For the Service",
        help="Empty: for all services of the contract.",
    )
    condition_value = fields.Float(string="Agreed", digits=(16, 4))
    condition_end = fields.Date(string="Until", help="Empty: for good.")
    condition_id = fields.Many2one(
        "support.contract.condition",
        string="Condition That Ends",
        domain="[('contract_id', '=', contract_id)]",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="New Customer",
        check_company=True,
        help="The legal entity that takes the contract over, with dates and rights.",
    )
    terms_id = fields.Many2one(
        "support.terms",
        string="New Terms",
        domain="[('state', '=', 'published'), "
        "('company_id', 'in', [company_id, False])]",
        check_company=True,
    )
    undoes_id = fields.Many2one(
        "support.contract.amendment", readonly=True, check_company=True
    )
    preview = fields.Html(
        string="Now and Then", compute="_compute_preview", sanitize=False
    )

    @api.model
    def _selection_change(self):
        return [
            ("price", self.env._("Change the price of a service")),
            ("users", self.env._("Change the number of users of a service")),
            ("condition", self.env._("Agree on a special condition")),
            ("end_condition", self.env._("End a special condition")),
            ("add", self.env._("Add a service")),
            ("dates", self.env._("Correct the dates of a service")),
            ("terms", self.env._("Move to another version of the terms")),
            ("customer", self.env._("Pass the contract to another legal entity")),
            ("undo", self.env._("Undo an amendment")),
        ]

    @api.depends("service_id")
    def _compute_from_service(self):
        for wizard in self:
            wizard.price_unit = wizard.service_id.price_unit
            wizard.user_count = wizard.service_id.user_count
            wizard.date_start = wizard.service_id.date_start
            wizard.date_min_end = wizard.service_id.date_min_end

    @api.depends(lambda self: self._get_previewed_fields())
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.date_effective and render_preview(
                wizard.contract_id,
                wizard.date_effective,
                getattr(wizard, f"_get_changes_{wizard.change}"),
            )

    @api.model
    def _get_previewed_fields(self):
        """Names of the fields that say what changes, and from when."""
        apart = {"reason", *MAGIC_COLUMNS}
        return tuple(
            name
            for name, field in self._fields.items()
            if field.store and name not in apart
        )

    def action_confirm(self):
        self.ensure_one()
        changes = getattr(self, f"_get_changes_{self.change}")()
        self.contract_id._amend(
            self.date_effective, self.reason, changes, undoes=self.undoes_id
        )

    def _require(self, *names):
        for name in names:
            if not self[name]:
                label = self._fields[name]._description_string(self.env)
                raise UserError(self.env._("Fill in “%(field)s”.", field=label))

    def _check_own(self, contract):
        """Whatever came over RPC: the wizard changes its own contract only."""
        if contract != self.contract_id:
            raise UserError(self.env._("Choose something of this contract."))

    def _get_changes_price(self):
        self._require("service_id")
        self._check_own(self.service_id.contract_id)
        return [(self.service_id, {"price_unit": self.price_unit})]

    def _get_changes_users(self):
        self._require("service_id", "user_count")
        self._check_own(self.service_id.contract_id)
        return [(self.service_id, {"user_count": self.user_count})]

    def _get_changes_add(self):
        self._require("type_id")
        vals = {
            "contract_id": self.contract_id.id,
            "type_id": self.type_id.id,
            "date_start": self.date_effective,
        }
        if self.type_id.basis == "users":
            self._require("user_count")
            vals["user_count"] = self.user_count
        return [(self.env["support.contract.service"], vals)]

    def _get_changes_dates(self):
        self._require("service_id", "date_start")
        self._check_own(self.service_id.contract_id)
        return [
            (
                self.service_id,
                {"date_start": self.date_start, "date_min_end": self.date_min_end},
            )
        ]

    def _get_changes_terms(self):
        self._require("terms_id")
        return [(self.contract_id, {"terms_id": self.terms_id.id})]

    def _get_changes_customer(self):
        self._require("partner_id")
        return [(self.contract_id, {"partner_id": self.partner_id.id})]

    def _get_changes_condition(self):
        self._require("condition_key")
        vals = {
            "contract_id": self.contract_id.id,
            "key": self.condition_key,
            "type_id": self.condition_type_id.id,
            "value": self.condition_value,
            "date_start": self.date_effective,
            "date_end": self.condition_end,
            "note": self.reason,
        }
        return [(self.env["support.contract.condition"], vals)]

    def _get_changes_end_condition(self):
        self._require("condition_id")
        self._check_own(self.condition_id.contract_id)
        return [(self.condition_id, {"date_end": self.date_effective - ONE_DAY})]

    # === UNDOING: what held until then stays what held === #

    def _get_changes_undo(self):
        """The opposite of every line that still stands as the amendment left it."""
        self._require("undoes_id")
        self._check_own(self.undoes_id.contract_id)
        self._check_may_undo()
        changes, restored = [], {}
        for line in self.undoes_id.line_ids:
            line._check_untouched_since()
            if line._is_waiting():
                continue  # never written, and will not be
            record = line._get_record()
            if line.operation == "remove":
                raise UserError(
                    self.env._("What was removed does not come back. Add it anew.")
                )
            if line.operation == "add":
                changes += self._undo_addition(record)
            elif not record._fields[line.field_name].store:
                continue  # follows from the others
            else:
                # All of a record at once: no value is computed from another then.
                restored.setdefault(record, {}).update(
                    record._decode_to_write(line.field_name, line._get_text("before"))
                )
        for record, vals in restored.items():
            if record._name == CONDITION and self._has_held_with(record):
                changes += self._resume_condition(record, vals)
            else:
                changes.append((record, vals))
        # What was added goes before its predecessor is put back.
        return sorted(changes, key=lambda change: change[1] is not None)

    def _has_held(self):
        """Whether the amendment holds for a while before the undoing takes effect."""
        return self.undoes_id.date_effective < self.date_effective

    def _has_held_with(self, record):
        """Whether days on which the condition is in force are not to be touched."""
        start = record.date_start
        return self._has_held() and not (start and start >= self.date_effective)

    def _check_may_undo(self):
        amendment = self.undoes_id
        if amendment.undone_by_ids.filtered(lambda undo: not undo._is_void()) or (
            amendment._never_held()
        ):
            raise UserError(
                self.env._("“%(reason)s” has been undone.", reason=amendment.reason)
            )
        # One that failed on its day never held either, and may be undone later.
        waits = amendment.state == "scheduled" and not amendment._is_due()
        if waits and self._has_held():
            raise UserError(
                self.env._(
                    "“%(reason)s” has not taken effect. Undo it with effect from "
                    "%(day)s or earlier, and it never will.",
                    reason=amendment.reason,
                    day=format_date(self.env, amendment.date_effective),
                )
            )

    def _undo_addition(self, record):
        if record._name != CONDITION:
            raise UserError(
                self.env._(
                    "%(what)s was added and is running. Give notice for it instead.",
                    what=record.display_name,
                )
            )
        if record.date_start and record.date_start >= self.date_effective:
            return [(record, None)]
        return self._end_condition(record)

    def _end_condition(self, record):
        """Let it hold until the day before, if it would hold longer."""
        if record.date_end and record.date_end < self.date_effective:
            return []
        return [(record, {"date_end": self.date_effective - ONE_DAY})]

    def _resume_condition(self, record, vals):
        """Put a condition back from the day of the undoing on.

        Writing into it would change days that are over, and what was charged for them.
        """
        was = {name: record[name] for name in (*RESUMED, "date_start", "date_end")}
        was |= {
            name: record._fields[name].convert_to_record(
                record._fields[name].convert_to_cache(value, record), record
            )
            for name, value in vals.items()
        }
        changes = self._end_condition(record)
        start = max(filter(None, (was["date_start"], self.date_effective)))
        if not was["date_end"] or was["date_end"] >= start:
            values = record._convert_to_write(was)
            values |= {"date_start": start, "date_end": was["date_end"]}
            changes.append((record.browse(), values))
        return changes
