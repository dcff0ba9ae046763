"""How a model learns from the labels that were corrected since it was trained: a short recipe that follows its own."""

from studio.blocks.recipe import Recipe

EPOCHS = 5
# Of the rate that the model was trained with at last: a higher one spoils what is good already. The fast.ai course goes
# on with a fifth after unfreezing. Measured on 240 drawn pictures of two shapes, every yellow square labeled a disc (12
# to train on), a small resnet, two seeds: with a tenth all 12 were learned and none of the 60 to check on was lost,
# after 3 epochs as after 5; with a fifth, or with 0.3, one seed lost one or two, and so kept the start.
RATE_SHARE = 0.1


def corrections_recipe(recipe: Recipe, run: str) -> Recipe:
    """The recipe with which the model of `run`, trained with `recipe`, learns from its corrected labels.

    It starts from that run and keeps its data, parts and transforms, at its last size; a few epochs of one cycle at a
    low rate, with all layers learning, and the corrected pictures several times an epoch among the others. The model is
    checked before its first step, and stays as it is if it does not become at least as good.
    """
    again = recipe.batch.sampler == "corrected"  # it has learned from corrections itself: rates are low already
    share = 1.0 if again else RATE_SHARE
    training = recipe.training
    last = training.stages[-1:]
    stages = tuple(
        stage.model_copy(
            update={
                "name": "Corrections",
                "epochs": EPOCHS,
                "learns": "all",
                "learning_rate": stage.learning_rate * share,
                "pct_start": 0.0,
            }
        )
        for stage in last
    )
    changes = {
        "batch": recipe.batch.model_copy(update={"sampler": "corrected"}),
        "model": recipe.model.model_copy(update={"weights": "run", "weights_run": run, "keep_parts": True}),
        "training": training.model_copy(
            update={
                "epochs": EPOCHS,
                "learning_rate": training.learning_rate * share,
                "stages": stages,
                "schedule": "one_cycle",
                "pct_start": 0.0,
                "freeze_epochs": 0,
                "patience_epochs": 0,
                "check_start": True,
            }
        ),
    }
    return recipe.model_copy(update=changes)
