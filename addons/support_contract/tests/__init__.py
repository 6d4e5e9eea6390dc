# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_access
from . import test_support_agreed_fields
from . import test_support_amendment
from . import test_support_companies
from . import test_support_contract
from . import test_support_contract_condition
from . import test_support_contract_on_day
from . import test_support_contract_tour
from . import test_support_count
from . import test_support_count_evidence
from . import test_support_count_flag
from . import test_support_count_growth
from . import test_support_count_tour
from . import test_support_instance
from . import test_support_instance_agreed
from . import test_support_instance_unattended
from . import test_support_notice
from . import test_support_portal
from . import test_support_portal_roles
from . import test_support_service_type
from . import test_support_source_cache
from . import test_support_unattended
from . import test_support_terms
from . import test_support_terms_compare
from . import test_support_terms_default
from . import test_support_terms_frozen
from . import test_support_terms_tour
from . import test_support_right
from . import test_support_upgrade
from . import test_support_upgrade_tour
from . import test_support_credential
from . import test_support_source_policy
from . import test_support_report
from . import test_support_source_remote
from . import test_support_neutralize
