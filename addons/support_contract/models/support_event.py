# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportEvent(models.Model):
    """What happened to a contract: who, when, what, before and after.

    The one history of the suite. Events are only ever added. The ORM refuses to change
    or delete them, for the superuser too, and so does the database.
    """

    _name = "support.event"
    _description = "Support Event"
    _order = "id desc"
    _rec_name = "summary"

    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Who", required=True, ondelete="restrict", readonly=True
    )
    kind = fields.Selection(
        selection=lambda self: self._selection_kind(), required=True, readonly=True
    )
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True
    )
    record_name = fields.Char(string="What", readonly=True)
    field_name = fields.Char(readonly=True)
    before = fields.Char(readonly=True)
    after = fields.Char(readonly=True)
    note = fields.Char(string="Reason", readonly=True)
    amendment_id = fields.Many2one(
        "support.contract.amendment", ondelete="restrict", readonly=True
    )
    summary = fields.Char(string="Change", compute="_compute_summary")

    def init(self):
        """Let the database refuse what the ORM refuses.

        The columns are compared in the function's body: a trigger on named columns
        would keep a later version from changing their type, and one on every update
        would keep it from filling a new column.
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION support_event_append_only() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                    IF EXISTS (SELECT FROM support_event) THEN
                        RAISE EXCEPTION 'The event log is append-only.'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NULL;
                END IF;
                IF TG_OP = 'DELETE' OR (
                    OLD.contract_id, OLD.company_id, OLD.date, OLD.user_id, OLD.kind,
                    OLD.model, OLD.res_id, OLD.record_name, OLD.field_name, OLD.before,
                    OLD.after, OLD.note, OLD.amendment_id
                ) IS DISTINCT FROM (
                    NEW.contract_id, NEW.company_id, NEW.date, NEW.user_id, NEW.kind,
                    NEW.model, NEW.res_id, NEW.record_name, NEW.field_name, NEW.before,
                    NEW.after, NEW.note, NEW.amendment_id
                ) THEN
                    RAISE EXCEPTION 'The event log is append-only.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS support_event_append_only ON support_event;
            CREATE TRIGGER support_event_append_only
                BEFORE UPDATE OR DELETE ON support_event
                FOR EACH ROW EXECUTE FUNCTION support_event_append_only();
            DROP TRIGGER IF EXISTS support_event_never_emptied ON support_event;
            CREATE TRIGGER support_event_never_emptied
                BEFORE TRUNCATE ON support_event
                FOR EACH STATEMENT EXECUTE FUNCTION support_event_append_only();
            """
        )

    @api.model
    def _selection_kind(self):
        return [
            ("state", self.env._("Status")),
            ("amendment", self.env._("Amendment")),
            ("notice", self.env._("Notice")),
            ("override", self.env._("Override")),
            ("upgrade", self.env._("Upgrade")),
            ("ending", self.env._("Ending")),
        ]

    @api.depends("model", "field_name", "before", "after", "note")
    def _compute_summary(self):
        for event in self:
            label = event._get_field_label()
            if event.before or event.after:
                change = f"{event.before or '–'} → {event.after or '–'}"
                event.summary = f"{label}: {change}" if label else change
            else:
                event.summary = event.note or ""

    def _get_field_label(self):
        """The changed field's name in the reader's language."""
        self.ensure_one()
        if self.model not in self.env or not self.field_name:
            return ""
        description = self.env[self.model].fields_get([self.field_name], ["string"])
        return description.get(self.field_name, {}).get("string", self.field_name)

    def write(self, vals):
        # pylint: disable=method-required-super
        raise UserError(self.env._("The event log is append-only."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The event log is append-only."))
