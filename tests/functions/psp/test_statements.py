"""A statement is recognized, or refused as a whole: one booking never counts under two identities (EV-13)."""

import base64
import csv
from io import StringIO
from typing import Any

import pytest

from tests.functions.scripted_psp import offline
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke
from tillgate.connectors.offline.reference import reference_of
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.order import OrderStatus

REFERENCE = reference_of(PAYMENT_ID)
HEADER = "booking_id,reference,amount,currency"
LINE = f"2030010200042,{REFERENCE},4999,EUR"
CLEAN = f"{HEADER}\n{LINE}\n"


@pytest.fixture
def shop(world: World) -> World:
    world.system.connectors["offline"] = offline(iban="DE02120300000000202051", holder="Corner Shop")
    world.has(Merchant("mer_1", "Corner Shop", methods={"bank_transfer": "offline"}))
    world.created()
    assert world.call("start_payment", {"method": "bank_transfer"}).status == 201
    return world


def read(content: str | bytes, **fields: object) -> Any:
    """The answer; bytes are passed as the file, in base64."""
    if isinstance(content, bytes):
        fields["file"] = base64.b64encode(content).decode()
    else:
        fields["csv"] = content
    return invoke("admin", {"action": "read_statement", "by": "ada"} | fields)


def counts_once(shop: World, content: str | bytes, **fields: object) -> None:
    """The file is read, and then the clean one: the booking is the same."""
    for outcome, each in (("MATCHED", content), ("KNOWN", content), ("KNOWN", CLEAN)):
        answer = read(each, **fields)
        assert [item["outcome"] for item in answer["items"]] == [outcome], answer
        assert answer["items"][0]["booking_id"] == "2030010200042"
    assert [payment.received for payment in shop.order().payments] == [4999]
    assert shop.order().status is OrderStatus.PAID


def is_refused(shop: World, content: str | bytes, why: str, **fields: object) -> None:
    before = shop.everything()
    answer = read(content, **fields)
    assert why in answer.get("error", ""), answer
    assert shop.everything() == before


@pytest.mark.parametrize(
    "header",
    [
        "\ufeff" + HEADER,
        "Booking_ID,Reference,AMOUNT,Currency",
        " booking_id, reference, amount, currency",
        "booking_id ,reference\t,amount ,currency ",
        "Booking ID,reference,amount,currency",
        "booking-id,reference,amount,currency",
        "BookingId,reference,amount,currency",
        '"booking_id","reference","amount","currency"',
        '\ufeff"Booking ID",reference,amount,currency',
        "AcctSvcrRef,reference,amount,currency",
        "\u200bbooking\u00a0id,reference,amount,currency",
        "\r\n\r\nbooking_id,reference,amount,currency",
        "sep=,\r\nbooking_id,reference,amount,currency",
    ],
)
def test_a_header_as_spreadsheets_save_it_names_the_same_booking(shop: World, header: str) -> None:
    """Seen elsewhere: a mark before the first header made its column unknown, and the booking counted twice."""
    counts_once(shop, f"{header}\n{LINE}\n", statement="2030/1")


