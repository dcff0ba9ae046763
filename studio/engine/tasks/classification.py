"""One class a picture: what is to be made small, and how good it is."""

from torch import Tensor
from torch.nn import functional
from torchmetrics.functional.classification import multiclass_accuracy, multiclass_f1_score


def loss(scores: Tensor, targets: Tensor) -> Tensor:
    """The mean cross entropy. scores: (N, classes), not yet probabilities; targets: (N,) class numbers, or (N, classes)
    shares of the classes for mixed pictures."""
    return functional.cross_entropy(scores, targets)


def losses(scores: Tensor, targets: Tensor) -> Tensor:
    """The cross entropy of each picture, (N,)."""
    return functional.cross_entropy(scores, targets, reduction="none")


def measure(scores: Tensor, targets: Tensor) -> dict[str, float]:
    """The task's metrics, by the names that the Classification block declares."""
    classes = scores.shape[1]
    chosen = scores.argmax(1)
    return {
        "accuracy": float(multiclass_accuracy(chosen, targets, num_classes=classes, average="micro")),
        "macro_f1": float(multiclass_f1_score(chosen, targets, num_classes=classes, average="macro")),
    }
