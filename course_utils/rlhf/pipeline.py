"""InstructGPT in small, stage by stage. Each stage is kept in a folder; a run goes on where it stopped.

    pre-train    a small and a large GPT, on film reviews
    fine-tune    the small one, on how reviews that people liked go on
    reward       from people's choices between two reviews
    PPO          the small one, at several prices for leaving the fine-tuned model

Source: L. Ouyang and others, "Training language models to follow instructions with human feedback",
2022.
Leaves out: instructions. A "prompt" is the beginning of a review, and what people prefer is a
friendlier one: these are the only human judgements of text that are small, free and on your machine.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import safetensors.torch as safetensors
import torch
from torch import Tensor

from course_utils.device import device
from course_utils.gpt.byte_pairs import END_OF_TEXT
from course_utils.gpt.checkpoint import load_model, save_checkpoint
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.trainer import train
from course_utils.gpt.weights import Config
from course_utils.rlhf.fine_tuning import fine_tune
from course_utils.rlhf.movies import encode_texts, movie_encoding, movie_parts
from course_utils.rlhf.ppo_trainer import PPOPlan, Round, tune
from course_utils.rlhf.replies import Replies, write_replies
from course_utils.rlhf.scorer import Scorer, train_reward_model

PROVIDED = ("*",)  # whole in the student's copy

PROMPT_LENGTH = 5  # the mark of a beginning, and four pieces
REPLY_LENGTH = 24
LIKED = 1.5  # a review with at least this mean score is one to learn from
NUM_PAIRS = {"many": 20_000, "few": 3_000}  # people's choices that a reward model learns from
SIZES = {
    "small": Config(2, 4, 96, 2001, num_positions=64),
    "large": Config(5, 8, 256, 2001, num_positions=64),
}
PLANS = {
    "small": Plan(1000, batch_size=24, learning_rate=4e-3, report_every=100),
    "large": Plan(800, batch_size=24, learning_rate=2e-3, report_every=100),
}


@dataclass
class Pipeline:
    """The models of one run; each is made when it is first asked for, and read from disk later."""

    folder: Path
    seed: int = 0
    say: Callable[[str], None] = print

    @cached_property
    def parts(self):
        """Who reads what: see `movie_parts`."""
        return movie_parts()

    @cached_property
    def encoding(self):
        """2 000 byte pairs."""
        return movie_encoding()

    @property
    def end(self) -> int:
        """The token that ends a text, and begins one."""
        return int(self.encoding.encode_single_token(END_OF_TEXT))

    @cached_property
    def texts(self) -> list[list[int]]:
        """What the models learn from."""
        return encode_texts(self.parts["learn"].texts, self.encoding)

    @cached_property
    def held_out(self) -> list[list[int]]:
        """Texts that nobody learns from."""
        return encode_texts(self.parts["prompt"].texts, self.encoding)

    @cached_property
    def unseen(self) -> Tensor:
        """The same, one after the other, (M,)."""
        return torch.tensor([token for text in self.held_out for token in text[1:]])

    @cached_property
    def prompts(self) -> tuple[Tensor, Tensor]:
        """Beginnings of texts that nobody learned from: to tune on, and to compare on, (N, P)."""
        long = [text for text in self.held_out if len(text) > PROMPT_LENGTH + 4]
        rows = torch.tensor([text[:PROMPT_LENGTH] for text in long])
        half = len(rows) // 2
        return rows[:half], rows[half:]

    def pretrained(self, size: str) -> GPT:
        """A GPT that has read reviews, "small" or "large"."""
        model = GPT(SIZES[size], seed=self.seed)
        path = self.folder / f"{size}.safetensors"
        stream = torch.tensor([token for text in self.texts for token in text[1:]])
        plan = PLANS[size]
        for report in train(model, stream, plan, held_out=self.unseen, checkpoint=path):
            self.say(
                f"{size}: step {report.step}, held out {report.held_out_loss:.3f} nats a token"
            )
        return model.eval()

    def fine_tuned(self) -> GPT:
        """The small one, after reviews that people liked."""

        def make() -> GPT:
            model = self.pretrained("small")
            means = self.parts["learn"].means
            liked = [text for text, mean in zip(self.texts, means, strict=True) if mean >= LIKED]
            fine_tune(model, liked, PROMPT_LENGTH, seed=self.seed)
            return model

        return self._kept("fine_tuned", make)

    def reward_model(self, choices: str = "many") -> Scorer:
        """The small one with a number for an output, after "many" or "few" of people's choices."""
        path = self.folder / f"reward_{choices}.safetensors"
        if path.exists():
            model = Scorer(GPT(SIZES["small"]))
            safetensors.load_model(model, path)
            return model.to(device())
        rng = np.random.default_rng(self.seed)
        pairs = self.parts["learn"].pairs(NUM_PAIRS[choices], rng)
        model = train_reward_model(self.pretrained("small"), self.texts, pairs)
        safetensors.save_model(model, str(path))  # knows of tensors that are shared
        return model

    def tuned(self, beta: float, num_rounds: int, choices: str = "many") -> tuple[GPT, list[Round]]:
        """The fine-tuned one after PPO at this price, and how it went."""
        name = f"tuned_{beta:g}_{choices}"
        history = self.folder / f"{name}.json"
        rounds: list[Round] = []

        def make() -> GPT:
            reference, reward = self.fine_tuned(), self.reward_model(choices)
            policy = copy.deepcopy(reference)
            plan = PPOPlan(num_rounds, beta, length=REPLY_LENGTH, seed=self.seed)

            def score(replies: Replies) -> Tensor:
                with torch.no_grad():
                    return reward.at(replies.tokens, replies.last)

            value = Scorer(reward.body).to(device())
            for entry in tune(policy, reference, value, score, self.prompts[0], self.end, plan):
                rounds.append(entry)
                if entry.number % 20 == 0:
                    self.say(f"β {beta:g}, {choices} choices: round {entry.number}, reward {entry.reward:.2f}, "
                             f"{entry.kl:.1f} nats away")  # fmt: skip
            history.write_text(json.dumps([asdict(entry) for entry in rounds]), encoding="utf-8")
            return policy

        policy = self._kept(name, make)
        stored = json.loads(history.read_text(encoding="utf-8"))
        return policy, [Round(**entry) for entry in stored]

    def replies(self, model: GPT, *, seed: int = 1) -> tuple[Replies, list[str]]:
        """What a model writes after the prompts that are put aside for comparing, and as text."""
        generator = torch.Generator().manual_seed(seed)
        replies = write_replies(model, self.prompts[1], REPLY_LENGTH, self.end, generator)
        counted = torch.cat([replies.tokens[:, :PROMPT_LENGTH] >= 0, replies.counted], dim=1)
        texts = [
            self.encoding.decode([token for token in row[keep].tolist() if token != self.end])
            for row, keep in zip(replies.tokens.cpu(), counted.cpu(), strict=True)
        ]
        return replies, texts

    def _kept(self, name: str, make: Callable[[], GPT]) -> GPT:
        path = self.folder / f"{name}.safetensors"
        if not path.exists():
            self.say(f"making {path.name}")
            save_checkpoint(path, make())
        return load_model(path).to(device()).eval()
