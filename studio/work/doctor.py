"""The doctor: versions, devices, and what is known to go wrong."""

import platform
import shutil
import sys
from importlib import metadata

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder
from studio.blocks.table import Finding

PACKAGES = (
    "datablock-studio", "torch", "torchvision", "timm", "PySide6-Essentials", "pyqtgraph", "opencv-python", "numpy",
    "pandas", "pillow", "pydantic", "onnxruntime", "safetensors",
)  # fmt: skip
LEAST_FREE_GB = 2.0


def examine(devices: dict[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """Facts by name, and what is wrong. `devices` are the engine's own facts; Qt is not imported."""
    versions = {name: _version(name) for name in PACKAGES}
    free_gb = shutil.disk_usage(user_folder("cache")).free / 1e9
    facts = {"Python": platform.python_version(), "system": platform.platform()} | versions | devices
    facts["free disk"] = f"{free_gb:.0f} GB"
    findings = [*_known_bad(versions), *_missing(versions)]
    if free_gb < LEAST_FREE_GB:
        findings.append(Finding("warning", f"Only {free_gb:.1f} GB are free on the disk.", "Training caches pictures."))
    try:
        write_atomically(user_folder("cache") / "doctor.txt", b"write test")
        facts["write test"] = "passed"
    except UserError as error:
        facts["write test"] = "failed"
        findings.append(Finding("error", error.message, error.hint))
    return facts, findings


def _known_bad(versions: dict[str, str]) -> list[Finding]:
    """Pairs that were measured to fail."""
    findings = []
    if versions["PySide6-Essentials"].startswith("6.12.0") and sys.version_info < (3, 12):
        message = "PySide6 6.12.0 with Python 3.11 loses references and ends the program."
        findings.append(Finding("error", message, 'Install "PySide6-Essentials<6.12".'))
    if "+cpu" in versions["torch"] and "+cpu" not in versions["torchvision"]:
        message = "torch and torchvision come from different builds; torchvision will not import."
        findings.append(Finding("warning", message, "Install both from the same place, without naming a build."))
    return findings


def _missing(versions: dict[str, str]) -> list[Finding]:
    missing = [name for name, version in versions.items() if version == "missing"]
    return [Finding("error", f"Not installed: {', '.join(missing)}.", "Run packaging/run again.")] if missing else []


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
