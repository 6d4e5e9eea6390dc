# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_analytic_line
from . import helpdesk_ticket
from . import helpdesk_ticket_category
from . import helpdesk_ticket_team
from . import project_task
from . import res_partner
from . import support_contract
from . import support_work_verdict
