# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/odoo: Odoo's own command line in this environment."""

from . import odoo, postgres, setup
from .console import in_foreground

HELP = """\
Odoo's own command line in this environment, set up and with its database running.
All arguments are Odoo's:

  bin/odoo -d demo                     serve the database demo
  bin/odoo -d demo -u support_contract update an add-on
  bin/odoo shell -d demo               a Python prompt with `env`
  bin/odoo help                        Odoo's commands
  bin/odoo server --help               the server's options

The configuration is odoo.conf; for another one: bin/odoo -c FILE
"""


def main(arguments):
    if arguments in (["--help"], ["-h"]):
        print(HELP, end="")
        return 0
    setup.ensure()
    with postgres.running() as pg:
        return in_foreground(odoo.command(*arguments), odoo.environment(pg))