@pytest.mark.parametrize(
    "content",
    [
        CLEAN.replace(",", ";"),
        CLEAN.replace(",", "\t"),
        CLEAN.replace("\n", "\r\n"),
        CLEAN.replace("\n", "\r"),
        CLEAN.replace("4999", "49.99"),
        CLEAN.replace(",", ";").replace("4999", "49,99"),
        CLEAN.replace("4999", '"49,99"'),
        CLEAN.replace(",", ";").replace("4999", "+49,99 EUR"),
        CLEAN.replace("2030010200042", '"2030010200042"'),
        CLEAN.replace("2030010200042", '"=""2030010200042"""'),
        CLEAN.replace("2030010200042", "'2030010200042"),
        CLEAN.replace("2030010200042", " 2030010200042\u00a0"),
        CLEAN.replace("2030010200042", "\u200b2030010200042"),
        CLEAN.replace("2030010200042", "\u202a2030010200042\u202c"),
        CLEAN.replace("2030010200042", "20300\u00ad10200042\u200e"),
        CLEAN.replace("2030010200042", '"=""\u200e2030010200042"""'),
        CLEAN.replace(REFERENCE, f'"Order, ""A-1""\n{REFERENCE.lower()}"'),
        CLEAN.replace("EUR", "eur"),
        CLEAN.replace("currency\n", "currency,value_date\n").replace("EUR\n", "EUR,02.01.2030\n"),
        CLEAN.replace("currency\n", "currency,Buchungstext\n").replace("EUR\n", "EUR,whatever\n"),
        CLEAN.encode("utf-8-sig"),
        CLEAN.encode("utf-16"),
        CLEAN.encode("utf-16-le").join((b"\xff\xfe", b"")),
        CLEAN.encode("utf-16-be").join((b"\xfe\xff", b"")),
        CLEAN.replace(REFERENCE, f"M\u00fcller \u20ac {REFERENCE}").encode("cp1252"),
        CLEAN.encode("utf-8-sig").decode("cp1252"),
        CLEAN.removesuffix("\n"),
    ],
)
def test_separators_quotes_amounts_and_encodings_of_real_exports(shop: World, content: str | bytes) -> None:
    counts_once(shop, content, statement="2030/1")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (CLEAN.replace("booking_id", "Buchungsnummer"), "line 1: is one of ['Buchungsnummer'] the bank's id"),
        (CLEAN.replace("booking_id", "transaction"), "Name it booking_id, or leave them out"),
        (CLEAN.replace("reference", "Verwendungszweck"), "line 1: the header line must name reference"),
        (CLEAN.replace("booking_id", "amount"), "line 1: two columns have the same name"),
        (CLEAN.replace(",", "|"), "the header line must name"),
        (f"Account 1\n{CLEAN}", "line 1: the header line must name"),
        (CLEAN.replace("4999", "1.234"), "line 2: '1.234' can be read in two ways"),
        (CLEAN.replace("4999", "49.999,9"), "line 2"),
        (CLEAN.replace("4999", ""), "line 2: '' is not recognized as an amount"),
        (CLEAN.replace("4999", "4999 CR"), "line 2: '4999 CR' is not recognized as an amount"),
        (CLEAN + LINE.replace("4999", "49.99") + "\n", "line 2: 4999 is written without decimals"),
        (CLEAN + LINE.replace("EUR", "euro") + "\n", "line 3: 'EURO' is no ISO 4217 code"),
        (CLEAN + f"1,{REFERENCE},49,99,EUR\n", "line 3: 5 cells under 4 columns"),
        (CLEAN + f"1,{REFERENCE}\n", "line 3: 2 cells under 4 columns"),
        (CLEAN + f'1,"{REFERENCE},4999,EUR\n', "line 3"),
        (CLEAN.replace("2030010200042", "2.03001E+12"), "line 2: a spreadsheet has rewritten the booking_id"),
        (CLEAN.replace("2030010200042", "2030010200042.0"), "line 2: a spreadsheet has rewritten the booking_id"),
        (CLEAN.replace("2030010200042", '"2030010200042,00"'), "line 2: a spreadsheet has rewritten the booking_id"),
        (CLEAN.replace("2030010200042", "#########"), "line 2: a spreadsheet has rewritten the booking_id"),
        (f"{HEADER},value_date\n{LINE},01/02/2030\n", "line 2: 01/02/2030 can be read in two ways"),
        (f"{HEADER},\n{LINE},x\n", "line 2: a cell under a column without a name"),
        (CLEAN.replace("EUR", "E\ufffdR"), "encoding is not recognized"),
        (CLEAN.encode("utf-16-le"), "encoding is not recognized"),
        (CLEAN.encode() + b"\x81", "encoding is not recognized"),
        (CLEAN.replace("\n", "\n\n\n") + "x\n", "line 7: 1 cells under 4 columns"),
        ("", "the header line must name"),
    ],
)
def test_what_is_not_recognized_refuses_the_whole_file(shop: World, content: str | bytes, why: str) -> None:
    is_refused(shop, content, why, statement="2030/1")
    counts_once(shop, CLEAN, statement="2030/1")


