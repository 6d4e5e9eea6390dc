# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..periods import anchored_period

# What a figure of a service can change with, besides the terms.
CONDITIONS = tuple(
    f"contract_id.condition_ids.{name}"
    for name in ("key", "type_id", "service_id", "value", "date_start", "date_end")
)


class SupportContractService(models.Model):
    """One service of a contract, with its own price, start and end. Clauses R1, R3."""

    _name = "support.contract.service"
    _description = "Support Contract Service"
    # Without the contract: its own order reads dates that are computed from services.
    _order = "date_start, id"
    _rec_names_search = ["type_id.name", "contract_id.name"]

    contract_id = fields.Many2one(
        "support.contract", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    type_id = fields.Many2one("support.service.type", required=True)
    basis = fields.Selection(related="type_id.basis")
    # The type's own, at the time: the database compares it with the other services.
    exclusive = fields.Boolean(
        compute="_compute_exclusive", store=True, precompute=True
    )
    step = fields.Integer(compute="_compute_step")
    price_unit = fields.Monetary(
        string="Price per Month",
        compute="_compute_price_unit",
        inverse="_inverse_price_unit",
        help="A month's price: of the service, or of each started step of its units. "
        "Comes from the terms; another one is a special condition.",
    )
    date_start = fields.Date(required=True, default=lambda self: self._default_start())
    date_min_end = fields.Date(
        string="Minimum Term Until",
        compute="_compute_date_min_end",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day of the minimum term.",
    )
    date_notice = fields.Date(string="Notice Given On", copy=False)
    date_end = fields.Date(
        copy=False, help="The last day of the service. Empty while it runs on."
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "A service cannot end before it starts.",
    )
    _min_term_ordered = models.Constraint(
        "CHECK (date_min_end IS NULL OR date_min_end >= date_start)",
        "A minimum term cannot end before its service starts.",
    )
    # Closed ranges of whole days. A range of one id stands for the id itself, so that
    # `=` works in a GiST index without the extension btree_gist.
    _no_overlap = models.Constraint(
        """EXCLUDE USING gist (
            int4range(contract_id, contract_id, '[]') WITH =,
            int4range(type_id, type_id, '[]') WITH =,
            daterange(date_start, date_end, '[]') WITH &&
        ) WHERE (exclusive)""",
        "The contract already has a service of this type on some of these days.",
    )

    @api.model
    def _default_start(self):
        return self.env.company._support_today()

    @api.depends("type_id", "contract_id.name")
    @api.depends_context("support_one_contract")
    def _compute_display_name(self):
        """With ``support_one_contract`` in the context it is clear of which one."""
        alone = self.env.context.get("support_one_contract")
        for service in self:
            name, contract = service.type_id.name, service.contract_id.name
            service.display_name = name if alone else f"{contract}: {name}"

    @api.depends("type_id")
    def _compute_exclusive(self):
        for service in self:
            service.exclusive = service.type_id.exclusive

    @api.depends("type_id", "contract_id.terms_id")
    def _compute_step(self):
        for service in self:
            service.step = service._get_agreed("step").value

    @api.depends(
        "type_id", "date_start", "date_end", "contract_id.terms_id", *CONDITIONS
    )
    def _compute_price_unit(self):
        for service in self:
            service.price_unit = service._get_agreed("price").value or 0.0

    def _inverse_price_unit(self):
        for service in self:
            service._agree_price(service.price_unit)

    @api.depends("type_id", "date_start", "contract_id.terms_id", *CONDITIONS)
    def _compute_date_min_end(self):
        for service in self:
            start = service.date_start
            months = start and service._get_agreed("min_months", start).value
            service.date_min_end = (
                anchored_period(start, 0, months=months).end if months else False
            )

    @api.model_create_multi
    def create(self, vals_list):
        # A new service may follow on one whose end was set in the same save: the
        # database has to know of the end before it compares the two.
        self.flush_model(["contract_id", "type_id", "date_start", "date_end"])
        return super().create(vals_list)
