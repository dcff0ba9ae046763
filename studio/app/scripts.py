"""A recipe as text that runs elsewhere: JSON for the commands, Python for scripts."""

from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.blocks.block import Block
from studio.blocks.recipe import NOT_A_STEP, Recipe, read_recipe


def as_json(recipe: Recipe) -> str:
    """The recipe for `studio train PROJECT --recipe FILE`."""
    return recipe.model_dump_json(indent=2) + "\n"


def load_recipe(file: Path) -> Recipe:
    """The recipe in a file, of this project or another. Raises UserError that names file, block and field."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read: {error}.", "Choose a recipe, saved as JSON.") from error
    return read_recipe(text, file.name)


def save_recipe(recipe: Recipe, file: Path) -> None:
    """Write the recipe to a file that another project can open. Raises UserError when it cannot be written."""
    write_atomically(file, as_json(recipe).encode())


def as_python(recipe: Recipe, project: str) -> str:
    """A script that trains the recipe in the project and prints the run's metrics."""
    names = [name for name in Recipe.model_fields if name not in NOT_A_STEP]
    blocks = recipe.steps()
    imports = sorted({f"from {type(block).__module__} import {type(block).__name__}" for block in blocks})
    lines = [
        '"""Trains a model with Datablock Studio, without the window."""',
        "",
        "from pathlib import Path",
        "",
        "from studio.app.training import RunWatcher, start_run",
        *sorted([*imports, "from studio.blocks.recipe import Recipe"]),
        "",
        f"PROJECT = Path({project!r})",
        "",
        "recipe = Recipe(",
    ]
    for name in names:
        value = getattr(recipe, name)
        if isinstance(value, tuple):
            lines += [f"    {name}=(", *[f"        {_call(item)}," for item in value], "    ),"]
        else:
            lines.append(f"    {name}={_call(value)},")
    lines += [
        ")",
        "",
        'if __name__ == "__main__":',
        "    run = start_run(PROJECT, recipe)",
        "    watcher = RunWatcher(run, just_started=True)",
        "    watcher.wait(lambda event: None)",
        '    print(run.folder, watcher.state, getattr(watcher.history.end, "metrics", watcher.history.end))',
    ]
    return "\n".join(lines) + "\n"


def _call(block: Block) -> str:
    """The block as a call of its class, with the settings that differ from the defaults."""
    fields = type(block).model_fields
    set_here = [
        f"{name}={getattr(block, name)!r}"
        for name, field in fields.items()
        if name != "kind" and (field.is_required() or getattr(block, name) != field.default)
    ]
    return f"{type(block).__name__}({', '.join(set_here)})"
