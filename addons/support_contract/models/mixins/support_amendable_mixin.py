# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import api, models
from odoo.exceptions import UserError

from ...periods import ONE_DAY
from ...read_once import remember
from ...sent import MAX_ID
from ...signing import drop_signatures


class SupportAmendableMixin(models.AbstractModel):
    """A part of a contract whose agreed fields change through amendments only.

    A model that inherits this names the guarded fields in ``_get_guarded_fields``.
    While the contract is a draft they are free.
    """

    _name = "support.amendable.mixin"
    _description = "Part of a Contract that Amendments Change"
    _inherit = ["support.protected.mixin"]

    @api.model
    def _get_guarded_fields(self):
        """Names of the fields of money and dates; extend."""
        return frozenset()

    @api.model
    def _get_self_dated_fields(self):
        """Guarded fields that say themselves from when they hold, such as a first day.

        They are written at once, however far ahead the amendment takes effect; extend.
        """
        return frozenset()

    def _get_amended_contract(self):
        """The contracts that these records belong to."""
        # sudo: the state counts also where the user may not see the contract.
        return self.contract_id.sudo()

    def _check_editable(self, operation):
        """Refuse what only an amendment may do."""
        for contract in self._get_amended_contract():
            if contract.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(contract)s is signed. Its prices, services and dates change "
                        "through an amendment: press Amend on the contract.",
                        contract=contract.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        drop_signatures(records._get_amended_contract())
        return records

    def write(self, vals):
        if not self._has_permission():
            self._check_derived(vals)
        contracts = self._get_amended_contract()
        result = super().write(vals)
        drop_signatures(contracts | self._get_amended_contract())
        return result

    def unlink(self):
        contracts = self._get_amended_contract()
        result = super().unlink()
        drop_signatures(contracts.exists())
        return result

    def _check_derived(self, vals):
        """Refuse values for what follows from other fields, such as the last day.

        Odoo hides such fields in forms only: over RPC, one could be written and would
        stay until it is computed again. Computing does not pass here.
        """
        for name in vals:
            field = self._fields.get(name)
            computed = field and field.compute and not field.inverse
            if computed and field.store and field.readonly:
                raise UserError(
                    self.env._(
                        "“%(field)s” follows from other fields and is not written by "
                        "hand.",
                        field=field._description_string(self.env),
                    )
                )

    def _value_on(self, field_name, day):
        """What ``field_name`` was, is or will be on ``day``.

        The current value, unless amendments say otherwise: the latest that is
        effective by ``day`` decides, and before the first of them what it replaced.
        """
        self.ensure_one()
        lines = self._get_lines_of(field_name)
        if not lines:
            return self[field_name]
        due = lines.filtered(lambda line: line.amendment_id.date_effective <= day)
        text = due[-1]._get_text("after") if due else lines[0]._get_text("before")
        return self._decode_value(field_name, text)

    def _get_lines_of(self, field_name):
        """What amendments in force say of a field, in the order of their days.

        :return: ``support.contract.amendment.line``, in superuser mode
        """
        self.ensure_one()
        if not isinstance(self.id, int):
            return self._find_lines_of(field_name)
        return remember(
            self.env,
            ("lines of", self._name, self.id, field_name),
            lambda: self._find_lines_of(field_name),
        )

    def _find_lines_of(self, field_name):
        # sudo: what is right on a day does not depend on who asks; the caller has
        # access to this record or could not have it. Through the contract, so that
        # its amendments are read once for all fields.
        lines = self._get_amended_contract().sudo().amendment_ids.line_ids
        if not lines:
            return lines
        return lines.filtered(
            lambda line: line.field_name == field_name
            and line.res_id == self.id
            and line.model == self._name
            and not line.amendment_id._is_void()
        ).sorted(
            # One that is only imagined is the last of its day.
            lambda line: (line.amendment_id.date_effective, line._origin.id or MAX_ID)
        )

    def _get_change_days(self, field_name, start, end):
        """Days after ``start``, through ``end``, on which ``field_name`` changes.

        :return: list of dates, in order
        """
        self.ensure_one()
        lines = self._get_lines_of(field_name)
        if not lines:
            return []
        return [
            day
            for day in sorted({*lines.amendment_id.mapped("date_effective")})
            if start < day <= end
            # One may have put back what another changed on the same day.
            and self._value_on(field_name, day)
            != self._value_on(field_name, day - ONE_DAY)
        ]

    def _describe_added(self):
        """What an amendment says of a record that it added."""
        self.ensure_one()
        return self.display_name

    def _get_amendment_changes(self, vals, day):
        """What has to be written so that ``vals`` hold from ``day`` on.

        :return: list of (record, values), as ``contract._amend`` takes them
        """
        return [(self, vals)] if vals else []

    def _check_scheduled(self, vals):
        """Refuse now what could not be written on its day.

        What an amendment says stays for good: it must neither fail then, nor be a
        password that no record would ever have taken.
        """
        for record in self:
            values = record._convert_to_write(
                {name: vals[name] for name in vals if name in record._fields}
            )
            future = record.new(values, origin=record)
            future._validate_fields(values)
            future._check_company(values)

    def _encode_value(self, field_name):
        """This record's value as JSON text."""
        value = self[field_name]
        return self._encode(field_name, value)

    @api.model
    def _encode(self, field_name, value):
        field = self._fields[field_name]
        if field.type in ("one2many", "many2many"):
            raise UserError(
                self.env._(
                    "%(field)s is a list and cannot be amended as a whole. Amend its "
                    "entries.",
                    field=field.string,
                )
            )
        value = field.convert_to_cache(value, self, validate=False)
        if field.type in ("date", "datetime"):
            value = field.to_string(value) if value else False
        return json.dumps(value or (value if field.type == "boolean" else None))

    @api.model
    def _decode_value(self, field_name, text):
        field = self._fields[field_name]
        value = json.loads(text) if text else None
        return field.convert_to_record(
            field.convert_to_cache(value, self, validate=False), self
        )

    def _decode_to_write(self, field_name, text):
        """{field: value} that puts a value back which is kept as JSON text."""
        value = self._decode_value(field_name, text)
        return {field_name: self._fields[field_name].convert_to_write(value, self)}

    @api.model
    def _describe_value(self, field_name, text):
        """JSON text of a value in words, for people."""
        field = self._fields[field_name]
        value = self._decode_value(field_name, text)
        if field.type == "many2one":
            return value.sudo().display_name or ""
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "selection":
            # What an add-on that was uninstalled had added is named by its code.
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type in ("date", "datetime"):
            return field.to_string(value) or "" if value else ""
        if field.type in ("monetary", "float"):
            # A price per unit may have parts of the smallest coin.
            return f"{value:,.{2 if round(value, 2) == round(value, 4) else 4}f}"
        return str(value or "")
