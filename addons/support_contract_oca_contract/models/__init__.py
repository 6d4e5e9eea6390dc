from . import account_move
from . import contract_contract
from . import support_contract
