"""Train and validation pictures lie in folders of their own."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

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
    valid: str = setting(
        "valid", title="Validation folder", min_length=1, help="Pictures below this folder check the model."
    )

    @model_validator(mode="after")
    def _two_folders(self) -> Self:
        if self.train == self.valid:
            raise ValueError("Training and validation need two different folders.")
        return self

    def summary(self) -> str:
        return f"'{self.train}' to train, '{self.valid}' to check"
