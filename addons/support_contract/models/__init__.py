# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import res_company
from . import support_amendable
from . import support_event
from . import support_right
from . import support_service_type
from . import support_scope_category
from . import support_terms_line
from . import support_terms
from . import support_terms_rules
from . import support_terms_comparison
from . import support_terms_price
from . import support_terms_price_tier
from . import support_terms_scope
from . import support_contract
from . import support_contract_term
from . import support_contract_service
from . import support_contract_amend
from . import support_contract_amendment
from . import support_contract_notice
from . import support_contract_ending
from . import support_contract_portal
from . import support_contract_service_basis
from . import support_contract_service_term
from . import support_contract_condition
from . import support_instance
from . import support_instance_module
from . import support_source
from . import support_count
from . import support_count_module
from . import support_count_line
