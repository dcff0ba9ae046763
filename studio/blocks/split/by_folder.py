"""Train and validation pictures lie in folders of their own."""

from typing import ClassVar, Literal, Self

from pydantic import field_validator, model_validator

from studio.blocks.block import Block, Step, setting


class SplitByFolder(Block):
    """Uses the folders that the data came in: one for training, one for validation. Other pictures are not used."""

    title: ClassVar[str] = "By folder"
    step: ClassVar[Step] = "split"
    icon: ClassVar[str] = "split"

    kind: Literal["by_folder"] = "by_folder"
    train: str = setting(
        "train", title="Training folder", min_length=1, help="Pictures below this folder are trained on."
    )
    valid: tuple[str, ...] = setting(
        ("valid",),
        title="Validation folders",
        min_length=1,
        help="Pictures below a folder with one of these names check the model.",
    )
    test: tuple[str, ...] = setting(
        (),
        title="Test folders",
        more=True,
        help="Pictures below a folder with one of these names are put away for a last check.",
    )

    @field_validator("valid", "test", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value  # older recipes name one folder

    @model_validator(mode="after")
    def _folders_of_their_own(self) -> Self:
        names = [self.train, *self.valid, *self.test]
        if len(set(names)) < len(names):
            raise ValueError("Training, validation and test need different folders.")
        return self

    def summary(self) -> str:
        return f"'{self.train}' to train, '{', '.join(self.valid)}' to check"
