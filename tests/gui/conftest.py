"""What the tests of the window may ask for."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtWidgets import QApplication

from studio.gui import style


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> QApplication:
    """The program in the light theme, whatever the test before did."""
    style.apply(qapp, "light")
    return qapp


@pytest.fixture(scope="session")
def gallery() -> ModuleType:
    """The module that builds a window with every widget in it."""
    spec = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("gallery.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
