"""Tests of bodies and answers that are files."""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.catalogue.model import Kind
from mockserver.errors import BadRequest, NotFound
from mockserver.wire.files import FileAnswer, FileBody, raw
from mockserver.wire.pixels import PIXELS

# The openings of the formats, from their specifications.
OPENINGS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "image/bmp": b"BM",
    "image/tiff": b"II*\0",
    "image/jpeg": b"\xff\xd8\xff",
}


def answer(name: str) -> FileAnswer:
    """How an operation of this id says its file."""
    found = FileAnswer.of(load_catalogue().operation(name))
    assert found is not None
    return found


def body(name: str) -> FileBody:
    """How the file sent to an operation of this id is read."""
    found = FileBody.of(load_catalogue().operation(name))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "accept", "label"),
    [
        ("v1BLOBAgent_GetContactImage", "application/octet-stream", "application/octet-stream"),
        ("v1BLOBAgent_GetContactImage", None, "application/octet-stream"),
        ("v1BLOBAgent_GetContactImage", "*/*", "application/octet-stream"),
        ("v1BLOBAgent_GetContactImage", "application/json", None),
        ("v1BLOBAgent_GetContactImage", "application/*", "application/octet-stream"),
        ("v1BLOBAgent_GetContactImage", "image/webp", "application/octet-stream"),
        ("v1BLOBAgent_GetPersonImageWithSize", "application/octet-stream", "application/octet-stream"),
        ("v1BLOBAgent_GetPersonImageWithSize", None, None),
        ("v1BLOBAgent_GetPersonImageWithSize", "application/json;q=0.5, image/gif", "image/gif"),
        ("v1BLOBAgent_GetPersonImageWithSize", "application/xml", None),
        ("v1ContactEntity_GetImage", None, "image/png"),
        ("v1ContactEntity_GetImage", "image/avif,image/webp,image/*,*/*;q=0.8", "image/png"),
        ("v1ContactEntity_GetImage", "image/tiff", "image/tiff"),
        ("v1ContactEntity_GetImage", "application/octet-stream", "application/octet-stream"),
        ("v1ContactEntity_GetImage", "text/json", None),
    ],
)
def test_a_file_is_said_in_the_best_published_type(name: str, accept: str | None, label: str | None) -> None:
    """The order of negotiation over the published types (protocol 1.1); what is not published must be asked for by name."""
    assert answer(name).label(accept) == label


def test_every_operation_that_publishes_a_file_is_known(catalogue: Catalogue) -> None:
    """Where the published answer is a file or the published body types are, there is a way to say or read it."""
    general = set(catalogue.media[0])
    for operation in catalogue.operations():
        is_file = operation.result is not None and operation.result.kind in (Kind.BINARY, Kind.STREAM)
        assert (FileAnswer.of(operation) is not None) == is_file, operation.id
        assert (FileBody.of(operation) is not None) == bool(set(operation.consumes) - general), operation.id


def test_a_body_is_read_as_published(catalogue: Catalogue) -> None:
    """Every published type that is no document is read as the file itself, in any letter case; others are not."""
    for operation in catalogue.operations():
        found = FileBody.of(operation)
        if found is not None:
            for media_type in operation.consumes:
                assert found.reads(media_type.upper()) == (media_type not in catalogue.media[0])
            assert not found.reads("audio/mpeg")
            assert not found.reads(None)


@given(content=st.binary())
def test_raw_bytes_come_back(content: bytes) -> None:
    """What is read as a file is said as the same bytes, sent plain or in a part of form data."""
    upload = body("v1ContactEntity_SaveImage")
    assert raw(upload.decode(content, "image/png")) == content
    if b"--cut" not in content:
        form = b'--cut\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n' + content + b"\r\n--cut--\r\n"
        assert raw(upload.decode(form, "multipart/form-data; boundary=cut")) == content


@pytest.mark.parametrize(
    ("content", "label"),
    [
        (b"abc", "multipart/form-data; boundary=cut"),
        (b"--cut\r\n\r\nabc", "multipart/form-data; boundary=cut"),
        (b"--cut", "multipart/form-data; boundary=cut"),
        (b"--\r\n\r\nabc\r\n--", "multipart/form-data"),
    ],
    ids=["no boundary in the body", "no end", "no head", "no boundary in the header"],
)
def test_form_data_without_a_whole_part_is_refused(content: bytes, label: str) -> None:
    """Half a form is a clear error."""
    with pytest.raises(BadRequest, match="form data"):
        body("v1ContactEntity_SaveImage").decode(content, label)


def test_text_is_read_as_text() -> None:
    """Where the published body is a text, `text/plain` is that text in its charset."""
    assert body("v1License_AddLicenseFromFile").decode("blåbær".encode("utf-16"), "text/plain; charset=utf-16") == "blåbær"


def test_a_file_that_must_be_there() -> None:
    """A published form field is required; a published body is not."""
    with pytest.raises(BadRequest):
        body("v1ContactEntity_SaveImage").go_without()
    body("v1AttachmentEntity_UploadAttachment").go_without()


def test_a_missing_file_is_nothing() -> None:
    """The BLOB agent answers an image that is not there with nothing (protocol 4.3)."""
    assert answer("v1BLOBAgent_GetContactImage").missing({}, None) == ""


def test_a_missing_image_is_not_found_unless_a_filler_is_asked_for() -> None:
    """REST images: 404 without `ifBlank`, with it an image of the type asked for (protocol 4.3)."""
    image = answer("v1ContactEntity_GetImage")
    with pytest.raises(NotFound):
        image.missing({"w": 10}, None)
    assert image.missing({"ifBlank": "Null"}, None) == ""
    for accept, media_type in ((None, "image/png"), ("image/gif", "image/gif"), ("application/json", "image/png")):
        filler = image.missing({"ifBlank": "ClearPixel"}, accept)
        assert isinstance(filler, str)
        assert b64decode(filler).startswith(OPENINGS[media_type])


def test_the_pixels_are_images_of_one_pixel() -> None:
    """Each opens as its format does, says a size of 1 by 1 where the format says it, and is in plain base64."""
    sizes = {"image/png": (16, ">II"), "image/gif": (6, "<HH"), "image/bmp": (18, "<II")}
    assert PIXELS.keys() == OPENINGS.keys()
    for media_type, text in PIXELS.items():
        content = b64decode(text, validate=True)
        assert content.startswith(OPENINGS[media_type])
        assert b64encode(content).decode() == text
        if media_type in sizes:
            offset, form = sizes[media_type]
            assert struct.unpack_from(form, content, offset) == (1, 1)