def test_a_file_is_given_in_one_way(shop: World) -> None:
    for fields in ({}, {"csv": CLEAN, "file": ""}, {"file": "no base64!"}):
        assert "error" in invoke("admin", {"action": "read_statement", "by": "ada"} | fields)


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE.lower(),
        f"{REFERENCE[:4]} {REFERENCE[4:8]}-{REFERENCE[8:]}",
        f"Payment for order A-1001: {REFERENCE}, thanks",
        REFERENCE[2:],
        REFERENCE[4:],
    ],
)
def test_references_as_people_write_them_are_found(shop: World, text: str) -> None:
    (item,) = read(_written(("b1", text, "4999", "EUR")))["items"]
    assert (item["outcome"], item["payment_id"], item["reference"]) == ("MATCHED", PAYMENT_ID, text)


def test_two_references_in_one_text_are_told_as_ambiguous_with_candidates(shop: World) -> None:
    shop.created(order_reference="A-2")
    second = ORDER_KEY[:-1] + "2"
    assert shop.call("start_payment", {"method": "bank_transfer"}, path={"order_key": second}).status == 201
    other = f"pay_{second.removeprefix('ord_')}_1"
    text = f"{REFERENCE} and {reference_of(other).lower()}"
    before = shop.everything()
    (item,) = read(_written(("b1", text, "9998", "EUR")))["items"]
    assert item["outcome"] == "AMBIGUOUS"
    expected = [{"reference": reference_of(each), "payment_id": each} for each in (PAYMENT_ID, other)]
    assert sorted(item["candidates"], key=lambda each: each["payment_id"]) == expected
    booking = {"booking_id": "b1", "reference": text, "amount": 9998, "currency": "EUR", "by": "ada"}
    told = invoke("admin", {"action": "report_money"} | booking)
    assert "several transfers" in told["error"]
    assert len(told["candidates"]) == 2
    assert shop.everything() == before


def test_a_reference_of_ours_beside_one_of_somebody_else_is_found(shop: World) -> None:
    (item,) = read(_written(("b1", f"{reference_of('pay_other_1')} {REFERENCE}", "4999", "EUR")))["items"]
    assert item["outcome"] == "MATCHED"


def test_a_line_without_an_id_keeps_its_identity_however_its_reference_is_written(shop: World) -> None:
    for text, outcome in ((REFERENCE, "MATCHED"), (f"order: {REFERENCE.lower()}", "KNOWN")):
        content = f"reference,amount,currency\n{text},4999,EUR\n"
        assert [item["outcome"] for item in read(content, statement="1")["items"]] == [outcome]


def test_a_debit_is_nobodys_payment(shop: World) -> None:
    (item,) = read(_written(("b1", REFERENCE, "-49,99", "EUR")))["items"]
    assert (item["outcome"], item["amount"]) == ("UNMATCHED", -4999)


def _written(*lines: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerows([HEADER.split(","), *lines])
    return out.getvalue()


# camt.053


def camt(*entries: str, version: str = "08", document: str = "053") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{document}.001.{version}"><BkToCstmrStmt><GrpHdr/>'
        f"<Stmt><Id>1</Id>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    )


def entry(
    details: str = "",
    *,
    amount: str = "49.99",
    direction: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    identity: str = "<AcctSvcrRef>2030010200042</AcctSvcrRef>",
    more: str = "",
) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}{status}'
        f"<BookgDt><Dt>2030-01-02</Dt></BookgDt><ValDt><Dt>2030-01-01</Dt></ValDt>{identity}"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def part(words: str, amount: str = "", identity: str = "") -> str:
    money = f'<Amt Ccy="EUR">{amount}</Amt>' if amount else ""
    refs = f"<Refs>{identity}<EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
    return f"<TxDtls>{refs}{money}<RmtInf>{words}</RmtInf></TxDtls>"


FREE = f"<Ustrd>Order A-1001 {REFERENCE.lower()}</Ustrd>"
STRUCTURED = f"<Strd><CdtrRefInf><Ref>{REFERENCE}</Ref></CdtrRefInf></Strd>"


