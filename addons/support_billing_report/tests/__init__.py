# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_agreement_reports
from . import test_support_earned
from . import test_support_earned_metered
from . import test_support_forecast
from . import test_support_own_reports
from . import test_support_report_screens
from . import test_support_revenue_report
