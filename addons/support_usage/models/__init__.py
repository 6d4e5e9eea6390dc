# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_move
from . import support_charge
from . import support_contract
from . import support_contract_service
from . import support_usage
