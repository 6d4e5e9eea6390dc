# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_merge
from . import test_support_usage
from . import test_support_usage_backlog
from . import test_support_usage_http
from . import test_support_usage_import
from . import test_support_usage_price
from . import test_support_usage_taken_back
from . import test_support_usage_takeover
