# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..windows import opens

# Ids of all kinds in one view: that of what it is about, and a digit of its kind.
KINDS = 16


class SupportDeadline(models.Model):
    """A day on which something of a contract happens, or has to: one list and one
    calendar for ends, terms, notice, agreed changes and what add-ons know of.
    """

    _name = "support.deadline"
    _description = "Deadline of a Contract"
    _auto = False
    _order = "date, id"
    _depends = {
        "support.contract": ["partner_id", "user_id", "company_id", "state"],
        "support.contract.service": [
            "contract_id",
            "type_id",
            "date_end",
            "date_min_end",
            "date_last_notice",
            "date_next_end",
        ],
        "support.contract.amendment": ["contract_id", "date_effective", "state"],
    }

    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [
            ("end", "Service Ends"),
            ("min_end", "Minimum Term Ends"),
            ("last_notice", "Notice at the Latest"),
            ("renewal", "Service Renews"),
            ("change", "Agreed Change"),
        ],
        readonly=True,
    )
    contract_id = fields.Many2one("support.contract", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Account Manager", readonly=True)
    type_id = fields.Many2one("support.service.type", string="Service", readonly=True)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT part.id * %(kinds)s + %(number)s AS id, part.date,"
                " %(kind)s AS kind, part.type_id, contract.id AS contract_id,"
                " contract.partner_id, contract.company_id, contract.user_id"
                " FROM (%(query)s) AS part (id, contract_id, date, type_id)"
                " JOIN support_contract contract ON contract.id = part.contract_id"
                " WHERE contract.state IN ('active', 'notice')"
                " AND part.date IS NOT NULL",
                kinds=KINDS,
                number=number,
                kind=kind,
                query=query,
            )
            for kind, (number, query) in self._get_parts().items()
        )

    @api.model
    def _get_parts(self):
        """{kind: (its number, query of id, contract, day and type of service)}; extend.

        Numbers below 8 are of this add-on; no two kinds have the same one.
        """
        service = "SELECT id, contract_id, %s, type_id FROM support_contract_service"
        runs_on = " WHERE date_end IS NULL"
        return {
            "end": (1, SQL(service, SQL("date_end"))),
            "min_end": (2, SQL(service + runs_on, SQL("date_min_end"))),
            "last_notice": (3, SQL(service + runs_on, SQL("date_last_notice"))),
            "renewal": (4, SQL(service + runs_on, SQL("date_next_end + 1"))),
            "change": (
                5,
                SQL(
                    "SELECT id, contract_id, date_effective, NULL::integer"
                    " FROM support_contract_amendment WHERE state != 'withdrawn'"
                ),
            ),
        }

    @api.depends("kind", "partner_id", "type_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for deadline in self:
            names = (
                deadline.partner_id.name,
                deadline.type_id.name,
                kinds.get(deadline.kind),
            )
            deadline.display_name = ": ".join(filter(None, names))

    action_view_contract = opens("contract_id")
