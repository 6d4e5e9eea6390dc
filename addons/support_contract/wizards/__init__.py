# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import base_partner_merge
from . import support_contract_amend
from . import support_contract_notice
from . import support_contract_on_day
from . import support_overview
from . import support_overview_customer
from . import support_terms_compare
