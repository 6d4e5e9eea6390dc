# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import support_earned
from . import support_earned_line
from . import support_forecast
from . import support_overview
