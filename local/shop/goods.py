"""What the shop sells: names, prices in cents, and drawings of our own."""

from __future__ import annotations

from typing import NamedTuple


class Article(NamedTuple):
    """`drawing` is the inside of an SVG of 120 by 90, coloured by classes of the style sheet."""

    name: str
    about: str
    price: int
    drawing: str


GOODS = {
    "bread": Article(
        "Sourdough loaf",
        "Rye and wheat, 24 hours old when it is baked",
        699,
        '<ellipse class="shade" cx="60" cy="76" rx="46" ry="6"/>'
        '<path class="b" d="M14 58c0-22 20-36 46-36s46 14 46 36c0 10-6 16-16 16H30c-10 0-16-6-16-16z"/>'
        '<path class="line" d="M38 34c6 6 8 14 6 24M58 28c6 8 8 18 6 30M78 32c5 7 7 15 5 25"/>',
    ),
    "honey": Article(
        "Jar of honey",
        "Lime blossom, from the roofs of the town",
        2250,
        '<ellipse class="shade" cx="60" cy="80" rx="30" ry="5"/>'
        '<rect class="c" x="38" y="12" width="44" height="12" rx="3"/>'
        '<path class="a" d="M36 30c0-4 3-6 6-6h36c3 0 6 2 6 6v40c0 6-4 10-10 10H46c-6 0-10-4-10-10z"/>'
        '<rect class="paper" x="42" y="40" width="36" height="24" rx="2"/>'
        '<path class="line" d="M60 45l7 4v7l-7 4-7-4v-7z"/>',
    ),
    "beans": Article(
        "Coffee beans, 1 kg",
        "Roasted on Tuesdays; nutty, hardly bitter",
        2050,
        '<ellipse class="shade" cx="60" cy="82" rx="32" ry="5"/>'
        '<path class="c" d="M38 22h44l6 58a3 3 0 0 1-3 3H35a3 3 0 0 1-3-3z"/>'
        '<path class="b" d="M38 22l5-12h34l5 12z"/><circle class="paper" cx="60" cy="54" r="17"/>'
        '<ellipse class="b" cx="60" cy="54" rx="8" ry="11" transform="rotate(25 60 54)"/>'
        '<path class="line" d="M64 45c-5 5-3 12-8 18"/>',
    ),
    "cheese": Article(
        "Mountain cheese, 400 g",
        "Eleven months in a cellar, and it shows",
        1380,
        '<ellipse class="shade" cx="60" cy="76" rx="46" ry="5"/>'
        '<path class="a" d="M14 50 78 18c16 2 26 14 28 32z"/><path class="d" d="M14 50h92v24H14z"/>'
        '<circle class="b" cx="40" cy="62" r="5"/><circle class="b" cx="68" cy="66" r="3.5"/>'
        '<circle class="b" cx="86" cy="59" r="5"/><circle class="b" cx="76" cy="36" r="4"/>',
    ),
}
