"""The commands. Each is a function: its arguments, flags and help come from its signature and docstring."""

import argparse
import inspect
import sys
import types
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from studio.app import commands
from studio.app.commands import Faces
from studio.base.errors import UserError

DONE, MENDABLE, WRONG_USAGE, BUG = 0, 1, 2, 3
FACES = "faces"  # a parameter that is handed in, not typed


def main(arguments: list[str], faces: Faces) -> int:
    """Run a command; gives the exit status: 0 done, 1 the user can mend it, 2 wrong usage, 3 a bug of ours."""
    parser = make_parser()
    try:
        chosen = parser.parse_args(arguments)
    except SystemExit as end:  # argparse has said what is wrong
        return int(end.code or 0)
    if chosen.command is None:
        return faces.open_window(None)
    values = {name: value for name, value in vars(chosen).items() if name != "command"}
    command = commands.COMMANDS[chosen.command]
    if FACES in inspect.signature(command).parameters:
        values[FACES] = faces
    try:
        return int(command(**values) or DONE)
    except UserError as error:
        tell_error(error)
        return MENDABLE
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return MENDABLE
    except BrokenPipeError:  # somebody read the first lines and left
        sys.stderr.close()
        return DONE
    except Exception:
        import traceback

        traceback.print_exc()
        print("This is a bug of ours; the lines above say where.", file=sys.stderr)
        return BUG


def tell_error(error: UserError) -> None:
    print(f"studio: {error.message}", file=sys.stderr)
    if error.hint:
        print(error.hint, file=sys.stderr)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="studio", description="Label, train, see what went wrong, fix it, train again."
    )
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, function in commands.COMMANDS.items():
        text = inspect.getdoc(function) or ""
        command = chosen.add_parser(name, help=text.split("\n")[0], description=text)
        hints = get_type_hints(function, include_extras=True)
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name != FACES:
                _add_argument(command, parameter, hints[parameter.name])
    return parser


def _add_argument(command: argparse.ArgumentParser, parameter: inspect.Parameter, hint: Any) -> None:
    """A parameter without a default is a positional argument, a keyword-only one a flag."""
    text = ""
    if get_origin(hint) is Annotated:
        hint, text = get_args(hint)
    kind = _plain(hint)
    options: dict[str, Any] = {"help": text}
    is_list = get_origin(kind) is list
    if is_list:
        kind = get_args(kind)[0]
    if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
        command.add_argument(
            parameter.name, type=kind, nargs="+" if is_list else None, metavar=parameter.name.upper(), **options
        )
        return
    flag = "--" + parameter.name.replace("_", "-")
    if kind is bool:
        command.add_argument(flag, action="store_true", **options)
    else:
        options |= {"action": "append"} if is_list else {}
        is_needed = parameter.default is inspect.Parameter.empty
        default = None if is_needed else parameter.default
        command.add_argument(flag, type=kind, required=is_needed, default=default, metavar="VALUE", **options)


def _plain(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(item for item in get_args(hint) if item is not type(None))
    return hint
