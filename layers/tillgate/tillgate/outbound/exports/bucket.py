"""The bucket with merchants' bookkeeping (US-7): `exports/merchant/day.csv`, written once a day is over.

A file that does not fit into memory is uploaded in parts: it is there as a whole or not at all, and never half. What a
process that died has left of one is removed by the bucket's own rule.
"""

from collections.abc import Iterable, Iterator
from typing import Any

PART = 8_000_000  # bytes; S3 takes parts of at least 5 MiB, and 10,000 of them
CONTENT_TYPE = "text/csv; charset=utf-8; header=present"


class Bucket:
    def __init__(self, s3: Any, name: str) -> None:
        self._s3 = s3
        self._name = name

    def days(self, merchant_id: str, since: str) -> set[str]:
        """The days from `since` on that have a file."""
        prefix = f"exports/{merchant_id}/"
        answer = self._s3.list_objects_v2(Bucket=self._name, Prefix=prefix, StartAfter=f"{prefix}{since}")
        found = (str(item["Key"]) for item in answer.get("Contents", []))
        return {key.removeprefix(prefix).removesuffix(".csv") for key in found}

    def write(self, merchant_id: str, day: str, lines: Iterable[str]) -> None:
        """Writes the file, or replaces it with the same."""
        what = {"Bucket": self._name, "Key": f"exports/{merchant_id}/{day}.csv"}
        parts = _parts(lines)
        first = next(parts, b"")
        if len(first) < PART:
            self._s3.put_object(**what, Body=first, ContentType=CONTENT_TYPE)
        else:
            self._write_parts(what, first, parts)

    def _write_parts(self, what: dict[str, str], first: bytes, others: Iterator[bytes]) -> None:
        upload = what | {"UploadId": self._s3.create_multipart_upload(**what, ContentType=CONTENT_TYPE)["UploadId"]}
        try:
            done = [self._part(upload, 1, first)]
            done += [self._part(upload, number, part) for number, part in enumerate(others, 2)]
            self._s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})
        except BaseException:
            self._s3.abort_multipart_upload(**upload)
            raise

    def _part(self, upload: dict[str, str], number: int, body: bytes) -> dict[str, Any]:
        answer = self._s3.upload_part(**upload, PartNumber=number, Body=body)
        return {"PartNumber": number, "ETag": answer["ETag"]}


def _parts(lines: Iterable[str]) -> Iterator[bytes]:
    """The lines in parts, all but the last of `PART` bytes or more."""
    part = bytearray()
    for line in lines:
        part += line.encode()
        if len(part) >= PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)
