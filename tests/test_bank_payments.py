# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Payments in the bank's files find the invoices by their OCR numbers.

By OCA's add-ons alone. The files are valid by the schemas of ISO 20022,
camt.054.001.08 and camt.053.001.08, and what is tried here is what the handbook of
l10n_se_support says of them.
"""

FILES = '''
import base64

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
  <BkToCstmrDbtCdtNtfctn>
    <GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-10-20T18:00:00</CreDtTm></GrpHdr>
    <Ntfctn>
      <Id>{name}</Id>
      <CreDtTm>2026-10-20T18:00:00</CreDtTm>
      <Acct><Id>{account}</Id><Ccy>SEK</Ccy></Acct>
      <Ntry>
        <Amt Ccy="SEK">{total:.2f}</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-10-20</Dt></BookgDt>
        <ValDt><Dt>2026-10-20</Dt></ValDt>
        <AcctSvcrRef>{name}-1</AcctSvcrRef>
        <BkTxCd>
          <Domn>
            <Cd>PMNT</Cd>
            <Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly>
          </Domn>
        </BkTxCd>
        <NtryDtls>
          <Btch><NbOfTxs>{number}</NbOfTxs></Btch>{payments}
        </NtryDtls>
      </Ntry>
    </Ntfctn>
  </BkToCstmrDbtCdtNtfctn>
</Document>
"""
PAYMENT = """
          <TxDtls>
            <Amt Ccy="SEK">{:.2f}</Amt>
            <CdtDbtInd>CRDT</CdtDbtInd>
            <RltdPties><Dbtr><Pty><Nm>{}</Nm></Pty></Dbtr></RltdPties>
            <RmtInf>
              <Strd>
                <CdtrRefInf>
                  <Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>
                  <Ref>{}</Ref>
                </CdtrRefInf>
              </Strd>
            </RmtInf>
          </TxDtls>"""
BALANCE = """
      <Bal>
        <Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp>
        <Amt Ccy="SEK">{:.2f}</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Dt><Dt>2026-10-20</Dt></Dt>
      </Bal>"""
IBAN = "<IBAN>SE3550000000054910000003</IBAN>"
GIRO = "<Othr><Id>50501055</Id><SchmeNm><Prtry>BGNR</Prtry></SchmeNm></Othr>"


def make_notification(name, *payments, account=IBAN):
    """A file camt.054. A payment is (amount, payer, OCR number)."""
    return FILE.format(
        name=name,
        account=account,
        total=sum(payment[0] for payment in payments),
        number=len(payments),
        payments="".join(PAYMENT.format(*payment) for payment in payments),
    )


def make_statement(name, *payments):
    """A file camt.053: the same with balances."""
    total = sum(payment[0] for payment in payments)
    balances = BALANCE.format("OPBD", 0) + BALANCE.format("CLBD", total)
    text = make_notification(name, *payments).replace("</Acct>", f"</Acct>{balances}")
    text = text.replace("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt")
    return text.replace("Ntfctn>", "Stmt>").replace("camt.054", "camt.053")
