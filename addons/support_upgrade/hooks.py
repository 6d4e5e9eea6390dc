# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.support_contract_billing.retention import drop_functions


def uninstall_hook(env):
    """Leave nothing that names upgrades by their model, which is gone then.

    What an upgrade explained goes on being explained, in words. Whether the work of an
    ended contract was finished is in its event log.
    """
    drop_functions(env.cr, ["support_upgrade_approval"])
    # sudo: as the system, in all companies.
    growth_sudo = env["support.count.growth"].sudo()
    for growth in growth_sudo.search([("origin_ref", "=like", "support.upgrade,%")]):
        words = [growth.origin_note, growth.origin_ref.display_name]
        growth.write(
            {"origin_ref": False, "origin_note": ", ".join(filter(None, words))}
        )
    env["support.contract.checklist"].sudo().search([("code", "=", "upgrade")]).unlink()
