"""The batches of a stage: its pictures, from the cache, with their labels, placed as chance has it."""

from collections.abc import Callable, Generator

from studio.base.errors import UserError
from studio.base.targets import MaskFile
from studio.engine.augment import Augment, Placed, Seen
from studio.engine.feed import pinned
from studio.engine.kept_masks import KeptMasks
from studio.engine.loader import LoadedBatch, Loader, as_it_is, cut, training_batches
from studio.engine.mixing import BatchMixer
from studio.engine.moving import NO_SKELETON
from studio.engine.packing import NoPictures, Packing
from studio.engine.preparation import Prepared
from studio.engine.sampler import epoch_draws, row_of
from studio.engine.seeing import see_mask
from studio.engine.unsampled import UnsampledPictures


class StageBatches:
    """What the learner asks for; an epoch's number counts from the beginning of the run."""

    def __init__(self, prepared: Prepared, on_lost: Callable[[int, UserError], None]) -> None:
        """`on_lost` hears, from a loader's thread, of a draw whose picture cannot be read any more."""
        self.prepared = prepared
        recipe, preprocess = prepared.recipe, prepared.card.preprocess
        self._batch_size, self._at_once, self._seed = prepared.batch_size, prepared.at_once, recipe.training.seed
        skeleton = prepared.rows.skeleton or NO_SKELETON
        self._masks = KeptMasks()
        self._on_lost = on_lost
        later = prepared.plan.samples_on_device
        changed = Augment(preprocess, recipe.transforms, self._seed, skeleton, samples=not later)
        mixer = BatchMixer(changed.mixings, prepared.task.mixable) if changed.mixes else None
        self._changed = self._loader(changed, mixer, UnsampledPictures(preprocess, mixer) if later else None)
        self._plain = self._loader(Augment(preprocess, (), self._seed, skeleton))
        unsampled = Augment(preprocess, (), self._seed, skeleton, samples=False)
        self._unseen = self._loader(unsampled, packing=NoPictures())

    def training(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        """Those of an epoch but for the first `skip`."""
        return self._changed.batches(self.draws(epoch)[skip:], epoch)

    def validation(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        """Those of the validation part, placed without chance."""
        return self.plain(self.prepared.rows.valid, epoch, skip)

    def plain(self, rows: list[int], epoch: int, skip: int = 0) -> Generator[LoadedBatch]:
        """Those of any rows, placed without chance."""
        return self._plain.batches(self.cut(rows)[skip:], epoch)

    def labels(self, rows: list[int]) -> Generator[LoadedBatch]:
        """The same as `plain`, without pictures."""
        return self._unseen.batches(self.cut(rows), 0)

    def draws(self, epoch: int) -> list[list[int]]:
        """What an epoch trains on, batch by batch."""
        rows = self.prepared.rows
        draws = epoch_draws(self.prepared.recipe.batch, rows.train, rows.rows, self._seed, epoch)
        return training_batches(draws, self._batch_size)

    def cut(self, rows: list[int]) -> list[list[int]]:
        """Rows that nothing is learned from, in batches."""
        return cut(rows, self._at_once)

    def _loader(self, augment: Augment, mixer: BatchMixer | None = None, packing: Packing | None = None) -> Loader:
        prepared = self.prepared

        def place(draw: int, epoch: int) -> Placed:
            return augment.place(self._seen(row_of(draw)), epoch, draw)

        threads = prepared.plan.threads
        finish = pinned if prepared.placement.is_cuda else as_it_is
        return Loader(
            place, prepared.task.collate, prepared.card.preprocess, threads, self._on_lost, mixer, packing, finish
        )

    def _seen(self, row: int) -> Seen:
        rows = self.prepared.rows
        image_hwc, original_wh = self.prepared.cache.read_sized(rows.rows[row].image)
        target, mask_hw = rows.rows[row].target, None
        if isinstance(target, MaskFile):
            kept_wh, mask = (image_hwc.shape[1], image_hwc.shape[0]), target
            mask_hw = self._masks.get(row, lambda: see_mask(rows.root, mask, len(rows.classes), kept_wh))
        return Seen(image_hwc, original_wh, target, mask_hw)
