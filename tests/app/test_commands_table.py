"""The command line is made from the functions: each command, argument and flag has its words."""

import inspect
from typing import Annotated, get_origin, get_type_hints

import pytest

from studio.app.commands import COMMANDS
from studio.cli import make_parser

TOLD_AS_JSON = {"demo", "explain", "check", "train", "lr-find", "predict", "results", "doctor"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    function = COMMANDS[name]
    assert inspect.getdoc(function)
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return")
    hints.pop("faces", None)  # handed in by the entry point, not typed
    assert all(get_origin(hint) is Annotated for hint in hints.values()), name
    assert ("json" in hints) == (name in TOLD_AS_JSON)


def test_arguments_come_as_they_are_declared() -> None:
    chosen = make_parser().parse_args(["train", "a.studio", "--set", "x=1", "--set", "y=2", "--json"])
    assert str(chosen.project) == "a.studio"
    assert chosen.set == ["x=1", "y=2"]
    assert chosen.json is True
    assert chosen.resume is None


def test_commands_of_the_design_are_there() -> None:
    assert {"demo", "new", "explain", "train", "lr-find", "predict", "results", "doctor", "shots"} <= set(COMMANDS)
