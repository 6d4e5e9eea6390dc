# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_l10n_se_bad_input
from . import test_l10n_se_charts
from . import test_l10n_se_correction
from . import test_l10n_se_einvoice
from . import test_l10n_se_establishment
from . import test_l10n_se_eu_sales
from . import test_l10n_se_giro
from . import test_l10n_se_invoice
from . import test_l10n_se_journal
from . import test_l10n_se_ocr_limit
from . import test_l10n_se_paper
from . import test_l10n_se_peppol
from . import test_l10n_se_product
from . import test_l10n_se_rounding
from . import test_l10n_se_setup
from . import test_l10n_se_setup_tour
from . import test_l10n_se_terms
