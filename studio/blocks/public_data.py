"""Public data sets that the program can fetch: where they lie, whose they are, and the blocks that fit them."""

import functools
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from studio.base.errors import UserError
from studio.base.paths import resources
from studio.blocks.model import starting_model
from studio.blocks.recipe import Credit, Recipe


class PublicDataSet(BaseModel):
    """One entry of `resources/datasets.json`.

    size_bytes, start_md5: of the archive, and the MD5 of its first 1,048,576 bytes. folder: what it unpacks to.
    recipe: as saved, with paths below that folder. Source of addresses, sizes and checksums: fastai, data/checks.txt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    title: str
    about: str
    pictures: int
    address: str
    size_bytes: int
    start_md5: str
    folder: str
    licence: str
    citation: str
    recipe: dict[str, Any]

    @property
    def credit(self) -> Credit:
        """Whose data it is, carried with every recipe, run and report."""
        return Credit(title=self.title, address=self.address, licence=self.licence, citation=self.citation)

    def recipe_at(self, unpacked: Path) -> Recipe:
        """The recipe for the data set at this folder, which is what `folder` stands for in the archive."""
        values = {"model": starting_model().model_dump(), **self.recipe, "credit": self.credit.model_dump()}
        values["source"] = values["source"] | {"path": str((unpacked / values["source"]["path"]).absolute())}
        return Recipe.model_validate(values)


@functools.cache
def public_data_sets() -> tuple[PublicDataSet, ...]:
    """All of them, in the order in which they are shown."""
    text = (resources() / "datasets.json").read_bytes()
    return tuple(TypeAdapter(list[PublicDataSet]).validate_json(text))


def public_data_set(name: str) -> PublicDataSet:
    """The one of that name. Raises UserError that lists what there is."""
    found = next((item for item in public_data_sets() if item.name == name), None)
    if found is None:
        names = ", ".join(item.name for item in public_data_sets())
        raise UserError(f"There is no public data set '{name}' in the list.", f"There are: {names}.")
    return found
