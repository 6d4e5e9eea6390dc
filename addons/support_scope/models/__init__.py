# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_analytic_line
from . import account_move
from . import account_partial_reconcile
from . import hr_employee
from . import mixins
from . import project_project
from . import project_task
from . import res_company
from . import res_config_settings
from . import support_charge
from . import support_charge_day
from . import support_contract
from . import support_contract_amendment
from . import support_contract_contact
from . import support_deletion
from . import support_former_name
from . import support_instance
from . import support_instance_module
from . import support_reproduction
from . import support_work_approval
from . import support_work_factor
from . import support_work_verdict
