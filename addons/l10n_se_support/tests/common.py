# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon
from odoo.addons.support_instance.tests.repository import module_files


class L10nSeSupportCommon(SupportBillingCommon):
    """A Swedish consultancy, customers in three countries, 12,345 lines of code."""

    @classmethod
    @AccountTestInvoicingCommon.setup_chart_template("se")
    def setUpClass(cls):
        super().setUpClass()
        # A chart loaded in this transaction is unknown to the database's planner,
        # and loading another one takes minutes then.
        cls.env.cr.execute("ANALYZE account_group, account_account")
        cls.company.vat = "SE123456789701"
        cls.terms = cls.env.ref("l10n_se_support.terms_se")
        cls.product = cls.type_maintenance.product_id
        cls.swedish = cls._create_customer(
            name="Björkdal Snickeri AB", country_id=cls._get_country("se")
        )
        cls.finnish = cls._create_customer(
            name="Koivula Puutyö Oy",
            country_id=cls._get_country("fi"),
            vat="FI12345671",
        )
        cls.norwegian = cls._create_customer(
            name="Bjørkedal Snekkeri AS", country_id=cls._get_country("no")
        )
        cls.repository = cls._create_repository()
        cls.repository.commit(module_files("workshop", 12345))

    @classmethod
    def _get_country(cls, code):
        return cls.env.ref(f"base.{code}").id

    @classmethod
    def _create_customer(cls, **vals):
        return cls.env["res.partner"].create(
            {
                "is_company": True,
                "property_payment_term_id": cls.env.ref(
                    "account.account_payment_term_30days"
                ).id,
                **vals,
            }
        )

    @classmethod
    def _chart(cls, xmlid, company=None):
        """Record of the company's chart by template xmlid."""
        ChartTemplate = cls.env["account.chart.template"]
        return ChartTemplate.with_company(company or cls.company).ref(xmlid)

    def _bill_maintenance(self, customer, start="2026-09-01", day="2026-10-01"):
        """The invoice that the scheduled action posts on `day` for one contract."""
        contract = self._create_contract(
            services=[("maintenance", start)], partner_id=customer.id
        )
        self._create_instance(contract, self.repository)
        contract.action_activate()
        self._run_cron(day)
        self.assertFalse(contract.billing_error)
        return contract.invoice_ids

    def _correct(self, invoice, lines, day="2026-10-05"):
        """Correct the charge of an invoice by a count of so many lines."""
        charge = invoice.invoice_line_ids.support_charge_ids
        return self._correct_charge(charge, lines, day)

    def _correct_charge(self, charge, lines, day):
        instance = charge.contract_id.instance_ids
        self.repository.commit(module_files("workshop", lines))
        with self._on(day):
            instance.action_count()
            count = instance.count_ids.sorted("id")[-1]
            if count.state != "approved":
                count.sudo().action_approve()
            return charge._correct(count, "The first count read the wrong branch")

    def _get_boxes(self, moves):
        """Boxes of the VAT return that posted lines are in, by Odoo's own report: each
        of its lines with the tag of its formula and the formula's sign.
        """
        lines = moves.filtered(lambda move: move.state == "posted").line_ids
        boxes = {}
        expressions = self.env.ref("l10n_se.tax_report").line_ids.expression_ids
        for expression in expressions.filtered(lambda one: one.engine == "tax_tags"):
            tags = expression._get_matching_tags()
            sign = -1 if expression.formula.startswith("-") else 1
            if mine := lines.filtered(lambda line, tags=tags: line.tax_tag_ids & tags):
                box = expression.report_line_id.code.removeprefix("se_")
                boxes[box] = sign * sum(mine.mapped("balance"))
        return boxes
