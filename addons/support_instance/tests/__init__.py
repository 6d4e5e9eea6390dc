# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_access
from . import test_support_agreed_fields
from . import test_support_basis
from . import test_support_cloc_report
from . import test_support_companies
from . import test_support_contract_counted
from . import test_support_contract_on_day
from . import test_support_count
from . import test_support_count_approver
from . import test_support_count_evidence
from . import test_support_count_flag
from . import test_support_count_growth
from . import test_support_count_hold
from . import test_support_count_tour
from . import test_support_credential
from . import test_support_evidence_guard
from . import test_support_instance
from . import test_support_instance_agreed
from . import test_support_instance_unattended
from . import test_support_lists
from . import test_support_neutralize
from . import test_support_portal_lines
from . import test_support_portal_roles
from . import test_support_secret
from . import test_support_source_cache
from . import test_support_source_policy
from . import test_support_source_portal
from . import test_support_source_tour
from . import test_support_unattended
