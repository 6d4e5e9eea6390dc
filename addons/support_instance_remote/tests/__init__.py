# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_support_neutralize
from . import test_support_secret
from . import test_support_source_remote
from . import test_support_source_tour
