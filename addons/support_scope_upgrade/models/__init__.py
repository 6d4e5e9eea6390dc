# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

# Models are built on them.
from . import mixins

from . import support_upgrade
