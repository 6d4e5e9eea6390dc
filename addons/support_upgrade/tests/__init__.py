# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_upgrade
from . import test_support_upgrade_companies
from . import test_support_upgrade_count
from . import test_support_upgrade_credential
from . import test_support_upgrade_ending
from . import test_support_upgrade_fee
from . import test_support_upgrade_portal
from . import test_support_upgrade_right
from . import test_support_upgrade_tour
