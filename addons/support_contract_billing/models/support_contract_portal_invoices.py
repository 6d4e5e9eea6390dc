# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

# How many invoices the customer's page shows; Odoo's own page has all of them.
SHOWN = 12


class SupportContract(models.Model):
    """The latest invoices on the customer's page of the agreement."""

    _inherit = "support.contract"

    def _prepare_portal_overview(self, cards):
        shown = "costs" in cards and self.state != "draft"
        return super()._prepare_portal_overview(cards) | {
            "invoices": self._prepare_portal_invoices() if shown else [],
        }

    def _prepare_portal_invoices(self):
        """A row for each of the latest invoices and credit notes, the newest first.

        Only those of the customer of today: what a former one paid is not theirs to
        see. A link opens the document by itself only if all of it is of this contract;
        otherwise Odoo decides who may read it.
        """
        self.ensure_one()
        today = self.company_id._support_today()
        customer = self.partner_id.commercial_partner_id
        # sudo: portal users have no access to the models; see `_get_portal_contract`.
        moves_sudo = self._get_all_invoices().sudo()
        moves_sudo = moves_sudo.filtered(
            lambda move: (
                move.state == "posted" and move.commercial_partner_id == customer
            )
        )
        latest_sudo = moves_sudo.sorted(
            lambda move: (move.invoice_date or move.date, move.id), reverse=True
        )
        return [
            {
                "move": move,
                "link": move.get_portal_url()
                if self._owns_document(move)
                else f"/my/invoices/{move.id}",
                "amount": move.amount_total
                if move.move_type == "out_invoice"
                else -move.amount_total,
                "overdue": move.invoice_date_due and move.invoice_date_due < today,
            }
            for move in latest_sudo[:SHOWN]
        ]

    def _owns_document(self, move):
        """Whether every product line is a charge of this contract, or of the invoice
        that a credit note takes back."""
        if move.reversed_entry_id and not move.invoice_line_ids.support_charge_ids:
            return self._owns_document(move.reversed_entry_id)
        lines = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        return all(line.support_charge_ids.contract_id == self for line in lines)
