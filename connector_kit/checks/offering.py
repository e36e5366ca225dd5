"""What is offered: the core derives it from the manifest alone, and the PSP has to keep it."""

from connector_kit.checks import check, check_whole
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Kind, Outcome

TAKEN = (Outcome.SUCCEEDED, Outcome.PENDING, Outcome.ACTION)


@check_whole("offering: is coherent")
def coherent(world: World) -> None:
    """What could never be paid is not offered, and nothing that cannot be named."""
    must(world.manifest.methods, "it offers nothing")
    for method, can in world.manifest.methods.items():
        must(can.inputs, f"{method}: nothing can be paid with")
        must(can.capture, f"{method}: money is taken neither at once nor later")
        must("fields" not in can.inputs or world.manifest.fields, f"{method}: fields of the PSP that nothing describes")
        must(can.amounts is None or can.amounts, f"{method}: it is offered in no currency")
        for currency, (least, most) in (can.amounts or {}).items():
            named = len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
            must(named, f"{method}: {currency} is no currency of ISO 4217")
            must(0 < least <= most, f"{method}: from {least} to {most} {currency}")


@check("offering: the least and the greatest amount", lambda manifest, can: can.amounts is not None)
def least_and_greatest(world: World) -> None:
    """In each currency that the manifest names: what is offered can be paid."""
    for currency, limits in (world.can.amounts or {}).items():
        for amount in limits:
            book, op = world.started(currency=currency, amount=amount)
            fact = book.send(op)
            must(fact.outcome in TAKEN, f"{amount} {currency} is offered, and {shown(fact)}")


@check("offering: the PSP's own page", lambda manifest, can: "hosted" in can.inputs, offline=False)
def own_page(world: World) -> None:
    """It works without a token, without fields, and so without JavaScript: the menu needs nothing else (IS-3)."""
    book = world.book(world.case(instrument=None))
    fact = book.send(book.requested(Kind.AUTHORIZE, book.case.amount))
    must(fact.outcome is Outcome.ACTION, f"with nothing to pay with, it is {shown(fact)}")
    action = fact.action
    must(action and action.kind in ("redirect", "post") and action.url, "it leads to no page")
    world.nothing(book)
