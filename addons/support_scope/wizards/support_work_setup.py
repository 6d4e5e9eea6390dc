# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportWorkSetup(models.TransientModel):
    """What is set up for time on contracts, and what is missing."""

    _name = "support.work.setup"
    _description = "Set Up Work and Time"
    _inherit = "support.window.mixin"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many("support.work.setup.line", "setup_id")

    @api.depends_context("uid")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Set Up Work and Time")

    @api.model
    def action_open(self):
        """A fresh look; the menu."""
        setup = self.create({})
        setup._fill()
        return setup._get_records_action(name=self.env._("Set Up Work and Time"))

    def action_refresh(self):
        """Look again; a button. The form reloads by itself."""
        self._fill()
        return True

    def _fill(self):
        self.line_ids.unlink()
        self.env["support.work.setup.line"].create(
            [
                {"setup_id": self.id, "sequence": sequence, **vals}
                for sequence, vals in enumerate(self._prepare_steps())
            ]
        )

    def _prepare_steps(self):
        """Values of the steps, in the order in which they are taken; extend."""
        # sudo: how many there are is told; what is opened takes rights.
        company, env = self.company_id, self.sudo().env
        contracts = env["support.contract"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("active", "notice")),
            ]
        )
        timed = contracts.filtered("time_billed_from")
        kinds = env["support.service.type"].search([("basis", "=", "hours")])
        unpriced = contracts.terms_id.filtered(
            lambda terms: kinds - terms.price_ids.type_id
        )
        people = env["hr.employee"].search([("company_id", "=", company.id)])
        without_kind = people.filtered(lambda person: not person.support_type_id)
        without_cost = (people - without_kind).filtered(
            lambda person: not person.hourly_cost
        )
        homeless = timed.filtered(
            lambda contract: not (
                contract.support_project_ids
                or contract.project_id
                or company.support_project_id
            )
        )
        silent = timed.filtered(
            lambda contract: contract.approval_required
            and not contract.contact_ids.filtered("may_approve")
            and not contract.approval_ids.filtered("is_standing")
        )
        category = company.support_scope_category_id
        return [
            self._prepare_step(
                self.env._("Prices"),
                unpriced,
                self.env._("The terms price an hour of each kind of work."),
                self.env._(
                    "Terms without a price for an hour of each kind. Publish new "
                    "ones; special conditions may have a price as well."
                ),
            ),
            {
                "name": self.env._("Default category"),
                "is_done": bool(category),
                "number": 0 if category else 1,
                "detail": self.env._("New work begins as %s.", category.name)
                if category
                else self.env._(
                    "New work is undecided until somebody sorts it. Choose a "
                    "category in the settings to begin with."
                ),
            },
            self._prepare_step(
                self.env._("Kinds of work"),
                without_kind,
                self.env._("Everybody's time has a kind of work."),
                self.env._(
                    "People without a kind of work: their time has no price until "
                    "somebody chooses one on it."
                ),
            ),
            self._prepare_step(
                self.env._("Cost of an hour"),
                without_cost,
                self.env._("Everybody's time has a cost."),
                self.env._(
                    "People without an hourly cost: what contracts earn is shown too "
                    "high."
                ),
            ),
            self._prepare_step(
                self.env._("From which day"),
                contracts - timed,
                self.env._("Time is judged and billed on each running contract."),
                self.env._(
                    "Running contracts without a day from which time is billed: theirs "
                    "is neither judged nor charged."
                ),
            ),
            self._prepare_step(
                self.env._("Projects"),
                homeless,
                self.env._("There is a project for time on each of these contracts."),
                self.env._(
                    "Contracts without a project. Put projects under them, or "
                    "choose one that takes the time."
                ),
            ),
            self._prepare_step(
                self.env._("Who says yes"),
                silent,
                self.env._("Somebody at each customer may approve work."),
                self.env._(
                    "Contracts whose billed work needs a yes that nobody may give. "
                    "Add a contact, or agree on a standing approval."
                ),
            ),
        ]

    def _prepare_step(self, name, records, done, missing):
        """A step that is done when these records are none."""
        return {
            "name": name,
            "is_done": not records,
            "number": len(records),
            "detail": missing if records else done,
            "res_model": records._name,
            "res_domain": [["id", "in", records.ids]],
        }
