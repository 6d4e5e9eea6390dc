# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_chart_template
from . import account_edi_xml_ubl_bis3
from . import account_journal
from . import account_move
from . import account_move_line
from . import account_move_send
from . import product_template
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_partner_bank
from . import support_billing_run
from . import support_charge
from . import support_contract
from . import support_service_type
