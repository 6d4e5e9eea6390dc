# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import l10n_se_eu_sales
from . import l10n_se_eu_sales_line
from . import l10n_se_support_setup
from . import l10n_se_support_setup_details
from . import l10n_se_support_setup_line
from . import support_get_started
