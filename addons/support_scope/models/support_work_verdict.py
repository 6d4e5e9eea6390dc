# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.support_contract.transactions import commit_alone, log_failure

from ..reasons import explain
from ..verdicts import get_verdicts

# How much work is judged in one transaction.
BATCH = 100


class SupportWorkVerdict(models.Model):
    """What was answered about a piece of work at some moment, and by which facts.

    Every one stays: new facts add another one.
    """

    _name = "support.work.verdict"
    _description = "Verdict on Work"
    _inherit = ["support.protected.mixin"]
    _order = "id desc"
    _check_company_auto = True

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True
    )
    work_name = fields.Char(string="Work", compute="_compute_work_name")
    contract_id = fields.Many2one(
        "support.contract",
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="For the Day", required=True, readonly=True)
    verdict = fields.Selection(get_verdicts, required=True, readonly=True)
    clause = fields.Char(readonly=True)
    rule = fields.Char(readonly=True)
    facts = fields.Json(readonly=True)
    is_override = fields.Boolean(
        string="Decided by Hand",
        readonly=True,
        help="A person decided against the rules, and said why.",
    )
    reason = fields.Char(string="Reason Given", readonly=True)
    why = fields.Char(compute="_compute_why", compute_sudo=True)

    _work_index = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_work_name(self):
        """The name of work that the reader may open."""
        for model, verdicts in self.grouped("res_model").items():
            names = {}
            if model in self.env:
                works = self.env[model].browse(verdicts.mapped("res_id")).exists()
                works = works._filtered_access("read")
                names = {work.id: work.display_name for work in works}
            for verdict in verdicts:
                verdict.work_name = names.get(verdict.res_id, "")

    @api.depends("reason", "rule", "facts")
    @api.depends_context("lang")
    def _compute_why(self):
        for verdict in self:
            verdict.why = verdict.reason
            if verdict.res_model in self.env and not verdict.reason:
                work = self.env[verdict.res_model].browse(verdict.res_id).exists()
                verdict.why = explain(work, verdict)

    def _get_category(self):
        """The category of work at that moment, or none."""
        code = (self.facts or {}).get("category")
        categories = self.env["support.scope.category"].with_context(active_test=False)
        return categories.search([("code", "=", code or False)], limit=1)

    def action_view_work(self):
        """Open the work; a button."""
        self.ensure_one()
        work = self.env[self.res_model].browse(self.res_id)
        return work._get_records_action(name=self.work_name)

    def _check_editable(self, operation):
        if operation != "create":
            raise UserError(self.env._("A verdict that was given stays as it is."))

    @api.model
    def _get_work_models(self):
        """Names of the models of work that contracts may include; extend."""
        return ["project.task"]

    @api.model
    def _cron_evaluate(self):
        """Judge work that goes on anew on each day; a scheduled action.

        All of it in one run: it would not know where to go on the next time.
        """
        for name in self._get_work_models():
            works = self.env[name]
            found = works.search(
                [*works._get_open_work_domain(), ("scope_verdict", "!=", False)]
            )
            for batch in split_every(BATCH, found.ids, works.browse):
                _evaluate_alone(batch)
                self.env["ir.cron"]._commit_progress(len(batch))


def _evaluate_alone(works):
    """Judge work in a transaction of its own; what cannot be judged stays as it was."""
    try:
        commit_alone(works.env, lambda: works.exists()._evaluate(), attempts=3)
    except Exception as error:  # one that fails never stops the others
        if len(works) == 1:
            log_failure("could not be judged", works, error)
        else:
            for work in works:
                _evaluate_alone(work)
