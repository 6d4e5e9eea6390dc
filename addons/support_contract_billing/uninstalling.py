# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Domain


def check_evidence(modules):
    """Refuse to uninstall add-ons whose records prove what posted invoices charge.

    :param modules: `ir.module.module`, with what would be uninstalled along
    :raise UserError: for the first add-on whose evidence somebody was invoiced for
    """
    env = modules.env
    # sudo: what is posted in any company.
    charges_sudo = env["support.charge"].sudo()
    domains = charges_sudo._get_evidence_domains()
    for module in modules.filtered(lambda module: module.name in domains):
        # An invoice that was credited and made anew rests on them as well.
        posted = Domain("move_line_id.parent_state", "=", "posted") | Domain(
            "former_line_ids.parent_state", "=", "posted"
        )
        charges = charges_sudo.search(posted & Domain(domains[module.name]))
        lines = charges.move_line_id | charges.former_line_ids
        if invoices := lines.move_id.filtered(lambda move: move.state == "posted"):
            raise UserError(
                env._(
                    "%(addon)s cannot be uninstalled: its records prove what "
                    "%(count)s posted invoices charge, such as %(invoice)s.",
                    addon=module.shortdesc,
                    count=len(invoices),
                    invoice=invoices[:1].name,
                )
            )
