# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..pricing import Rounding, split_amount

REPORT = "support_contract_billing.action_report_specification"
# Lines of text that fit on one page, and what is shown of a service in any case.
PAGE_LINES = 16
LEAST_ROWS = 5


class AccountMove(models.Model):
    """One page for the customer: which module has how many lines, and costs what.

    It is made when the invoice is sent or its page first opened, not when it is posted,
    and stays as it was then.
    """

    _inherit = "account.move"

    support_specification_id = fields.Many2one(
        "ir.attachment",
        string="Specification",
        compute="_compute_support_specification_id",
    )
    support_specification_file = fields.Binary(attachment=True, copy=False)
    has_support_specification = fields.Boolean(
        compute="_compute_has_support_specification", compute_sudo=True
    )

    @api.depends("support_specification_file")
    def _compute_support_specification_id(self):
        self._compute_linked_attachment_id(
            "support_specification_id", "support_specification_file"
        )

    @api.depends("invoice_line_ids.support_charge_ids")
    def _compute_has_support_specification(self):
        for move in self:
            move.has_support_specification = bool(move.support_charge_count)

    def _get_fields_to_detach(self):
        return [*super()._get_fields_to_detach(), "support_specification_file"]

    def _detach_attachments(self):
        result = super()._detach_attachments()
        # Called for nobody again and again; of nobody means of all in the cache.
        if self:
            self.invalidate_recordset(
                ["support_specification_id", "support_specification_file"]
            )
        return result

    def action_open_support_specification(self):
        """Look at the page; of a posted invoice it is kept from then on."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "posted":
            return self.env.ref(REPORT).report_action(self)
        self._make_support_specification()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.support_specification_id.id}",
            "target": "new",
        }

    def _make_support_specification(self):
        """Render and keep the pages of those invoices that have none yet."""
        for move in self:
            if move.support_specification_id or not move.has_support_specification:
                continue
            # sudo: whoever sends the invoice need not read charges and counts.
            move_sudo = move.sudo().with_company(move.company_id)
            content, _format = move_sudo.env["ir.actions.report"]._render_qweb_pdf(
                REPORT, move_sudo.ids
            )
            move_sudo.env["ir.attachment"].create(
                {
                    "name": move_sudo._get_support_specification_name(),
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": move_sudo._name,
                    "res_id": move_sudo.id,
                    "res_field": "support_specification_file",
                }
            )
            move.invalidate_recordset(
                ["support_specification_id", "support_specification_file"]
            )

    def _get_support_specification_name(self):
        self.ensure_one()
        env = self.with_context(lang=self.partner_id.lang).env
        number = (self.name or "").replace("/", "_")
        return env._("Specification %s.pdf", number)

    def _get_support_specification(self):
        """What the page says.

        :return: dict with ``services`` (what is charged by lines of code: name, rows,
            sums, calculation), ``others`` (charges without modules) and ``included``
        """
        self.ensure_one()
        # sudo: see _make_support_specification.
        charges_sudo = self.sudo().invoice_line_ids.support_charge_ids.sorted("id")
        history = charges_sudo._get_history()
        counted = charges_sudo.filtered(
            lambda charge: charge.kind == "recurring" and charge.count_ids
        )
        others, included = charges_sudo - counted, self._get_support_included_work()
        taken = len(included) + sum(
            1 + len((charge.calculation or "").splitlines()) for charge in others
        )
        most = max((PAGE_LINES - taken) // max(len(counted), 1), LEAST_ROWS)
        return {
            "services": [
                charge._get_specification(
                    charge._get_previous(history[charge.contract_id]), most
                )
                for charge in counted
            ],
            "others": others,
            "included": included,
        }

    def _get_support_included_work(self):
        """Work of the period that the agreement includes: extend.

        :return: list of dicts with ``name``, ``quantity`` (a text such as "3.5 h") and
            ``value``, what it would have cost
        """
        self.ensure_one()
        return []


class SupportCharge(models.Model):
    _inherit = "support.charge"

    def _get_specification(self, previous, most):
        """Module by module: lines before, now and their share of the price.

        The shares add up to the amount, to the öre.

        :param previous: the charge of the month before, or none
        :param most: how many modules have a row of their own; the rest share one
        """
        self.ensure_one()
        old = previous and previous._get_correction_chain()._get_evidence()
        was = old._get_lines_by_module() if old else {}
        now = self.count_ids._get_lines_by_module()
        names = sorted(
            was.keys() | now.keys(),
            key=lambda name: (
                -abs(now.get(name, 0) - was.get(name, 0)) if old else 0,
                -now.get(name, 0),
                name,
            ),
        )
        weights = [now.get(name, 0) for name in names]
        shares = [0] * len(names)
        if any(weights):
            rounding = Rounding(self.currency_id.rounding)
            shares = split_amount(self.amount, weights, rounding)
        rows = [
            {
                "name": name,
                "before": was.get(name, 0) if old else None,
                "now": now.get(name, 0),
                "change": now.get(name, 0) - was.get(name, 0) if old else None,
                "amount": float(share),
            }
            for name, share in zip(names, shares, strict=True)
        ]
        return {
            "charge": self,
            "compared": bool(old),
            "rows": rows[:most],
            "rest": self._sum_rows(rows[most:]),
            "total": self._sum_rows(rows),
        }

    def _sum_rows(self, rows):
        """One row for many; its name is how many there are."""
        return {
            "name": len(rows),
            "before": sum(row["before"] or 0 for row in rows),
            "now": sum(row["now"] for row in rows),
            "change": sum(row["change"] or 0 for row in rows),
            "amount": self.currency_id.round(sum(row["amount"] for row in rows)),
        }
