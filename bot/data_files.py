"""Reads the shop's two data files: the catalogue (CSV) and the synonyms (YAML)."""

from functools import lru_cache
from pathlib import Path

import yaml

from bot.errors import CatalogueError
from bot.ordering.catalogue import Catalogue
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms


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


@lru_cache(maxsize=4)
def load_shop(catalogue: Path, synonyms: Path) -> Shop:
    """The shop of these two files; built once in a process, because the index takes a second."""
    return Shop(load_catalogue(catalogue), load_synonyms(synonyms))


#: libyaml is about ten times faster where PyYAML was built with it.
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
