"""The one door to OpenCV: imported at first use, without leaving its mark on the environment."""

import importlib
import os
import threading
from typing import Any

_importing = threading.Lock()
_module: Any = None


def opencv() -> Any:
    """The cv2 module, on one thread per call: pictures are spread over threads, a picture is not.

    Its import points Qt at plug-ins of its own (QT_QPA_PLATFORM_PLUGIN_PATH, QT_QPA_FONTDIR) and prepends to
    LD_LIBRARY_PATH, which every child would inherit: the environment is put back as it was.
    """
    global _module
    with _importing:
        if _module is None:
            before = dict(os.environ)
            try:
                module = importlib.import_module("cv2")
            finally:
                _restore(before)
            module.setNumThreads(1)
            _module = module
    return _module


def _restore(before: dict[str, str]) -> None:
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)
