# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def uninstall_hook(env):
    """Leave no item on a checklist that asks for what nobody can do any more.

    The cached code goes with the add-on. Whether it was deleted when a contract ended
    is in its event log.
    """
    # sudo: as the system, in all companies.
    env["support.contract.checklist"].sudo().search([("code", "=", "cache")]).unlink()
