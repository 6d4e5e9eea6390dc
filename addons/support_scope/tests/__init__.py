# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_scope_approval
from . import test_support_scope_approvers
from . import test_support_scope_billed_month
from . import test_support_scope_cases
from . import test_support_scope_delivery
from . import test_support_scope_facts
from . import test_support_scope_guard
from . import test_support_scope_holidays
from . import test_support_scope_properties
from . import test_support_scope_release
from . import test_support_scope_retention
from . import test_support_scope_review
from . import test_support_scope_shared
from . import test_support_scope_time
from . import test_support_scope_tour
from . import test_support_scope_verdict