@pytest.mark.parametrize("version", ["02", "04", "08", "13"])
@pytest.mark.parametrize("words", [FREE, STRUCTURED, f"<Ustrd>{REFERENCE[:9]}</Ustrd><Ustrd>{REFERENCE[9:]}</Ustrd>"])
def test_camt_053_is_read_with_the_banks_own_reference(shop: World, version: str, words: str) -> None:
    status = "<Sts>BOOK</Sts>" if version == "02" else "<Sts><Cd>BOOK</Cd></Sts>"
    content = camt(entry(part(words), status=status), version=version)
    assert read(content)["items"][0]["value_date"] == "2030-01-01"
    for outcome, each in (("KNOWN", content.encode("utf-8")), ("KNOWN", CLEAN)):
        assert [item["outcome"] for item in read(each)["items"]] == [outcome]
    assert [payment.received for payment in shop.order().payments] == [4999]
    assert '"value_date":"2030-01-01"' in str(shop.everything())


def test_only_booked_credits_of_camt_are_read(shop: World) -> None:
    none = (
        entry(part(FREE), direction="DBIT"),
        entry(part(FREE), status="<Sts><Cd>PDNG</Cd></Sts>"),
        entry(part(FREE), status="<Sts>INFO</Sts>"),
    )
    assert read(camt(*none))["items"] == []
    (item,) = read(camt(entry(part(FREE), more="<RvslInd>true</RvslInd>")))["items"]
    assert (item["outcome"], item["why"]) == ("UNMATCHED", "the bank corrects an earlier booking with it")
    assert shop.order().status is OrderStatus.UNPAID


def test_a_transaction_without_the_banks_reference_is_left_to_an_operator(shop: World) -> None:
    """The payer's end-to-end id, or a position in the file, never takes its place."""
    for identity in ("", "<AcctSvcrRef>NOTPROVIDED</AcctSvcrRef>"):
        (item,) = read(camt(entry(part(FREE), identity=identity)), statement="2030/1")["items"]
        assert (item["outcome"], "AcctSvcrRef" in item["why"]) == ("UNMATCHED", True)
    assert shop.order().status is OrderStatus.UNPAID


def test_a_batch_of_camt_has_an_identity_for_each_transaction(shop: World) -> None:
    first = part(STRUCTURED, "20.00", "<AcctSvcrRef>t1</AcctSvcrRef>")
    content = camt(entry(first + part(FREE, "29.99", "<AcctSvcrRef>t2</AcctSvcrRef>")))
    for outcome in ("MATCHED", "KNOWN"):
        items = read(content)["items"]
        assert [(item["outcome"], item["booking_id"], item["line"]) for item in items] == [
            (outcome, "t1", "entry 1.1"),
            (outcome, "t2", "entry 1.2"),
        ]
    assert shop.order().status is OrderStatus.PAID


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (camt(entry(part(FREE)), document="052"), "a statement is camt.053"),
        (camt(entry(part(FREE))).replace("</Stmt>", ""), "the XML cannot be read"),
        (camt(entry(part(FREE), amount="49,99")), "entry 1"),
        (camt(entry(part(FREE), amount="49.999")), "entry 1"),
        (camt(entry(part(FREE)), entry(part(FREE), direction="CREDIT")), "entry 2: CdtDbtInd 'CREDIT'"),
        (camt(entry(part(FREE), status="<Sts><Cd>DONE</Cd></Sts>")), "entry 1"),
        (camt(entry(part(FREE, "20.00") + part(FREE, "20.00"))), "entry 1: its transactions do not add up"),
        (camt(entry(part(FREE) + part(FREE))), "entry 1: there is no amount with a currency"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + camt().partition("\n")[2], "the XML cannot be read"),
        ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "there is no statement"),
        ("<html></html>", "a statement is camt.053"),
    ],
)
def test_camt_that_is_not_recognized_is_refused_as_a_whole(shop: World, content: str, why: str) -> None:
    is_refused(shop, content, why)
