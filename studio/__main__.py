"""Which face the program shows: the window, a command, or the child that works for both."""

import sys


def main() -> int:
    """`studio` opens the window, `studio child …` is a helper process, everything else is a command."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["child"]:
        from studio.child.serving import main as child

        return child(arguments[1:])
    if not arguments:  # the commands are not even imported: the window comes sooner
        return _open_window(None)
    from studio.app.commands import Faces
    from studio.cli import main as command

    return command(arguments, Faces(_open_window, _draw_shots))


def _open_window(project: str | None) -> int:
    from studio.gui.main import main as window

    return window(project)


def _draw_shots(folder: str) -> int:
    from studio.gui.shots import main as shots

    return shots(folder)


if __name__ == "__main__":
    sys.exit(main())
