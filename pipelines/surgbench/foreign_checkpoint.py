"""A checkpoint that is not ours: any folder that transformers loads as image-text-to-text.

It is told the form of the answer and the closed list as a server's model is (`forms.py`), by its
own chat template. Read from the folder alone: nothing fetched, no code of the checkpoint run, no
pickle opened.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from surgchain.pipelines.surgbench import class_texts, forms
from surgchain.schemas import dialects
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.errors import InputError

if TYPE_CHECKING:
    from surgchain.pipelines.surgbench.local import How, Shown

HERE_ONLY = {"local_files_only": True, "trust_remote_code": False}
PICTURE_TOKENS = ("image_token_id", "image_token_index", "video_token_id")


class Foreign:
    """One in memory."""

    def __init__(self, folder: Path) -> None:
        """Load it; raise `InputError` for one that has no eye, no template, or is broken."""
        import torch
        from transformers import AutoModelForImageTextToText, AutoProcessor

        try:
            model = AutoModelForImageTextToText.from_pretrained(
                folder, dtype="auto", use_safetensors=True, **HERE_ONLY
            )
            self.processor = AutoProcessor.from_pretrained(folder, **HERE_ONLY)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            reason = " ".join(str(error).split())[:300]
            raise InputError(
                f"{folder}: transformers cannot load it as image-text-to-text: {reason}"
            ) from error
        if not getattr(self.processor, "image_processor", None):
            raise InputError(f"{folder}: its processor takes no pictures; add its image processor")
        if not (self._template or self.processor.tokenizer.chat_template):
            raise InputError(f"{folder}: no chat template, so how to ask it is not known; add one")
        self.model = model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        self.processor.tokenizer.padding_side = "left"
        if self.processor.tokenizer.pad_token_id is None:
            self.processor.tokenizer.pad_token = self.processor.tokenizer.eos_token

    def texts(self, shown: "list[Shown]", how: "How") -> list[tuple[str, ...]]:
        """Return the texts of each question, greedy first, boxes in thousandths."""
        greedy = self._written(shown, 1, 0.0, how)
        if how.samples == 1:
            return [tuple(g) for g in greedy]
        drawn = self._written(shown, how.samples - 1, how.temperature, how)
        return [(*g, *d) for g, d in zip(greedy, drawn, strict=True)]

    def logprobs(self, one: "Shown", text: str, classes: tuple[str, ...]) -> dict[str, float]:
        """Return class -> log-probability as the answer, after its own thinking if it thinks."""
        before = text.partition(class_texts.OPENED)[0] if class_texts.OPENED in text else ""
        prompt = self._prompt(one) + before + class_texts.OPENED
        return class_texts.logprobs(
            self.model, self.processor, prompt, one.picture, classes, class_texts.CLOSED
        )

    def _written(
        self, shown: "list[Shown]", samples: int, temperature: float, how: "How"
    ) -> list[list[str]]:
        import torch

        pictures = {"images": [[s.picture] for s in shown]} if how.sees else {}
        inputs = self.processor(
            text=[self._prompt(s) for s in shown], padding=True, padding_side="left",
            return_tensors="pt", **pictures,
        ).to(self.model.device)  # fmt: skip
        drawn = {"temperature": temperature, "top_k": 0, "top_p": 1.0} if temperature else {}
        with torch.no_grad():
            ids = self.model.generate(
                **inputs, max_new_tokens=how.max_tokens, do_sample=bool(temperature),
                num_return_sequences=samples, suppress_tokens=self._suppressed or None,
                pad_token_id=self.processor.tokenizer.pad_token_id, **drawn,
            )  # fmt: skip
        written = self.processor.tokenizer.batch_decode(
            ids[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
        spoken = Spoken("pixels" if how.boxes == "pixels" else "thousandths")
        texts = [
            dialects.to_canonical(t.strip(), spoken, shown[n // samples].size)
            for n, t in enumerate(written)
        ]
        return [texts[k : k + samples] for k in range(0, len(texts), samples)]

    def _prompt(self, one: "Shown") -> str:
        """Return the words in the model's template; one that knows no system gets all as user."""
        from jinja2 import TemplateError

        eye = [{"type": "image"}] if one.picture is not None else []
        user = {"role": "user", "content": [*eye, _text(one.words)]}
        system = {"role": "system", "content": [_text(forms.SYSTEM)]}
        try:
            return self._templated([system, user])
        except TemplateError:
            user["content"] = [*eye, _text(f"{forms.SYSTEM}\n\n{one.words}")]
            return self._templated([user])

    def _templated(self, messages: list[dict[str, Any]]) -> str:
        template = self._template or self.processor.tokenizer.chat_template
        return str(
            self.processor.apply_chat_template(
                messages, chat_template=template, add_generation_prompt=True, tokenize=False
            )
        )

    @property
    def _template(self) -> Any:
        return getattr(self.processor, "chat_template", None)

    @property
    def _suppressed(self) -> list[int]:
        """A sampled picture token would be taken for a picture by the next pass."""
        found = (getattr(self.model.config, name, None) for name in PICTURE_TOKENS)
        return sorted({n for n in found if isinstance(n, int)})


def _text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}
