# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How an agreed contract changes: one procedure, for whoever amends it."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .amendment_words import compare, describe_agreed, get_message

# What an amendment does not compare.
LISTS_AND_FILES = ("one2many", "many2many", "binary", "image")


class Amendment:
    """One change of an agreed contract: check, lock, write, note what differs.

    :param contract: ``support.contract``
    :param date_effective: first day on which the change holds. In the future it is
        scheduled; what is added carries its own dates and is there at once.
    :param reason: why, in the words of whoever decided
    :param changes: list of (records, values). An empty recordset means a new record,
        which has to belong to this contract; None as values removes.
    :param undoes: the amendment that this one undoes
    """

    def __init__(self, contract, date_effective, reason, changes, undoes=None):
        self.contract = contract
        self.env = contract.env
        self.date_effective = date_effective
        self.reason = reason
        self.changes = changes
        self.undoes = undoes

    def make(self):
        """Change the contract.

        :return: ``support.contract.amendment``, with a line for every field that
            differs, those that follow from the change included
        :raise AccessError: unless a manager, or the system itself, asks
        """
        self._check_allowed()
        lock_for_amendment(self.contract)
        now, later = self.plan()
        was = describe_agreed(self.contract, self.date_effective)
        before = self._snapshot()
        added, removed = self._write(now)
        after = self._snapshot() | self._encode(later)
        lines = [
            *(
                self._prepare_line_vals(*key, before[key], after[key])
                for key in before
                if key in after and before[key] != after[key]
            ),
            *removed,
            *(
                self._prepare_line_vals(record)
                | {"operation": "add", "record_name": record._describe_added()}
                for record in added
            ),
            *(self.undoes._prepare_withdrawn_lines_vals() if self.undoes else ()),
        ]
        if not lines:
            raise UserError(self.env._("Nothing would change."))
        amendment = self._note(lines, "scheduled" if later else "applied")
        self._tell(was)
        self.contract._after_amendment(amendment)
        return amendment

    def plan(self):
        """What would be written at once and what on its day; writes nothing.

        :return: two lists like the changes, with what follows from them
        :raise AccessError: see `make`
        """
        self._check_allowed()
        self.changes = self._spell_out(self.changes)
        now, later = self._split()
        for records, vals in later:
            records._check_scheduled(vals)
        return now, later

    def _tell(self, was):
        """Who follows the talk about the contract reads there what is another now.

        What changed field by field is on the amendment.
        """
        day, contract = self.date_effective, self.contract
        changes = compare(was, describe_agreed(contract, day))
        contract._message_log(
            body=get_message(self.env, day, self.reason.strip(), changes)
        )

    def _check_allowed(self):
        if not (self.env.su or self.contract._may_amend()):
            raise AccessError(self.env._("Only a manager can amend a contract."))
        if not self.reason or not self.reason.strip():
            raise UserError(self.env._("Say why the contract is amended."))

    def _spell_out(self, changes):
        """What has to be written so that the values hold from the day on."""
        return [
            change
            for records, vals in changes
            for change in (
                records._get_amendment_changes(vals, self.date_effective)
                if records and vals
                else [(records, vals)]
            )
        ]

    def _split(self):
        """Changes to write now, and those that wait for their day."""
        if self.date_effective <= self.contract.company_id._support_today():
            return self.changes, []
        now, later = [], []
        for records, vals in self.changes:
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

    def _write(self, changes):
        """Write what holds from now on.

        :return: (records that were added, lines about those that were removed)
        """
        removed = []
        for records, vals in changes:
            if vals is None:
                removed += [
                    self._prepare_line_vals(record)
                    | {"operation": "remove", "record_name": record._describe_added()}
                    for record in records
                ]
                records._with_permission().unlink()
            elif records:
                records._with_permission().write(vals)
        self.env.flush_all()
        added = [
            records._with_permission().create(vals)
            for records, vals in changes
            if not records and vals is not None
        ]
        self.env.flush_all()
        return added, removed

    def _snapshot(self):
        """{(record, field name): JSON} of guarded and of explicitly changed fields."""
        values = {}
        for record in self.contract._get_amendable_records():
            record = record.exists()
            for name in sorted(record._get_guarded_fields()):
                if record._fields[name].type not in LISTS_AND_FILES:
                    values[record, name] = record._encode_value(name)
        for records, vals in self.changes:
            for record in records.exists():
                for name in vals or ():
                    values[record, name] = record._encode_value(name)
        return values

    @staticmethod
    def _encode(changes):
        return {
            (record, name): record._encode(name, value)
            for records, vals in changes
            for record in records
            for name, value in vals.items()
        }

    @staticmethod
    def _prepare_line_vals(record, name=False, before=None, after=None):
        return {
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "operation": "change",
            "field_name": name,
            "before": before,
            "after": after,
        }

    def _note(self, lines, state):
        """Keep the amendment, its lines and an entry in the event log for each."""
        contract, undoes = self.contract, self.undoes
        # sudo: nobody writes amendments by hand.
        amendment_sudo = (
            self.env["support.contract.amendment"]
            .sudo()
            .create(
                {
                    "contract_id": contract.id,
                    "company_id": contract.company_id.id,
                    "date_effective": self.date_effective,
                    "date_decided": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "reason": self.reason.strip(),
                    "state": state,
                    "undoes_id": undoes.id if undoes else False,
                    "line_ids": [fields.Command.create(vals) for vals in lines],
                }
            )
        )
        if undoes and undoes.state == "scheduled":
            # sudo: nobody writes amendments by hand.
            undoes.sudo()._with_permission().state = "withdrawn"
        amendment_sudo._log_events()
        return amendment_sudo.sudo(False)


def lock_for_amendment(contract):
    """Let whoever amends this contract at this moment finish first.

    Nobody changes what they have not seen: PostgreSQL refuses the second one, and
    Odoo begins their request anew with what the first one has left.
    """
    contract.env.execute_query(
        SQL(
            "UPDATE support_contract SET write_date = write_date WHERE id = %s"
            " RETURNING id",
            contract.id,
        )
    )


def check_new_terms(contract, terms):
    """Refuse a version that could still change, or that was not meant for it."""
    env = contract.env
    if terms.state == "draft":
        raise UserError(
            env._(
                "%s is a draft. Publish it before a contract moves to it.",
                terms.display_name,
            )
        )
    if terms.company_id and terms.company_id != contract.company_id:
        raise UserError(env._("%s is for another company.", terms.display_name))
    if terms.currency_id != contract.currency_id:
        raise UserError(
            env._(
                "%(terms)s is in %(other)s and the contract in %(currency)s: "
                "prices agreed with the customer would change their meaning. "
                "Write a new contract instead.",
                terms=terms.display_name,
                other=terms.currency_id.name,
                currency=contract.currency_id.name,
            )
        )
