# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError


class AccountAnalyticLine(models.Model):
    """Time has one payer: the contract that its work is under, or an order.

    Whether the contract includes or bills it, no order has it as well. What an order
    has billed is the order's, and never judged or charged by a contract.
    """

    _inherit = "account.analytic.line"

    @api.constrains("so_line")
    def _check_support_so_line(self):
        # sudo: whoever logs time need not read orders.
        for line in self.sudo():
            # An item that is paid already makes it no time of the order.
            if line.so_line and line._is_not_billed() and line._is_contract_time():
                raise ValidationError(
                    self.env._(
                        "The time of %(day)s is on work under the support contract "
                        "%(contract)s, which includes or bills it. Leave the order "
                        "item empty.",
                        day=line.date,
                        contract=line._get_support_work().support_contract_id.name
                        or "",
                    )
                )

    @api.model
    def _get_money_fields(self):
        return super()._get_money_fields() | {"so_line"}

    def _is_contract_time(self):
        """Whether it is on work under a contract, whatever an order has of it."""
        self.ensure_one()
        # The rule of the base, without what is added to it below.
        # pylint: disable-next=super-method-mismatch
        return bool(self.project_id) and super()._is_support_time()

    def _is_support_time(self):
        return not self._is_order_billed() and super()._is_support_time()

    def _is_order_billed(self):
        """Whether an order has billed it, by the hour or beforehand."""
        self.ensure_one()
        # sudo: see above.
        line = self.sudo()
        if line.support_charge_id:
            return False
        if not line._is_not_billed():
            return True
        item = line.so_line
        by_the_hour = item.product_id.service_policy == "delivered_timesheet"
        return bool(item and not by_the_hour and item.qty_invoiced)

    def _evaluate_time(self):
        result = super()._evaluate_time()
        # sudo: see above.
        lines = self.sudo().filtered(lambda line: line.support_verdict and line.so_line)
        lines.write({"so_line": False, "is_so_line_edited": False})
        return result

    # === WAYS IN === #

    def _filter_support_time(self):
        # sudo: see above. Charged time stays ours, whatever becomes of its project.
        return self.filtered(
            lambda line: line.project_id
            and (line.sudo().support_charge_id or line._is_support_time())
        )

    def _compute_so_line(self):
        time = self._filter_support_time()
        time.so_line = False
        return super(AccountAnalyticLine, self - time)._compute_so_line()

    def _timesheet_determine_sale_line(self):
        if self._filter_support_time():
            return self.env["sale.order.line"]
        return super()._timesheet_determine_sale_line()

    def _is_updatable_timesheet(self):
        # Asked where the rates of employees on a project are applied.
        return super()._is_updatable_timesheet() and not self._filter_support_time()
