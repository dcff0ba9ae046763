import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from studio.base import paths
from studio.gui import icons, style, tokens

THEMES: list[tokens.Theme] = ["light", "dark"]
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
WIDGETS = Path(style.__file__).with_name("widgets")
NOT_READ = {"disabled"}  # inactive controls are exempt in the same criterion


def luminance(hex_colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(hex_colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules() -> list[tuple[str, dict[str, str]]]:
    """Selector and declarations of every rule in the style sheet, tokens still by name."""
    text = (paths.resources() / "style" / "sheet.qss").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = []
    for selector, body in re.findall(r"([^{}]+?)\s*\{((?:[^{}]|\$\{\w+\})*)\}(?=\s|$)", text):
        pairs = [part.split(":", 1) for part in re.sub(r"\$type_\w+", "", body).split(";") if ":" in part]
        found.append((selector.strip(), {name.strip(): value.strip() for name, value in pairs}))
    return found


def test_contrast_is_computed_as_the_guideline_does() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_every_ground_it_stands_on(theme: tokens.Theme) -> None:
    colours = tokens.colours(theme)
    poor = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text, grounds in tokens.declared()["text_on"].items()
        for ground in grounds
        if contrast(colours[text], colours[ground]) < LEAST_CONTRAST
    }
    assert poor == {}


def test_every_pair_in_the_sheet_is_among_the_measured_ones() -> None:
    measured = tokens.declared()["text_on"]
    assert len(rules()) > 100
    for selector, body in rules():
        text = body.get("color", "").removeprefix("$")
        ground = body.get("background", "").removeprefix("$")
        if not text or text in NOT_READ:
            continue
        assert text in measured, selector
        if ground and ground != "transparent":
            assert ground in measured[text], (selector, text, ground)


def test_both_themes_have_the_same_tokens() -> None:
    themes = tokens.declared()["themes"]
    assert themes["light"].keys() == themes["dark"].keys()


def test_no_widget_writes_a_colour_a_size_or_a_font() -> None:
    written = re.compile(
        r"#[0-9A-Fa-f]{6}\b|QColor\(\d|GlobalColor\.(?!transparent)|QFont\(\"|setPixelSize|setPointSize|setStyleSheet"
        r"|set(?:Spacing|FixedWidth|FixedHeight|ContentsMargins|MinimumWidth|MaximumWidth)\([^)\n]*\b[1-9]\d*\b"
    )
    for path in sorted(WIDGETS.glob("*.py")):
        found = [line for line in path.read_text(encoding="utf-8").splitlines() if written.search(line)]
        assert found == [], path.name


def test_every_token_that_a_widget_asks_for_exists() -> None:
    sizes, kinds = tokens.declared()["px"], tokens.declared()["type"]
    for path in sorted(WIDGETS.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"\bpx\(\"(\w+)\"", text)) <= sizes.keys(), path.name
        assert set(re.findall(r"\bcolour\(\"(\w+)\"", text)) <= tokens.colours("light").keys(), path.name
        assert set(re.findall(r"\bfont\(\"(\w+)\"", text)) <= kinds.keys(), path.name


def test_a_new_theme_reaches_palette_sheet_and_painters(dressed: QApplication) -> None:
    told = []
    style.look.changed.connect(lambda: told.append(style.look.theme))
    style.apply(dressed, "dark")
    assert told == ["dark"]
    assert dressed.palette().window().color().name().upper() == tokens.colours("dark")["canvas"]
    assert tokens.colours("dark")["accent"] in dressed.styleSheet()
    assert style.colour("text").name().upper() == tokens.colours("dark")["text"]


def test_icons_follow_the_theme_without_being_made_again(dressed: QApplication) -> None:
    made = icons.icon("play")

    def strongest() -> str:
        image = made.pixmap(24, 24).toImage()
        pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        return max(pixels, key=lambda pixel: pixel.alpha()).name().upper()

    assert strongest() == tokens.colours("light")["text"]
    style.apply(dressed, "dark")
    assert strongest() == tokens.colours("dark")["text"]


def test_the_interface_font_is_13_px(dressed: QApplication) -> None:
    assert dressed.font().pixelSize() == 13
    assert QFontInfo(style.font("title")).pixelSize() == 20


def test_a_property_changes_the_look_at_once(qtbot: object) -> None:
    made = QPushButton("Start")
    plain = made.sizeHint()
    style.set_property(made, "role", "primary")
    assert made.sizeHint() != plain


@pytest.mark.parametrize("name", sorted(icons.names()))
def test_every_icon_keeps_to_the_grid(name: str) -> None:
    text = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in text
    assert 'stroke-width="1.75"' in text
    assert "currentColor" in text
    assert not re.search(r"#[0-9A-Fa-f]{3,6}\b", text)


@pytest.mark.parametrize("theme", THEMES)
def test_every_drawing_can_be_drawn_in_both_themes(theme: tokens.Theme, dressed: QApplication) -> None:
    style.apply(dressed, theme)
    names = [path.stem for path in (paths.resources() / "drawings").glob("*.svg")]
    assert {"no_data", "no_labels", "no_run", "no_results"} <= set(names)
    for name in names:
        assert "var(" not in icons.drawing_svg(name, theme)
        image = icons.drawing(name).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(0, 180, 3) for y in range(0, 132, 3)), name


def test_an_unknown_icon_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="no icon is called"):
        icons.icon("no such thing")


def test_the_widgets_load_nothing_heavy() -> None:
    modules = [f"studio.gui.widgets.{path.stem}" for path in WIDGETS.glob("*.py") if path.stem != "__init__"]
    heavy = ["torch", "torchvision", "timm", "pyqtgraph", "pandas", "cv2", "onnxruntime"]
    code = (
        f"import importlib, json, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_the_sheet_is_understood_by_qt(dressed: QApplication, capfd: pytest.CaptureFixture[str]) -> None:
    for theme in THEMES:
        style.apply(dressed, theme)
        QWidget().ensurePolished()
    assert "Could not parse" not in capfd.readouterr().err
