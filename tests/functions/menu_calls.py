"""The menu's pages as API Gateway calls them for a browser."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from functions.payments.menu.pages import http
from functions.payments.menu.pages.sheet import Sheet
from functions.payments.menu.pages.templates import render
from tests.functions.world import FORM, MENU_KEY, ORDER_KEY, Answer, sample

MENU = "/pay/{order_key}"
GETS = (MENU, f"{MENU}/wait", f"{MENU}/status")
POSTS = (MENU, f"{MENU}/cancel")
ROUTES = [("GET", each) for each in GETS] + [("POST", each) for each in POSTS]


def browse(
    method: str = "GET",
    resource: str = MENU,
    form: dict[str, str] | str | None = None,
    *,
    order_key: str = ORDER_KEY,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """`query` None: with the key of the test's first order."""
    event = sample("get_order") | {"httpMethod": method, "resource": resource}
    event["pathParameters"] = {"order_key": order_key}
    event["path"] = resource.format(order_key=order_key)
    event["body"] = urlencode(form) if isinstance(form, dict) else form
    event["headers"] = {"Accept-Language": "en", "Content-Type": FORM, "Host": "api.example.com"} | (headers or {})
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    query = {"key": MENU_KEY} if query is None else query
    event["queryStringParameters"] = query or None
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()} or None
    answer = http.handler(event, None)
    lower = {name.lower(): value for name, value in answer["headers"].items()}
    return Answer(answer["statusCode"], lower, answer["body"])


def follow(url: str) -> Answer:
    """Opens a URL of the menu."""
    parts = urlsplit(url)
    _, _, path = parts.path.partition("/pay/")
    order_key, _, page = path.partition("/")
    return browse(resource=MENU + (f"/{page}" if page else ""), order_key=order_key, query=dict(parse_qsl(parts.query)))


def written(sheet: Sheet) -> str:
    """The page that shows it."""
    page = http.PAGES.get(sheet.state, "end.html")
    return render(page, sheet=sheet, t=sheet.t, up="", here="", assets="1")