'''

TRY = """
from datetime import date
from freezegun import freeze_time
from odoo.exceptions import AccessError

company = env.company
company.country_id = sweden = env.ref("base.se")
env["account.chart.template"].try_loading("se", company, install_demo=False)
operations = env.ref("support_contract.service_type_operations")

def invoice(name, address=None):
    customer = env["res.partner"].create(
        {"name": name, "is_company": True, "country_id": sweden.id}
    )
    if address:
        env["res.partner"].create(
            {"parent_id": customer.id, "type": "invoice", "name": address}
        )
    with freeze_time("2026-09-01 12:00:00"):
        contract = env["support.contract"].create({
            "partner_id": customer.id,
            "terms_id": env.ref("l10n_se_support.terms_se").id,
            "date_signed": date(2026, 8, 20),
            "service_ids": [
                (0, 0, {"type_id": operations.id, "date_start": date(2026, 9, 1)}),
            ],
        })
        contract.action_activate()
    with freeze_time("2026-10-01 03:00:00"):
        move = contract._bill()
    assert (move.state, move.amount_total) == ("posted", 3000.0)
    return move

def user(name, group):
    return env["res.users"].create(
        {"name": name, "login": name, "group_ids": [(6, 0, [env.ref(group).id])]}
    )

def bank(name, number):
    account = {"acc_number": number, "partner_id": company.partner_id.id}
    return env["account.journal"].create({
        "name": name,
        "code": name[:4],
        "type": "bank",
        "bank_account_id": env["res.partner.bank"].create(account).id,
    })

def load(text, by):
    wizard = env["account.statement.import"].with_user(by).create({
        "statement_filename": "payments.xml",
        "statement_file": base64.b64encode(text.encode()),
    })
    found = env["account.bank.statement"].search(wizard.import_file_button()["domain"])
    return found.line_ids.sorted("sequence")

def is_open(line):
    suspense = line.journal_id.suspense_account_id
    assert line.is_reconciled == (suspense not in line.move_id.line_ids.account_id)
    return not line.is_reconciled

accountant = user("accountant", "account.group_account_user")
account = bank("Current account", "SE35 5000 0000 0549 1000 0003")
giro = bank("Giro", "5050-1055")
björk, fjäll, gran, hav, ängs, öster, al = map(invoice, (
    "Björkdal Snickeri AB", "Fjällglass AB", "Granlunda AB", "Havsvik AB",
    "Ängsö Bageri AB", "Österviks Rör AB", "Alvik Trä AB",
))
addressed = invoice("Skogsby Hus AB", "Ekonomi")

# One entry of the bank for two customers' payments.
text = make_notification(
    "A",
    (3000, "Björkdal Snickeri AB", björk.payment_reference),
    (3000, "SOMEBODY'S BANK", fjäll.payment_reference),
)
both = load(text, accountant)
assert [line.journal_id for line in both] == [account, account]
assert not any(map(is_open, both))
for line, move in zip(both, björk | fjäll):
    assert move.payment_state == "paid"
    assert line.move_id in move._get_reconciled_amls().move_id
# The bank's file names the Bankgiro, or is a statement of the account.
payment = (3000, gran.partner_id.name, gran.payment_reference)
[line] = load(make_notification("B", payment, account=GIRO), accountant)
assert line.journal_id == giro
assert not is_open(line)
assert gran.payment_state == "paid"
load(
    make_statement("C", (3000, hav.partner_id.name, hav.payment_reference)), accountant
)
assert hav.payment_state == "paid"

# Two digits have changed places: for a person to look at.
wrong = ängs.payment_reference[:-2] + ängs.payment_reference[:-3:-1]
assert wrong != ängs.payment_reference
[line] = load(make_notification("D", (3000, "Ängsö Bageri AB", wrong)), accountant)
assert is_open(line)
assert ängs.payment_state == "not_paid"
# Another customer pays, or the invoice has an address of its own.
for number, payer, move in (
    ("E", "Björkdal Snickeri AB", ängs), ("F", "Skogsby Hus AB", addressed),
):
    payment = (3000, payer, move.payment_reference)
    assert is_open(load(make_notification(number, payment), accountant))
    assert move.payment_state == "not_paid"
# Too little and too much.
load(
    make_notification("G", (1000, "Österviks Rör AB", öster.payment_reference)),
    accountant,
)
assert (öster.payment_state, öster.amount_residual) == ("partial", 2000.0)
[line] = load(
    make_notification("H", (3500, "Alvik Trä AB", al.payment_reference)), accountant
)
assert al.payment_state == "paid"
credit = line.move_id.line_ids.filtered(
    lambda line: line.account_type == "asset_receivable"
)
assert credit.partner_id == al.partner_id
assert sum(credit.mapped("amount_residual")) == -500.0
# A part of one open number is taken for it.
[line] = load(
    make_notification("I", (100, "SOMEBODY", öster.payment_reference[1:])), accountant
)
assert (is_open(line), öster.amount_residual) == (False, 1900.0)
# The same file again: nothing notices, and nothing is paid twice.
assert all(map(is_open, load(text, accountant)))
# Who sends invoices does not read the bank's files.
try:
    load(text, user("invoicing", "account.group_account_invoice"))
except AccessError:
    print("RESULT done")
"""


def test_payments_find_invoices_by_ocr_number(database, odoo_shell):
    name = database(
        "l10n_se_support", "account_reconcile_oca", "account_statement_import_camt54"
    )
    assert "RESULT done" in odoo_shell(name, FILES + TRY)
