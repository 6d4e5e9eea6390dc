# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..guard import amending, is_amending

# What an amendment does not compare.
LISTS_AND_FILES = ("one2many", "many2many", "binary", "image")


class SupportContract(models.Model):
    _name = "support.contract"
    _inherit = ["support.contract", "support.amendable"]

    amendment_ids = fields.One2many("support.contract.amendment", "contract_id")
    amendment_count = fields.Integer("Amendments", compute="_compute_amendment_count")
    event_ids = fields.One2many("support.event", "contract_id", string="Events")

    @api.depends("amendment_ids")
    def _compute_amendment_count(self):
        counts = dict(
            self.env["support.contract.amendment"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.amendment_count = counts.get(contract._origin, 0)

    def write(self, vals):
        if "state" in vals and not is_amending(self):
            raise UserError(
                self.env._("The status changes through the contract's buttons only.")
            )
        return super().write(vals)

    def action_amend(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Amend Contract"),
            "res_model": "support.contract.amend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def action_view_amendments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract.support_contract_amendment_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        return action

    def action_view_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract.support_event_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        return action

    def action_view_on_day(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contract on a Day"),
            "res_model": "support.contract.on.day",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def _get_terms(self, on_date):
        return self._value_on("terms_id", on_date)

    def _get_agreed_changes(self, keys, start, end, service):
        """Another version of the terms may change any figure on its day."""
        days = super()._get_agreed_changes(keys, start, end, service)
        moves = self.sudo().amendment_ids.line_ids.filtered(
            lambda line: line.model == self._name and line.field_name == "terms_id"
        )
        effective = set(moves.amendment_id.mapped("date_effective"))
        return sorted({*days, *(day for day in effective if start < day <= end)})

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "name",
            "partner_id",
            "company_id",
            "currency_id",
            "terms_id",
            "date_signed",
            "signed_by",
            "signed_on",
            "signature",
            "billed_through",
            "service_ids",
        }

    def _get_amended_contract(self):
        return self

    def _get_amendment_changes(self, vals, day):
        if vals.get("terms_id"):
            terms_id = self._fields["terms_id"].convert_to_write(vals["terms_id"], self)
            self._check_new_terms(self.env["support.terms"].browse(terms_id))
        return super()._get_amendment_changes(vals, day)

    def _check_new_terms(self, terms):
        """Refuse a version that could still change, or that was not meant for it."""
        for contract in self:
            if terms.state == "draft":
                raise UserError(
                    self.env._(
                        "%s is a draft. Publish it before a contract moves to it.",
                        terms.display_name,
                    )
                )
            if terms.company_id and terms.company_id != contract.company_id:
                raise UserError(
                    self.env._("%s is for another company.", terms.display_name)
                )
            if terms.currency_id != contract.currency_id:
                raise UserError(
                    self.env._(
                        "%(terms)s is in %(other)s and the contract in %(currency)s: "
                        "prices agreed with the customer would change their meaning. "
                        "Write a new contract instead.",
                        terms=terms.display_name,
                        other=terms.currency_id.name,
                        currency=contract.currency_id.name,
                    )
                )

    def _check_created_editable(self):
        """A contract begins as a draft, and may be imported as anything else never."""
        if self.filtered(lambda contract: contract.state != "draft"):
            raise UserError(self.env._("A new contract is a draft. Activate it then."))

    def _unlink_except_signed_part(self):
        """Contracts have their own rule about deletion."""

    def _amend(self, date_effective, reason, changes, undoes=None):
        """Change an agreed contract; the only way to do so.

        :param date_effective: first day on which the change holds. In the future it
            is scheduled; what is added carries its own dates and is there at once.
        :param reason: why, in the words of whoever decided
        :param changes: list of (records, values). An empty recordset means a new
            record, which has to belong to this contract; None as values removes.
        :param undoes: the amendment that this one undoes
        :return: ``support.contract.amendment``, with a line for every field that
            differs, those that follow from the change included
        :raise AccessError: unless a manager, or the system itself, asks
        """
        self.ensure_one()
        if not (self.env.su or self._may_amend()):
            raise AccessError(self.env._("Only a manager can amend a contract."))
        if not reason or not reason.strip():
            raise UserError(self.env._("Say why the contract is amended."))
        self._lock_for_amendment()
        changes = [
            change
            for records, vals in changes
            for change in (
                records._get_amendment_changes(vals, date_effective)
                if records and vals
                else [(records, vals)]
            )
        ]
        ahead = date_effective > self.company_id._support_today()
        now, later = self._split_changes(changes, ahead)
        for records, vals in later:
            records._check_scheduled(vals)
        before = self._snapshot(changes)
        added, removed = self._write_changes(now)
        after = self._snapshot(changes) | self._encode_changes(later)
        lines = [
            *(
                self._prepare_amendment_line_vals(*key, before[key], after[key])
                for key in before
                if key in after and before[key] != after[key]
            ),
            *removed,
            *(
                self._prepare_amendment_line_vals(record)
                | {"operation": "add", "record_name": record._describe_added()}
                for record in added
            ),
            *(undoes._prepare_withdrawn_lines_vals() if undoes else ()),
        ]
        if not lines:
            raise UserError(self.env._("Nothing would change."))
        # sudo: nobody writes amendments by hand.
        amendment_sudo = (
            self.env["support.contract.amendment"]
            .sudo()
            .create(
                {
                    "contract_id": self.id,
                    "company_id": self.company_id.id,
                    "date_effective": date_effective,
                    "date_decided": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "reason": reason.strip(),
                    "state": "scheduled" if later else "applied",
                    "undoes_id": undoes.id if undoes else False,
                    "line_ids": [fields.Command.create(vals) for vals in lines],
                }
            )
        )
        if undoes and undoes.state == "scheduled":
            undoes.sudo().state = "withdrawn"
        amendment_sudo._log_events()
        amendment = amendment_sudo.sudo(False)
        self._after_amendment(amendment)
        return amendment

    def _lock_for_amendment(self):
        """Let whoever amends this contract at this moment finish first.

        Nobody changes what they have not seen: PostgreSQL refuses the second one, and
        Odoo begins their request anew with what the first one has left.
        """
        self.ensure_one()
        self.env.execute_query(
            SQL(
                "UPDATE support_contract SET write_date = write_date WHERE id = %s"
                " RETURNING id",
                self.id,
            )
        )

    @api.model
    def _split_changes(self, changes, ahead):
        """Changes to write now, and those that wait for their day."""
        if not ahead:
            return changes, []
        now, later = [], []
        for records, vals in changes:
            if not records or vals is None:
                now.append((records, vals))
                continue
            dated = records._get_self_dated_fields()
            for chosen, part in (
                (now, {name: vals[name] for name in vals if name in dated}),
                (later, {name: vals[name] for name in vals if name not in dated}),
            ):
                if part:
                    chosen.append((records, part))
        return now, later

    def _write_changes(self, changes):
        """Write what holds from now on.

        :return: (records that were added, lines about those that were removed)
        """
        removed = []
        for records, vals in changes:
            if vals is None:
                removed += [
                    self._prepare_amendment_line_vals(record)
                    | {"operation": "remove", "record_name": record._describe_added()}
                    for record in records
                ]
                amending(records).unlink()
            elif records:
                amending(records).write(vals)
        self.env.flush_all()
        added = [
            amending(records).create(vals)
            for records, vals in changes
            if not records and vals is not None
        ]
        self.env.flush_all()
        return added, removed

    def _may_amend(self):
        return self.env.user.has_group("support_contract.group_support_manager")

    def _after_amendment(self, amendment):
        """What follows from an amendment; extend to recompute or tell somebody.

        Who follows the talk about the contract reads of it there; what changed, field
        by field, is on the amendment.
        """
        self._message_log(
            body=self.env._(
                "Amended from %(day)s: %(reason)s",
                day=format_date(self.env, amendment.date_effective),
                reason=amendment.reason,
            )
        )

    def _get_amendable_records(self):
        """Records whose guarded fields an amendment of this contract can touch.

        Extend it with what else is agreed.
        """
        self.ensure_one()
        return [self, *self.service_ids, *self.condition_ids]

    def _snapshot(self, changes):
        """{(record, field name): JSON} of guarded and of explicitly changed fields."""
        values = {}
        for record in self._get_amendable_records():
            record = record.exists()
            for name in sorted(record._get_guarded_fields()):
                if record._fields[name].type not in LISTS_AND_FILES:
                    values[record, name] = record._encode_value(name)
        for records, vals in changes:
            for record in records.exists():
                for name in vals or ():
                    values[record, name] = record._encode_value(name)
        return values

    @api.model
    def _encode_changes(self, changes):
        return {
            (record, name): record._encode(name, value)
            for records, vals in changes
            for record in records
            for name, value in vals.items()
        }

    @api.model
    def _prepare_amendment_line_vals(self, record, name=False, before=None, after=None):
        return {
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "operation": "change",
            "field_name": name,
            "before": before,
            "after": after,
        }

    def _log_event(self, kind, note="", record=None, **vals):
        """Add an event to the log.

        :param kind: one of ``support.event._selection_kind``
        :param note: the reason, or what happened if there is no before and after
        :param record: the record it is about; the contract itself by default
        :param vals: ``field_name``, ``before`` and ``after`` as readable texts
        """
        self.ensure_one()
        record = record or self
        # sudo: the log takes entries from the system only.
        return (
            self.env["support.event"]
            .sudo()
            .create(
                {
                    "contract_id": self.id,
                    "company_id": self.company_id.id,
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "kind": kind,
                    "model": record._name,
                    "res_id": record.id,
                    "record_name": record.display_name,
                    "note": note,
                    **vals,
                }
            )
        )

    def _set_state(self, state, note=""):
        """Move to ``state`` and write it down."""
        for contract in self:
            labels = dict(self._fields["state"]._description_selection(self.env))
            before = labels[contract.state]
            amending(contract).write({"state": state})
            contract._log_event(
                "state", note, field_name="state", before=before, after=labels[state]
            )
