"""Every night: each merchant's bookkeeping of the day that is over, as a file (US-7)."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.merchants.test_exports import booked, export, movement
from tests.functions.world import NOON, World, invoke
from tillgate.domain.ledger.movements import Movement
from tillgate.outbound.exports import bucket as files
from tillgate.runtime.aws import client
from tillgate.store.ledger.books import Books

BUCKET = "exports-of-tests"
AFTER_MIDNIGHT = timedelta(hours=12, minutes=15)


@pytest.fixture(autouse=True)
def bucket(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EXPORTS_BUCKET", BUCKET)
    where = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    yield
    for key in found():
        client("s3").delete_object(Bucket=BUCKET, Key=key)
    client("s3").delete_bucket(Bucket=BUCKET)


def found() -> dict[str, str]:
    listed = client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    keys = [item["Key"] for item in listed]
    return {key: client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}


def test_the_file_has_what_the_api_tells(world: World) -> None:
    world.has_merchant()
    world.has_merchant("mer_2")
    booked(world, *(movement(number) for number in range(7)))
    world.passes(AFTER_MIDNIGHT)
    assert invoke("export_days", {}) == {"written": 2}
    there = found()
    assert set(there) == {"exports/mer_1/2030-01-01.csv", "exports/mer_2/2030-01-01.csv"}
    assert there["exports/mer_1/2030-01-01.csv"] == export(world).text
    assert there["exports/mer_2/2030-01-01.csv"].count("\r\n") == 1, "a day on which nothing moved has a file too"
    head = client("s3").head_object(Bucket=BUCKET, Key="exports/mer_1/2030-01-01.csv")
    assert head["ContentType"] == export(world).headers["content-type"]


def test_it_is_written_once(world: World) -> None:
    world.has_merchant()
    world.passes(AFTER_MIDNIGHT)
    invoke("export_days", {})
    for _ in range(3):
        world.passes(timedelta(hours=1))
        assert invoke("export_days", {}) == {}


@pytest.mark.parametrize("span", [timedelta(hours=11), timedelta(hours=12, minutes=14), timedelta(hours=19)])
def test_it_is_not_written_before_the_day_is_over_nor_looked_for_all_day(world: World, span: timedelta) -> None:
    world.has_merchant()
    world.passes(span)
    assert invoke("export_days", {}) == {}


def test_days_end_where_the_merchant_is(world: World) -> None:
    world.has_merchant(time_zone="Asia/Kolkata")  # midnight is at 18:30 UTC
    world.passes(timedelta(hours=6))
    assert invoke("export_days", {}) == {}
    world.passes(timedelta(hours=1))
    invoke("export_days", {})
    assert list(found()) == ["exports/mer_1/2030-01-01.csv"]


def test_nights_that_were_missed_are_made_up_for(world: World) -> None:
    world.has_merchant()
    world.passes(AFTER_MIDNIGHT)
    invoke("export_days", {})
    booked(world, movement(at=NOON + timedelta(days=2)))
    world.passes(timedelta(days=3))
    assert invoke("export_days", {}) == {"written": 3}
    assert [key[-6:-4] for key in found()] == ["01", "02", "03", "04"]
    assert "A-1" in found()["exports/mer_1/2030-01-03.csv"]


def test_one_that_fails_does_not_hold_up_the_others_and_the_alarm_rings(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for merchant_id in ("mer_1", "mer_2", "mer_3"):
        world.has_merchant(merchant_id)
    world.passes(AFTER_MIDNIGHT)
    movements = Books.movements

    def broken(books: Books, merchant_id: str, *given: Any, **more: Any) -> Iterator[tuple[Movement, str]]:
        if merchant_id == "mer_2":
            raise RuntimeError("broken")
        return movements(books, merchant_id, *given, **more)

    monkeypatch.setattr(Books, "movements", broken)
    with pytest.raises(RuntimeError, match="1 merchants"):
        invoke("export_days", {})
    assert set(found()) == {"exports/mer_1/2030-01-01.csv", "exports/mer_3/2030-01-01.csv"}
    monkeypatch.undo()
    monkeypatch.setenv("EXPORTS_BUCKET", BUCKET)
    assert invoke("export_days", {}) == {"written": 1}


def test_when_time_is_up_the_next_run_goes_on(world: World) -> None:
    for number in range(4):
        world.has_merchant(f"mer_{number}")
    world.passes(AFTER_MIDNIGHT)
    world.system.slowness = 250.0
    assert invoke("export_days", {}) == {"written": 2}
    world.system.slowness = 0.0
    assert invoke("export_days", {}) == {"written": 2}
    assert len(found()) == 4


class Uploads:
    """S3 as far as it takes parts; the second of them is lost if `fails`."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.calls: list[str] = []
        self.parts: dict[int, bytes] = {}
        self.whole = b""

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        self.calls.append("begin")
        return {"UploadId": "u1"}

    def upload_part(self, *, PartNumber: int, Body: bytes, UploadId: str, **_: Any) -> dict[str, str]:  # noqa: N803
        assert UploadId == "u1"
        if self.fails and PartNumber == 2:
            raise RuntimeError("lost")
        self.parts[PartNumber] = Body
        return {"ETag": f"e{PartNumber}"}

    def complete_multipart_upload(self, *, MultipartUpload: dict[str, Any], **_: Any) -> None:  # noqa: N803
        self.calls.append("complete")
        self.whole = b"".join(self.parts[each["PartNumber"]] for each in MultipartUpload["Parts"])

    def abort_multipart_upload(self, **_: Any) -> None:
        self.calls.append("abort")


def test_a_large_file_is_uploaded_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of at least 5 MiB each but the last, as S3 wants; none of them is kept longer than it takes to send it."""
    s3 = Uploads()
    lines = [f"{number:0998}\r\n" for number in range(20_000)]
    files.Bucket(s3, BUCKET).write("mer_1", "2030-01-01", iter(lines))
    assert s3.whole.decode() == "".join(lines)
    assert s3.calls == ["begin", "complete"]
    sizes = [len(part) for part in s3.parts.values()]
    assert len(sizes) == 3
    assert all(5 * 2**20 <= size < 10_000_000 for size in sizes[:-1])


def test_a_large_file_that_fails_is_not_there_at_all() -> None:
    s3 = Uploads(fails=True)
    with pytest.raises(RuntimeError, match="lost"):
        files.Bucket(s3, BUCKET).write("mer_1", "2030-01-01", (f"{number:0998}\r\n" for number in range(20_000)))
    assert s3.calls == ["begin", "abort"]
    assert io.BytesIO(s3.whole).read() == b""
