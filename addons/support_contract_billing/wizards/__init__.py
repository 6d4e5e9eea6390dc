# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_move_reversal
from . import support_billing_overview
from . import support_billing_overview_line
from . import support_billing_preview
from . import support_billing_preview_invoice
from . import support_billing_preview_line
from . import support_charge_correction
from . import support_charge_decision
from . import support_contract_amend
from . import support_count_approve
from . import support_get_started
from . import support_get_started_step
from . import support_overview
from . import support_reconciliation
from . import support_reconciliation_line
from . import support_what_if
from . import support_what_if_line
