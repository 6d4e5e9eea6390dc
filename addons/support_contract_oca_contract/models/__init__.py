from . import contract_contract
from . import support_contract
