# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Lists show the monthly fee of each contract from now on, not from tonight."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.ref("support_contract.ir_cron_keep")._trigger()
