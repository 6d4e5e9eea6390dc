# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import support_billing_overview
from . import support_contract_amend
from . import support_overview
from . import support_overview_customer
from . import support_time_correction
from . import support_work_approval_end
from . import support_work_approval_phone
from . import support_work_override
from . import support_work_setup
from . import support_work_setup_line
