"""The catalogue is whole: every block can be read, set, saved and built; every action reached; every message sent."""

import ast
import inspect
import re
import types
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel
from PySide6.QtGui import QAction, QKeySequence
from pytestqt.qtbot import QtBot

from studio.app.actions import ACTIONS, PAGES, Action
from studio.blocks.block import Block, Item
from studio.blocks.forms import FormField, form_fields
from studio.blocks.recipe import Recipe, block_types, read_recipe
from studio.blocks.source.folder import Folder
from studio.child import handlers
from studio.gui import icons
from studio.gui.forms import Form
from studio.gui.palette import matches, palette_entries
from studio.jobs import messages
from studio.jobs.messages import CancelRequest, Event, Message, Request, read_event, read_request

STUDIO = Path(handlers.__file__).parents[1]
BLOCKS = [kind for kinds in block_types().values() for kind in kinds]
BUILT = [kind for kind in BLOCKS if kind.step in ("source", "labels", "split", "transforms")]
PURE_NUMBERS = {"level", "seed", "epochs", "freeze_epochs", "learning_rate", "alpha", "gradient_norm"}  # no dimension
UNIT_IN_NAME = {"_px": "px", "_s": "s", "_ms": "ms", "_degrees": "degrees", "_percent": "%", "_factor": "times"}


ITEMS = [field.item for kind in BLOCKS for field in form_fields(kind) if field.item is not None]


def made(kind: type[Block]) -> Block:
    """The block with its defaults; what must be given is given."""
    return kind(**{name: "photos" for name, field in kind.model_fields.items() if field.is_required()})


def of_block(kind: type[Block]) -> str:
    return kind.__name__


@pytest.mark.parametrize("kind", BLOCKS, ids=of_block)
class TestBlocks:
    def test_says_what_it_is(self, kind: type[Block]) -> None:
        assert kind.title
        assert kind.help().endswith((".", "?"))
        assert kind.icon in icons.names()
        assert made(kind).summary()

    def test_its_settings_say_what_they_are(self, kind: type[Block]) -> None:
        for field in form_fields(kind):
            assert field.title != field.name, f"{field.name} has no title"
            assert field.help.endswith((".", "?")), f"{field.name} has no help"
            assert set(field.words) <= set(field.choices)
            assert not field.choices or set(field.words) == set(field.choices), f"{field.name}: choices without words"

    def test_its_numbers_have_units(self, kind: type[Block]) -> None:
        for field in form_fields(kind):
            if field.type not in ("int", "float"):
                continue
            expected = next((unit for end, unit in UNIT_IN_NAME.items() if field.name.endswith(end)), None)
            if expected is not None:
                assert field.unit == expected
            else:
                assert field.unit or field.name in PURE_NUMBERS or is_share(field), f"{field.name} has no unit"

    def test_its_defaults_are_valid(self, kind: type[Block]) -> None:
        block = made(kind)
        assert kind.model_validate(block.model_dump()) == block
        for field in form_fields(kind):
            value = getattr(block, field.name)
            assert field.minimum is None or value >= field.minimum
            assert field.maximum is None or value <= field.maximum
            assert not field.choices or value in field.choices

    def test_survives_being_saved_in_a_recipe(self, kind: type[Block]) -> None:
        recipe = recipe_with(made(kind))
        assert made(kind) in recipe.steps()
        assert read_recipe(recipe.model_dump_json()) == recipe

    def test_has_a_form(self, kind: type[Block], qtbot: QtBot) -> None:
        form = Form()
        qtbot.addWidget(form)
        form.show_block(made(kind))
        assert list(form.editors) == [field.name for field in form_fields(kind)]
        for name, editor in form.editors.items():
            value = getattr(made(kind), name)
            assert editor.value() == (pytest.approx(value) if isinstance(value, float) else value)

    def test_is_what_its_kind_says(self, kind: type[Block]) -> None:
        same = [other for other in block_types()[kind.step] if kind_of(other) == kind_of(kind)]
        assert same == [kind]


@pytest.mark.parametrize("kind", ITEMS, ids=of_block)
class TestItems:
    def test_says_what_it_is(self, kind: type[Item]) -> None:
        assert kind.title
        assert kind.help().endswith(".")
        assert kind().summary()
        assert kind().shown_name(2)

    def test_its_settings_say_what_they_are(self, kind: type[Item]) -> None:
        for field in form_fields(kind):
            assert field.title != field.name
            assert field.help.endswith((".", "?"))
            assert set(field.words) == set(field.choices)
            if field.type in ("int", "float"):
                assert field.unit or field.name in PURE_NUMBERS or is_share(field), f"{field.name} has no unit"

    def test_ready_lists_are_valid_and_say_what_for(self, kind: type[Item]) -> None:
        for ready in kind.ready_lists():
            assert ready.title
            assert ready.about.endswith(".")
            assert [kind.model_validate(item.model_dump()) for item in ready.items] == list(ready.items)


def is_share(field: FormField) -> bool:
    """A factor between nothing and all needs no unit."""
    return field.type == "float" and field.minimum == 0 and field.maximum == 1


def kind_of(kind: type[Block]) -> str:
    return str(kind.model_fields["kind"].default)


