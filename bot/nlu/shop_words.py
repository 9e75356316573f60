"""The shop that this process serves, for the components that need its words."""

from functools import lru_cache

from bot.data_files import load_shop
from bot.ordering.shop import Shop
from bot.ordering.vocabulary import Vocabulary
from bot.settings import Settings


@lru_cache(maxsize=1)
def shop() -> Shop:
    """The shop of the settings.

    It is read when the first sentence comes, never stored in the model: another catalogue needs no
    training. The service shares the same index (`load_shop` keeps it).

    Raises:
        KurvError: a setting, the catalogue or the synonyms cannot be used.
    """
    settings = Settings.from_environment()
    return load_shop(settings.catalogue, settings.synonyms)


def shop_words() -> Vocabulary:
    """The vocabulary of the catalogue in the settings; see `shop`."""
    return shop().vocabulary
