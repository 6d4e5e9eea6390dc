# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportCharge(models.Model):
    """One amount that a customer owes, why, and the invoice line that asked for it.

    Nothing reaches an invoice except through a charge, and the unique key makes it
    impossible to charge the same thing twice, whoever runs what at the same time.
    """

    _name = "support.charge"
    _description = "Support Charge"
    _order = "date desc, contract_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="Who had the contract then: who owes this, whoever has it today.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    service_id = fields.Many2one(
        "support.contract.service", ondelete="restrict", index=True, readonly=True
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    kind = fields.Selection(
        selection=lambda self: self._selection_kind(), required=True, readonly=True
    )
    key = fields.Char(
        required=True,
        readonly=True,
        help="Says what is charged, and exists only once in the database.",
    )
    date = fields.Date(
        required=True, readonly=True, help="The day from which it can be invoiced."
    )
    period_start = fields.Date(readonly=True)
    period_end = fields.Date(readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price_unit = fields.Monetary(readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Without tax, in the contract's currency."
    )
    calculation = fields.Text(readonly=True, help="How the amount came about.")
    count_ids = fields.Many2many(
        "support.count", string="Line Counts", readonly=True, help="The evidence."
    )
    provisional = fields.Boolean(
        readonly=True,
        copy=False,
        help="The code could not be counted in time, so an older count was taken. The "
        "difference follows by itself when it can be.",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    move_id = fields.Many2one(
        related="move_line_id.move_id", store=True, string="Invoice", index=True
    )
    state = fields.Selection(
        [
            ("pending", "To Invoice"),
            ("held", "Held"),
            ("invoiced", "Invoiced"),
            ("waived", "Waived"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )

    # Every run looks for them, among all that was ever charged.
    _provisional_index = models.Index("(contract_id) WHERE provisional")
    _key_uniq = models.UniqueIndex("(key)", "That was already charged.")
    _invoiced_has_line = models.Constraint(
        "CHECK ((state = 'invoiced') = (move_line_id IS NOT NULL))",
        "A charge is invoiced exactly when it has an invoice line.",
    )

    @api.model
    def _selection_kind(self):
        return [
            ("recurring", self.env._("Recurring")),
            ("usage", self.env._("Usage")),
        ]

    @api.model
    def _get_evidence_domains(self):
        """{add-on: domain of the charges that its records prove}; extend.

        While an invoice with such a charge is posted, the add-on is not uninstalled.
        """
        return {}

    @api.depends("contract_id")
    def _compute_partner_id(self):
        """Once: what was owed does not pass on with the contract."""
        for charge in self:
            charge.partner_id = charge.contract_id and charge.contract_id._value_on(
                "partner_id", charge.period_end or charge.date
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        if self.filtered(lambda charge: charge.state == "invoiced"):
            raise UserError(
                self.env._("An invoiced charge is evidence and cannot be deleted.")
            )

    def action_view_counts(self):
        self.ensure_one()
        return self.count_ids._get_records_action(name=self.env._("Line Counts"))

    def action_download_files(self):
        """The counted files behind it, as CSV."""
        return self._download("files")

    def action_download_usage(self):
        """The metered transactions behind it, as CSV."""
        return self._download("usage")

    def _download(self, what):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/support/charge/{self.id}/{what}.csv",
            "target": "download",
        }

    def _get_metered_evidence(self):
        """What was metered and is charged by this; extend, as
        `support.contract._get_uncharged_evidence` says.

        :return: records, each with ``type_id``, ``date`` and ``quantity``
        """
        self.ensure_one()
        return []

    def action_view_invoice(self):
        self.ensure_one()
        return self.move_id._get_records_action(name=self.env._("Invoice"))

    def _set_invoiced(self, move):
        """Tie each charge to its line of the invoice that was made from them.

        :raise UserError: when a line says another amount than its charge
        """
        lines = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ).sorted("sequence")
        for charge, line in zip(self, lines, strict=True):
            charge._set_invoice_line(line)

    def _set_invoice_line(self, line):
        """Tie this charge to the one line that was made from it.

        :raise UserError: when the line says another amount
        """
        self.ensure_one()
        amount = self.amount * line._support_sign()
        if line.currency_id.compare_amounts(line.price_subtotal, amount):
            self._refuse_line(line)
        self._check_mapped_tax(line)
        self.write({"move_line_id": line.id, "state": "invoiced"})

    def _refuse_line(self, line):
        """Say why the line has another amount: mostly, its tax is in the price."""
        values = {
            "charge": self.name,
            "line": self.currency_id.format(line.price_subtotal),
            "amount": self.currency_id.format(self.amount * line._support_sign()),
            "product": self.product_id.display_name,
        }
        included = line.tax_ids.filtered("price_include")
        if not included:
            raise UserError(
                self.env._(
                    "The invoice line of “%(charge)s” would be %(line)s and not "
                    "%(amount)s. Look at the taxes of the product %(product)s.",
                    **values,
                )
            )
        raise UserError(
            self.env._(
                "The invoice line of “%(charge)s” would be %(line)s and not "
                "%(amount)s, because prices include the tax %(tax)s. Choose a tax "
                "that is not included in the price on the product %(product)s, or set "
                "“Included in Price” of this one to “Tax Excluded”.",
                tax=included[0].name,
                **values,
            )
        )

    def _check_mapped_tax(self, line):
        """Refuse a line whose customer's fiscal position names an archived tax.

        Odoo leaves it out in silence: the line has the seller's own VAT or none.
        """
        position = line.move_id.fiscal_position_id
        if not position:
            return
        own = self.product_id.taxes_id
        for tax in position.with_context(active_test=False).tax_ids:
            replaced = tax.original_tax_ids & own
            if tax.active or not replaced or line.tax_ids & position.tax_ids:
                continue
            raise UserError(
                self.env._(
                    "The tax %(tax)s, which the fiscal position %(position)s has for "
                    "%(customer)s, is archived. Restore it, or choose another one "
                    "there.",
                    tax=tax.name,
                    position=position.name,
                    customer=line.move_id.partner_id.display_name,
                )
            )

    def _prepare_invoice_line_vals(self):
        """Values of the invoice line that asks for this charge."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "name": f"{self.name}\n{self.calculation}",
            "quantity": self.quantity,
            "price_unit": self.price_unit,
        }