def recipe_with(block: Block) -> Recipe:
    recipe = Recipe(source=Folder(path="photos"))
    if block.step == "transforms":
        others = [item for item in recipe.transforms if type(item) is not type(block)]
        return Recipe.model_validate({"source": recipe.source, "transforms": (*others, block)})
    name = next(name for name in Recipe.model_fields if getattr(getattr(recipe, name), "step", None) == block.step)
    return Recipe.model_validate({"source": recipe.source} | {name: block})


def test_pure_numbers_are_not_forgotten_when_a_setting_goes() -> None:
    assert {field.name for kind in BLOCKS for field in form_fields(kind)} >= PURE_NUMBERS


# --- builders ---------------------------------------------------------------------------------------------------------


def builders() -> Counter[str]:
    """How many builders are registered for each block: the first parameter of what `build.register` or `draw.register`
    decorates.

    Read from the source, so that this needs no torch.
    """
    found: Counter[str] = Counter()
    for folder in ("work", "engine"):
        for path in (STUDIO / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(map(is_register, node.decorator_list)):
                    annotation = node.args.args[0].annotation
                    assert annotation is not None, f"{path.name}: a builder whose block is not named"
                    found[ast.unparse(annotation)] += 1
    return found


def is_register(decorator: ast.expr) -> bool:
    return ast.unparse(decorator) in ("build.register", "draw.register")


def test_every_block_of_the_data_has_exactly_one_builder() -> None:
    assert builders() == Counter(kind.__name__ for kind in BUILT)


def test_every_task_is_a_file_of_its_name() -> None:
    assert [Path(inspect.getfile(kind)).stem for kind in block_types()["kind"]] == [
        kind_of(kind) for kind in block_types()["kind"]
    ]


# --- actions ----------------------------------------------------------------------------------------------------------


def keys(action: Action) -> list[str]:
    return [QKeySequence(key).toString() for key in (action.key, *action.also) if key]


def is_bare(key: str) -> bool:
    """Whether somebody who types would press it."""
    return "+" not in key and not re.fullmatch(r"F\d+", key)


def test_actions_have_ids_of_their_own() -> None:
    assert [name for name, count in Counter(action.id for action in ACTIONS).items() if count > 1] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_an_action_says_what_it_does(action: Action) -> None:
    assert action.title
    assert action.menu
    assert action.page in ("", *PAGES)
    assert all(keys(action))
    assert not action.also or action.key


@pytest.mark.parametrize("page", PAGES)
def test_keys_mean_one_thing_on_a_page(page: str) -> None:
    there = Counter(key for action in ACTIONS if action.page in ("", page) for key in keys(action))
    assert [key for key, count in there.items() if count > 1] == []


def test_bare_keys_belong_to_a_page_and_others_to_the_window() -> None:
    for action in ACTIONS:
        assert all(is_bare(key) == bool(action.page) for key in keys(action)), action.id


def test_the_palette_finds_every_action(qtbot: QtBot) -> None:
    found = palette_entries({action.id: QAction(action.title) for action in ACTIONS})
    assert {item.id for item, _ in found} == {action.id for action in ACTIONS}
    assert all(matches(item, item.title.upper()) for item, _ in found)


# --- messages ---------------------------------------------------------------------------------------------------------


def below(kind: type[BaseModel]) -> list[type[Any]]:
    return [found for child in kind.__subclasses__() for found in (child, *below(child))]


def value_of(annotation: Any, filled: bool) -> Any:
    """A value of a field's type: something where it may be nothing, if `filled`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return arguments[-1]
    if origin in (Union, types.UnionType):
        return value_of(arguments[0], filled) if filled or type(None) not in arguments else None
    if origin is tuple:
        inner = arguments[:-1] if arguments[-1] is Ellipsis else arguments
        return tuple(value_of(item, filled) for item in inner) if filled or arguments[-1] is not Ellipsis else ()
    if origin is dict:
        return {"ein Schlüssel": value_of(arguments[1], filled)} if filled else {}
    if annotation is Recipe:
        return Recipe(source=Folder(path="photos"))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return example(annotation, filled)
    if is_dataclass(annotation):
        hints = get_type_hints(annotation)
        return annotation(**{field.name: value_of(hints[field.name], filled) for field in fields(annotation)})
    return {str: 'a "quoted" Ä\nline', int: 64, float: 0.1, bool: True}[annotation]


def example(kind: type[BaseModel], filled: bool) -> Any:
    values = {name: value_of(field.annotation, filled) for name, field in kind.model_fields.items() if name != "kind"}
    return kind.model_validate(values)


@pytest.mark.parametrize("filled", [True, False], ids=["filled", "bare"])
@pytest.mark.parametrize("kind", [*below(Request), *below(Event)], ids=lambda kind: kind.__name__)
def test_a_message_comes_back_as_it_was_sent(kind: type[Message], filled: bool) -> None:
    message = example(kind, filled)
    line = message.model_dump_json()
    assert "\n" not in line
    read = read_request if issubclass(kind, Request) else read_event
    assert read(line) == message


def test_messages_have_kinds_of_their_own_and_stand_in_the_unions() -> None:
    for base, union in ((Request, messages.AnyRequest), (Event, messages.AnyEvent)):
        declared = get_args(get_args(union)[0])
        assert set(declared) == set(below(base))
        kinds = [kind.model_fields["kind"].default for kind in declared]
        assert len(set(kinds)) == len(kinds)


def test_every_request_is_answered_by_somebody() -> None:
    assert set(handlers.HANDLERS) | {CancelRequest} == set(below(Request))
