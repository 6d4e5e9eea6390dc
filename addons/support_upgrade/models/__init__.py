# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_move
from . import mixins
from . import support_charge
from . import support_contract
from . import support_contract_checklist
from . import support_count
from . import support_count_growth
from . import support_deadline
from . import support_deletion
from . import support_instance
from . import support_upgrade
from . import support_upgrade_approval
from . import support_upgrade_module
from . import support_upgrade_trial
