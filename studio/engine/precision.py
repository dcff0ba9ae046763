"""In which numbers a network computes: all in float32, or most of it in half as many bits."""

from collections.abc import Callable
from typing import Any, Literal

import torch
from torch import Tensor

from studio.base.errors import UserError

PrecisionName = Literal["float32", "float16", "bfloat16"]
_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_LEAST_SCALE = 1.0  # gradients that do not fit into float16 unenlarged will not come to fit


class Precision:
    """Weights and loss stay in float32. With float16 the loss is enlarged on its way back, so that small gradients do
    not vanish; a step whose gradients overflow is left out, and the next one is enlarged half as much.

    Source: Micikevicius et al. 2018, arXiv:1710.03740, as torch's GradScaler has it.
    """

    def __init__(self, name: PrecisionName, device: str) -> None:
        self.name = name
        self._device = torch.device(device).type
        self._scaler = torch.amp.GradScaler(self._device, enabled=name == "float16")

    def forward(self, network: Callable[[Tensor], Tensor], pictures: Tensor) -> Tensor:
        """What the network gives, as float32."""
        with torch.autocast(self._device, _DTYPES[self.name], enabled=self.name != "float32"):
            outputs = network(pictures)
        return outputs.float()

    def backward(self, loss: Tensor) -> None:
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]

    def unscale(self, optimizer: torch.optim.Optimizer) -> None:
        """Bring the gradients to their size, before anybody looks at them."""
        self._scaler.unscale_(optimizer)

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """The optimizer's step, unless a gradient overflowed."""
        self._scaler.step(optimizer)
        self._scaler.update()

    def check(self) -> None:
        """Raises UserError when gradients overflow however little they are enlarged. Waits for the device."""
        if self.name == "float16" and self._scaler.get_scale() < _LEAST_SCALE:
            raise UserError(
                "The gradients do not fit into float16: one step after the other was left out.",
                "Choose bfloat16 or float32 as the precision in the Training block, and start a new run.",
            )

    def state(self) -> dict[str, float]:
        """What a checkpoint needs; empty unless losses are enlarged."""
        state: dict[str, Any] = self._scaler.state_dict()
        return {name: float(value) for name, value in state.items()}

    def restore(self, state: dict[str, float]) -> None:
        if state and self._scaler.is_enabled():
            counts = {name: int(state[name]) for name in ("growth_interval", "_growth_tracker")}
            self._scaler.load_state_dict({**state, **counts})


def supported(device: str) -> tuple[PrecisionName, ...]:
    """The numbers that a device computes with in hardware, float32 first; a device may do others very slowly."""
    if device.startswith("cuda"):
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return ("float32", "bfloat16") if has_bfloat16 else ("float32", "float16")
    if device == "cpu" and _has_bfloat16_instructions():
        return ("float32", "bfloat16")
    return ("float32",)


def _has_bfloat16_instructions() -> bool:
    """Without them bfloat16 was 6 to 11 times slower than float32."""
    asked = getattr(torch.cpu, "get_capabilities", None)  # not in every version
    facts = asked() if asked is not None else {}
    return any(facts.get(name) is True for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))
