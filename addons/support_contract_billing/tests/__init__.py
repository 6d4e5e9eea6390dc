# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_accountant_tour
from . import test_support_backlog
from . import test_support_billing_access
from . import test_support_billing_failure
from . import test_support_billing_run
from . import test_support_billing_tour
from . import test_support_billing_terms
from . import test_support_suspension
from . import test_support_uninstalling
from . import test_support_charge_decision
from . import test_support_charge_reopen
from . import test_support_invoice_guard
from . import test_support_takeover
from . import test_support_own_windows
from . import test_support_billing_overview
from . import test_support_billing_preview
from . import test_support_portal_invoices
from . import test_support_billing_record
from . import test_support_billing_watch
from . import test_support_charge_agreement
from . import test_support_charge_change
from . import test_support_charge_correction
from . import test_support_charge_credited
from . import test_support_charged_currency
from . import test_support_sales_journal
from . import test_support_sending
from . import test_support_count_day
from . import test_support_count_day_upload
from . import test_support_charge_true_up
from . import test_support_charged_line
from . import test_support_fee_announcement
from . import test_support_years
from . import test_support_reconciliation
from . import test_support_what_if
from . import test_support_usage_types
