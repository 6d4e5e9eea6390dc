# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import mixins
from . import res_company
from . import res_partner
from . import support_contract
from . import support_contract_amendment
from . import support_contract_amendment_line
from . import support_contract_checklist
from . import support_contract_condition
from . import support_contract_contact
from . import support_contract_service
from . import support_deadline
from . import support_event
from . import support_history
from . import support_question
from . import support_right
from . import support_scope_category
from . import support_secret_log
from . import support_service_type
from . import support_terms
from . import support_terms_price
from . import support_terms_price_tier
from . import support_terms_scope
