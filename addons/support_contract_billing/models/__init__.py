# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_move
from . import account_move_line
from . import account_move_send
from . import account_tax
from . import ir_attachment
from . import ir_cron
from . import ir_mail_server
from . import ir_module_module
from . import mail_activity
from . import mail_mail
from . import mail_thread
from . import product_template
from . import res_company
from . import res_config_settings
from . import res_partner
from . import support_billing_run
from . import support_billing_run_line
from . import support_charge
from . import support_contract
from . import support_contract_amendment
from . import support_contract_service
from . import support_count
from . import support_deletion
from . import support_event
from . import support_fee_announcement
from . import support_former_name
from . import support_history
from . import support_instance
from . import support_question
from . import support_terms
