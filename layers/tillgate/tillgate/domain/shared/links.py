"""URLs that merchants have set: ours is added to the query, and not one character of theirs is written anew.

Nothing is parsed and put together again: `?flag`, `?name=%E9`, `?a=1;b=2` and repeated keys have no other spelling that
every shop reads alike.
"""

from urllib.parse import quote, urlencode


def extended(url: str, **parameters: str) -> str:
    """The URL with our parameters at the end of its query, before its fragment. Only what is not ASCII is escaped, as
    an HTTP header cannot have it (RFC 3986)."""
    whole, mark, fragment = in_ascii(url).partition("#")
    join = "?" if "?" not in whole else "" if whole[-1] in "?&" else "&"
    return f"{whole}{join}{urlencode(parameters)}{mark}{fragment}"


def in_ascii(url: str) -> str:
    return "".join(each if each.isascii() else quote(each) for each in url)
