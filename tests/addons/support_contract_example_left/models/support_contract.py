# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.verdict import Case


class SupportContract(models.Model):
    _inherit = "support.contract"

    left_promise = fields.Char()
    left_state = fields.Char(readonly=True)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"left_promise"}

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"left_state"}

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {"left": ("finance",)}

    @api.model
    def _get_portal_pages(self):
        pages = super()._get_portal_pages()
        pages["today"].cards.add("left")
        return pages

    def _prepare_portal_overview(self, cards):
        promise = self.left_promise if "left" in cards else ""
        return super()._prepare_portal_overview(cards) | {"left": promise}

    def _judge_right_left(self, right, facts):
        return Case(
            answer=lambda day: bool(self.left_promise),
            change_days=lambda day: [],
            explain=lambda day: (self.left_promise or "nothing promised", None),
        )
