"""A checkpoint of ours: asked as it was taught, its boxes read as its card says."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from surgchain.pipelines.surgbench import class_texts
from surgchain.schemas import dialects
from surgchain.trainer import answering, model_folder, prompts
from surgchain.trainer.answering import Sampling
from surgchain.trainer.rows import eye_of

if TYPE_CHECKING:
    from surgchain.pipelines.surgbench.local import How, Shown

GREY = (127, 127, 127)


class Own:
    """One in memory."""

    def __init__(self, folder: Path) -> None:
        """Load it."""
        self.loaded = model_folder.load(folder)

    def texts(self, shown: "list[Shown]", how: "How") -> list[tuple[str, ...]]:
        """Return the texts of each question, greedy first, boxes in thousandths."""
        pictures, words, mode = list(map(_picture, shown)), [s.words for s in shown], self._mode
        one = Sampling(1, 0.0, how.max_tokens)
        greedy = answering.answer(self.loaded, pictures, words, mode, one)
        if how.samples == 1:
            return [tuple(g) for g in greedy]
        more = Sampling(how.samples - 1, how.temperature, how.max_tokens)
        drawn = answering.answer(self.loaded, pictures, words, mode, more)
        return [(*g, *d) for g, d in zip(greedy, drawn, strict=True)]

    def logprobs(self, one: "Shown", text: str, classes: tuple[str, ...]) -> dict[str, float]:
        """Return class -> log-probability as the answer, after its own thinking if it thinks."""
        processor = self.loaded.processor
        picture = _picture(one)
        before, after = "", processor.tokenizer.eos_token
        if self._mode == "chain":
            thought, opened, _ = text.partition(class_texts.OPENED)
            if not opened:
                return {}  # no answer begins in it
            before, after = thought + opened, class_texts.CLOSED
            size = eye_of(processor).size(*picture.size)
            before = dialects.to_model(before, self.loaded.card.spoken, size)
        prompt = processor.apply_chat_template(
            prompts.with_picture(prompts.prompt(one.words, self._mode)), add_generation_prompt=True
        )
        return class_texts.logprobs(
            self.loaded.model, processor, str(prompt) + before, picture, classes, after
        )

    @property
    def _mode(self) -> prompts.Mode:
        return self.loaded.card.mode


def _picture(one: "Shown") -> Any:
    if one.picture is not None:
        return one.picture
    from PIL import Image

    return Image.new("RGB", one.size, GREY)
