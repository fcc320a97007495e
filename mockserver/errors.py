"""Two trees of errors: the double is misused (`MockServerError`), or the API would refuse (`ApiError`).

Must not know statuses or bodies: an `ApiError` says what is wrong, `wire.dialects` says how each half of the API puts it.
"""

from __future__ import annotations


class MockServerError(Exception):
    """You are holding it wrong: one sentence that says what to do next. Ends a command with exit code 2."""


class SettingsError(MockServerError):
    """A setting has a bad value; the sentence names the source it came from."""


class CatalogueError(MockServerError):
    """A data file of the catalogue does not fit the published API."""


class ScenarioError(MockServerError):
    """A scenario says what is unknown, impossible or contradicts itself; names file, line and column."""


class StartError(MockServerError):
    """The server could not start."""


class CassetteNotFound(MockServerError):
    """No cassette is at that path, and none of that name is shipped."""


class CassetteUnreadable(MockServerError):
    """A file is no cassette; the sentence names the file and the place, never what stands there."""


class SecretFound(MockServerError):
    """An exchange still holds something that must not be kept; the sentence names the field, never the value."""


class ApiError(Exception):
    """What the service would say.

    `error_type` is the exception's short name in the service's own error object; None means that the web framework
    answers before the service does, with its `Message`/`MessageDetail` object. `explanation` is ours: it goes to the
    journal and never changes what the client gets.
    """

    error_type: str | None = None

    def __init__(
        self, message: str = "", *, detail: str | None = None, error_type: str | None = None, explanation: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.error_type = error_type or type(self).error_type
        self.explanation = explanation or message


class BadRequest(ApiError):
    """The request, or the entity in it, cannot be used."""

    error_type = "ArgumentException"


NO_ENTITY = "Bad request. Entity to save is not in request body."


class NoEntity(BadRequest):
    """A save without the entity to save."""


class Unreadable(NoEntity):
    """The body is no document of the type it is labelled with: the call is made without one."""


class InvalidArgument(ApiError):
    """An argument outside the body is missing or has the wrong type: the framework refuses before the call."""


DENIED = "Authorization has been denied for this request."


class Unauthenticated(ApiError):
    """Nobody we know is calling."""


class Unproven(Unauthenticated):
    """A browser's session came without the token that shows that its own page is asking."""

    error_type = "XsrfValidationException"


class Forbidden(ApiError):
    """Somebody we know is calling, and may not."""

    error_type = "SoSentryException"


class NotFound(ApiError):
    """No such row; REST and agents say this differently."""

    error_type = "SoNotFoundException"


class UnknownRow(NotFound):
    """A write to a row that is not there: an error in both halves of the API."""


class NoSuchOperation(ApiError):
    """No route, or no such tenant."""


class Misdirected(ApiError):
    """The tenant lives on another host."""


class Unavailable(ApiError):
    """The tenant is in a state in which its API does not answer."""


class WrongVerb(ApiError):
    """The path exists, not for this HTTP method; `allowed` are the ones it has."""

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class Conflict(ApiError):
    """A `test` operation of a patch failed, or the control surface already has what it was asked to make."""


class Changed(ApiError):
    """The row has changed since the caller read it."""


class TooLarge(ApiError):
    """The body is above the limit."""


class Unsupported(ApiError):
    """The body has a media type that this resource does not read."""


class NotKnown(ApiError):
    """Published, but the double knows no shape for the answer; never said by the real service."""
