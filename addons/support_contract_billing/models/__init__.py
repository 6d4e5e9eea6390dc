# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import support_charge
from . import support_contract
from . import support_contract_due
from . import support_contract_policy
from . import support_contract_bill
from . import support_contract_service
from . import support_instance
from . import account_move
from . import account_move_line
from . import support_charge_fee
from . import support_contract_fee
from . import support_contract_suspension
from . import support_upgrade
from . import support_event
from . import support_charge_reopen
from . import support_charge_decision
from . import account_move_line_charge
from . import account_move_reopen
from . import support_usage
from . import support_usage_record
from . import support_contract_usage
from . import support_contract_preview
from . import support_charge_rate
from . import support_contract_service_fee
from . import support_revenue_report
from . import account_move_reference
from . import res_company
from . import support_billing_run
from . import support_billing_run_line
from . import support_billing_restored
from . import support_billing_watch
