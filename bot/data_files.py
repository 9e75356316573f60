"""Reads the shop's two data files: the catalogue (CSV) and the synonyms (YAML)."""

from pathlib import Path

import yaml

from bot.dictionary import dictionary
from bot.errors import CatalogueError
from bot.ordering.catalogue import Catalogue
from bot.ordering.pronunciation import Pronounce
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms
from bot.striking.striker import striking


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue.

    Raises:
        CatalogueError: the file cannot be read, or has bad rows (each is named by its line).
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return Catalogue.from_csv(file, source=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"Katalogen «{path}» kan ikke leses ({error}); lagre den som CSV i UTF-8."
        ) from error


def load_synonyms(path: Path) -> Synonyms:
    """Read the synonyms.

    Raises:
        CatalogueError: the file cannot be read or does not follow its schema.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_YAML_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueError(f"Synonymene «{path}» kan ikke leses: {error}") from error
    return Synonyms.from_mapping(data)


def load_shop(catalogue: Path, synonyms: Path, pronounce: Pronounce | None = None) -> Shop:
    """The shop of these two files; built once in a process, because the index takes a second.

    One that was built with `pronounce` is also given to those who ask without.
    """
    key = (catalogue, synonyms)
    shop = _shops.get(key)
    if shop is None or (pronounce is not None and not shop.matcher.hears):
        shop = Shop(
            load_catalogue(catalogue),
            load_synonyms(synonyms),
            pronounce,
            dictionary(),
            striking,
        )
        while len(_shops) >= _MOST_SHOPS:
            del _shops[next(iter(_shops))]
        _shops[key] = shop
    return shop


_MOST_SHOPS = 4
_shops: dict[tuple[Path, Path], Shop] = {}


#: libyaml is about ten times faster where PyYAML was built with it.
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
