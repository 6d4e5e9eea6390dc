# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import ir_module_module
from . import support_charge
from . import support_terms
from . import support_contract
from . import support_contract_count
from . import support_contract_service
from . import support_instance
from . import account_move
from . import account_move_line
from . import support_contract_fee
from . import support_contract_suspension
from . import support_event
from . import support_charge_decision
from . import support_contract_preview
from . import support_charge_rate
from . import support_contract_service_fee
from . import res_company
from . import res_config_settings
from . import support_billing_run
from . import support_billing_run_line
from . import support_charge_right
from . import support_contract_settle
from . import support_service_change
from . import support_billing_run_before
from . import support_fee_announcement
from . import support_contract_announce
from . import support_contract_portal
from . import support_contract_portal_invoices
from . import account_move_send
from . import mail_mail
from . import mail_notification
from . import support_contract_sending
