# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import support_adaptation
from . import support_adaptation_access
from . import support_adaptation_release
from . import support_contract
from . import support_event
