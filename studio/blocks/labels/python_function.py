"""A function of the user's own that labels pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.corrected import Corrected
from studio.blocks.labels.tolerant import Tolerant


class PythonFunction(Corrected, Tolerant):
    """Labels pictures by a function in a Python file of yours. It runs only after you have allowed that file.

    The function takes the path of a picture below the source's folder, with forward slashes, and gives a class (str),
    tags (list of str), a number (float), several numbers (list of float), or None for a picture without a label.
    """

    title: ClassVar[str] = "Python function"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    origin: ClassVar[str] = "From a Python function of yours"
    gives: ClassVar[tuple[TargetKind, ...]] = ("class", "tags", "number")

    kind: Literal["python_function"] = "python_function"
    file: str = setting(
        "",
        title="Python file",
        widget="python_file",
        help="A .py file that you have read and trust: it may do whatever you may do. Each change is asked for again.",
    )
    function: str = setting(
        "label",
        title="Function",
        pattern=r"^[^\W\d]\w*$",
        help="The name of the function in that file; it takes a path and gives a label.",
    )
    limit_s: float = setting(
        60.0,
        title="Time limit",
        unit="s",
        gt=0,
        le=3600,
        more=True,
        help="How long the function may take for all pictures together.",
    )

    def summary(self) -> str:
        return f"{self.function}() of {Path(self.file).name}" if self.file else "A function, not chosen yet"
