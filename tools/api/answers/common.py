"""What responses share: field types, problems and pages."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tillgate.connectors.host.facts import REASON_CODES
from tillgate.domain.payments.methods import METHODS

Money = Annotated[int, Field(ge=0, description="Minor units of the currency.")]
Instant = Annotated[AwareDatetime, Field(description="RFC 3339 in UTC, ending in Z.")]
MethodName = Annotated[str, Field(json_schema_extra={"enum": sorted(METHODS)})]
Reason = Annotated[
    str | None, Field(description=f"Why it failed, one of {', '.join(REASON_CODES)}; `null` if it did not.")
]


class Answer(BaseModel):
    """Fields may be added at any time; ignore those you do not know."""

    model_config = ConfigDict(extra="allow")


class FieldError(Answer):
    pointer: Annotated[str, Field(description="JSON pointer to the field.")]
    detail: str


class Problem(Answer):
    """RFC 9457. `code` is stable; `detail` is for humans and may change."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    request_id: str
    errors: Annotated[list[FieldError], Field(default=[], description="Only if fields are invalid.")]


def page_of(name: str) -> dict[str, Any]:
    """A page of that component, whose own name is `{name}Page`."""
    return {
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
            "next_cursor": {"type": ["string", "null"]},
        },
    }
