# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..deleting import Deletion, get_steps
from ..retention import KEPT, NAMING, keep_rows, make_functions


class SupportDeletion(models.Model):
    """What a manager had deleted after the years for which it had to be kept."""

    _name = "support.deletion"
    _description = "Deletion of Old Material"
    _inherit = ["support.protected.mixin"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    state = fields.Selection(
        [("draft", "Overview"), ("waiting", "Under Way"), ("done", "Finished")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users", string="Asked By", readonly=True, copy=False, ondelete="restrict"
    )
    date = fields.Datetime(string="Asked On", readonly=True, copy=False)
    with_entries = fields.Boolean(
        string="Journal Entries Too",
        help="Odoo adds up balances over all years: without the entries of old years "
        "those of later years are others. Choose it only where the opening balances "
        "were entered anew.",
    )
    figures = fields.Json(readonly=True, copy=False)
    kept_figures = fields.Json(readonly=True, copy=False)
    overview = fields.Html(compute="_compute_overview", sanitize=False)

    def init(self):
        make_functions(self.env.cr)
        keep_rows(self.env.cr, KEPT)
        keep_rows(self.env.cr, NAMING, "support_name_guard")
        return super().init()

    def _compute_name(self):
        for deletion in self:
            deletion.name = self.env._("Deletion %s", deletion._origin.id or "")

    @api.depends("company_id", "with_entries", "state", "figures", "kept_figures")
    def _compute_overview(self):
        for deletion in self:
            if deletion.state == "draft":
                # sudo: who may not read all of it still sees how much there is.
                figures, kept = Deletion(deletion.sudo()).count(), {}
            else:
                figures, kept = deletion.figures or {}, deletion.kept_figures or {}
            deletion.overview = deletion._render_figures(figures, kept)

    @api.model
    def _get_step_names(self):
        """{model: what its records are called here}, as columns; extend."""
        return {
            "account.move": self.env._("Invoices"),
            "ir.attachment": self.env._("Documents"),
            "support.charge": self.env._("Charges"),
            "support.count": self.env._("Line counts"),
        }

    def _get_steps(self):
        """What is deleted, in order: a list of `..deleting.Step`; extend."""
        self.ensure_one()
        return get_steps(self.company_id)

    def _render_figures(self, figures, kept):
        """A table with a row for each financial year."""
        if not figures and not kept:
            return Markup("<p>%s</p>") % self.env._(
                "Nothing is old enough: everything has to be kept."
            )
        names = self._get_step_names()

        def cells(tag, values):
            return Markup().join(
                Markup("<%s class='text-end'>%s</%s>") % (tag, value, tag)
                for value in values
            )

        rows = [
            Markup("<tr><th>%s</th>%s</tr>")
            % (year, cells("td", (counts.get(model, 0) for model in names)))
            for year, counts in sorted(figures.items())
        ]
        table = Markup(
            "<table class='table table-sm w-auto'><thead><tr><th>%s</th>%s</tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (
            self.env._("Financial Year"),
            cells("th", names.values()),
            Markup().join(rows),
        )
        if kept:
            number = sum(sum(counts.values()) for counts in kept.values())
            table += Markup("<p>%s</p>") % self.env._(
                "%s stayed, because something else needs them, such as a lock date.",
                number,
            )
        return table

    def _check_editable(self, operation):
        if operation != "create" and any(one.state != "draft" for one in self):
            raise UserError(self.env._("What was deleted, and by whom, is kept."))

    # === DELETE === #

    def action_delete(self):
        """Delete what the overview shows, as soon as possible; a button."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("support_contract.group_support_manager"):
            raise AccessError(
                self.env._("Only a manager deletes bookkeeping material.")
            )
        if self.state != "draft":
            raise UserError(self.env._("That was asked for already."))
        deletion = Deletion(self.sudo())
        if not any(deletion.find(step, 1) for step in deletion.get_steps()):
            raise UserError(
                self.env._("Nothing is old enough: everything has to be kept.")
            )
        # sudo: written by the button alone; so is triggering the scheduled action.
        self.sudo()._with_permission().write(
            {
                "state": "waiting",
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "figures": {},
            }
        )
        self.env.ref("support_contract_billing.ir_cron_delete_unkept").sudo()._trigger()

    @api.model
    def _cron_delete_unkept(self):
        """Do what managers asked for; a scheduled action."""
        for deletion in self.search([("state", "=", "waiting")], order="id"):
            if not Deletion(deletion).work():
                return
            deletion._finish()

    def _add_figures(self, model, deleted, kept):
        """Note what a batch deleted, and what stayed: {year: number}."""
        vals = {}
        for name, numbers in (("figures", deleted), ("kept_figures", kept)):
            figures = {
                year: dict(counts) for year, counts in (self[name] or {}).items()
            }
            for year, number in numbers.items():
                counts = figures.setdefault(str(year), {})
                counts[model] = counts.get(model, 0) + number
            vals[name] = figures
        self._with_permission().write(vals)

    def _finish(self):
        self._with_permission().write({"state": "done"})
        names = self._get_step_names()
        self.env["support.history"].with_user(self.user_id)._log(
            "deletion",
            self,
            self.company_id,
            note="; ".join(
                f"{year}: "
                + ", ".join(
                    f"{counts[model]} {names[model]}"
                    for model in names
                    if counts.get(model)
                )
                for year, counts in sorted((self.figures or {}).items())
            ),
        )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | self._get_readonly_fields()
