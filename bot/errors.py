"""The one exception tree of Kurv.

Every error says in its text, in one Norwegian sentence, what happened and what to do: the text may
be shown or spoken. `code` is for scripts, `retryable` is decided here, once, by the kind of error.
"""

from collections.abc import Sequence
from typing import ClassVar


class KurvError(Exception):
    """Base of all errors that Kurv raises on purpose.

    Attributes:
        code: a short stable name for scripts (`{"event": "error", "code": …}`).
        retryable: whether doing the same again later can succeed.
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False


class SettingsError(KurvError):
    """A setting in the environment cannot be used."""

    code = "settings"


class CatalogueError(KurvError):
    """The product catalogue or the synonyms cannot be read; the text names each bad line."""

    code = "catalogue"


class EvaluationError(KurvError):
    """The golden sets are not there or cannot be read."""

    code = "evaluation"


class StoreError(KurvError):
    """The database cannot be opened or written."""

    code = "store"


class StaleRevision(StoreError):
    """Somebody else changed the basket since it was read; read it again and decide anew."""

    code = "stale_revision"


class GrocerError(KurvError):
    """The grocer could not do what was asked."""

    code = "grocer"


class GrocerUnavailable(GrocerError):
    """The grocer cannot be reached or answered with a server error."""

    code = "grocer_unavailable"
    retryable = True


class GrocerOverloaded(GrocerUnavailable):
    """The grocer asked us to come back later (HTTP 425 or 429)."""

    code = "grocer_overloaded"


class GrocerTimeout(GrocerUnavailable):
    """The grocer did not answer in time; whether it acted is not known."""

    code = "grocer_timeout"


class GrocerRejected(GrocerError):
    """The grocer understood the request and refused it; the same request will be refused again."""

    code = "grocer_rejected"


class GrocerAuthError(GrocerRejected):
    """The grocer does not accept our credentials."""

    code = "grocer_auth"


class SoldOut(GrocerRejected):
    """Some products cannot be delivered; nothing was ordered.

    Attributes:
        product_ids: our ids of the products that cannot be had.
    """

    code = "sold_out"

    def __init__(self, message: str, product_ids: Sequence[str]) -> None:
        super().__init__(message)
        self.product_ids = tuple(product_ids)


class DialogueError(KurvError):
    """The bot could not be loaded or did not answer."""

    code = "dialogue"
