# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_access
from . import test_support_agreed_fields
from . import test_support_amendment
from . import test_support_asking
from . import test_support_companies
from . import test_support_contact_merge
from . import test_support_contract
from . import test_support_contract_condition
from . import test_support_contract_on_day
from . import test_support_contract_tour
from . import test_support_customer
from . import test_support_guards
from . import test_support_links
from . import test_support_menus
from . import test_support_notice
from . import test_support_overview
from . import test_support_portal
from . import test_support_portal_actions
from . import test_support_portal_link
from . import test_support_portal_roles
from . import test_support_renewal
from . import test_support_right
from . import test_support_secret_log
from . import test_support_service_type
from . import test_support_shared
from . import test_support_signing
from . import test_support_status
from . import test_support_terms
from . import test_support_terms_compare
from . import test_support_terms_default
from . import test_support_terms_frozen
from . import test_support_terms_tour
from . import test_support_unattended
from . import test_support_windows
