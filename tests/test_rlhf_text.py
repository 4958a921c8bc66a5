"""The parts of RLHF on texts that are made up, so that the right answer is known."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch import Tensor

from course_utils.device import device
from course_utils.gpt.model import GPT
from course_utils.gpt.weights import Config
from course_utils.rlhf import penalized_reward
from course_utils.rlhf.fine_tuning import fine_tune
from course_utils.rlhf.ppo_trainer import PPOPlan, tune
from course_utils.rlhf.replies import Replies, reply_log_probs, write_replies
from course_utils.rlhf.scorer import Scorer, padded, rewards_of, train_reward_model
from course_utils.rlhf.toy import exact_frontier, make_toy, reward_and_distance, tune_toy

SMALL = Config(1, 2, 16, 7, num_positions=16)
END = 6


def dice(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def written(model: GPT, count: int = 40, length: int = 5, end: int | None = END) -> Replies:
    prompts = torch.randint(6, (count, 3), generator=dice(1))
    return write_replies(model.to(device()), prompts, length, end, dice())


def test_a_reply_counts_up_to_its_first_end() -> None:
    replies = written(GPT(SMALL))
    assert replies.tokens.shape == (40, 8) and replies.prompt_length == 3
    lengths = set()
    for row, counted, last in zip(
        replies.tokens[:, 3:].tolist(), replies.counted.tolist(), replies.last, strict=True
    ):
        length = row.index(END) + 1 if END in row else 5
        assert counted == [t < length for t in range(5)] and last == 3 + length - 1
        assert all(token == END for token in row[length:])
        lengths.add(length)
    assert {1, 5} < lengths  # some end at once, some never


def test_log_probabilities_are_those_of_reading_one_token_at_a_time() -> None:
    model = GPT(SMALL).to(device()).eval()
    replies = written(model)
    found = reply_log_probs(model, replies).detach()
    for row in range(5):
        for t in range(5):
            text = replies.tokens[row, : 3 + t]
            p = torch.softmax(model(text[None])[0, -1].detach().double(), dim=-1)
            said = math.log(p[replies.tokens[row, 3 + t]]) if replies.counted[row, t] else 0.0
            assert float(found[row, t]) == pytest.approx(said, abs=1e-4)


def test_what_is_written_follows_the_models_probabilities() -> None:
    model = GPT(SMALL, seed=3).to(device()).eval()
    first = write_replies(model, torch.zeros(4000, 1, dtype=torch.long), 1, None, dice())
    shares = torch.bincount(first.tokens[:, 1].cpu(), minlength=7) / 4000
    right = torch.softmax(model(torch.zeros(1, 1, dtype=torch.long, device=device()))[0, -1], -1)
    torch.testing.assert_close(shares, right.cpu().detach(), atol=0.03, rtol=0)


@pytest.mark.parametrize(("prompt", "length"), [(0, 3), (3, 0), (10, 7)])
def test_replies_that_cannot_be_written_are_refused(prompt: int, length: int) -> None:
    with pytest.raises(ValueError, match=f"prompts of {prompt} tokens and replies of {length}"):
        write_replies(GPT(SMALL), torch.zeros(2, prompt, dtype=torch.long), length, END, dice())


def test_a_reply_of_no_tokens_costs_nothing() -> None:
    nothing = torch.zeros(3, 0)
    assert penalized_reward(torch.ones(3), nothing, nothing, 0.5).tolist() == [1.0, 1.0, 1.0]


def test_the_reward_is_read_at_the_last_token_and_padding_is_never_looked_at() -> None:
    model = Scorer(GPT(SMALL)).to(device())
    torch.nn.init.normal_(model.head.weight, generator=None)
    texts = [[1, 2], [3, 4, 5, 1], [2]]
    rows, last = padded(texts, 16)
    assert rows.shape == (3, 4) and last.tolist() == [1, 3, 0]
    other = torch.where(torch.arange(4) > last[:, None], 5, rows)
    with torch.no_grad():
        one, two = (model.at(r.to(device()), last.to(device())) for r in (rows, other))
        alone = [float(model(torch.tensor([t], device=device()))[0, -1]) for t in texts]
    torch.testing.assert_close(one, two)
    np.testing.assert_allclose(rewards_of(model, texts), alone, atol=1e-5)
    assert padded(texts, 2)[0].tolist() == [[1, 2], [3, 4], [2, 0]]  # cut, and filled up


def test_a_reward_model_finds_what_people_choose() -> None:
    """Whoever has more 3s is better."""
    rng = np.random.default_rng(0)
    texts = [rng.integers(6, size=rng.integers(4, 9)).tolist() for _ in range(400)]
    threes = np.array([text.count(3) for text in texts])
    drawn = rng.integers(400, size=(4000, 2))
    drawn = drawn[threes[drawn[:, 0]] != threes[drawn[:, 1]]]
    turned = threes[drawn[:, 0]] < threes[drawn[:, 1]]
    pairs = np.where(turned[:, None], drawn[:, ::-1], drawn)
    body = GPT(SMALL)
    before = copy.deepcopy(body.state_dict())
    model = train_reward_model(body, texts[:300], pairs[(pairs < 300).all(axis=1)], progress=False)
    unseen = pairs[(pairs >= 300).all(axis=1)]
    rewards = rewards_of(model, texts).numpy()
    assert len(unseen) > 100 and (rewards[unseen[:, 0]] > rewards[unseen[:, 1]]).mean() > 0.9
    assert all(torch.equal(value, body.state_dict()[name]) for name, value in before.items())


def test_fine_tuning_learns_replies_and_not_prompts() -> None:
    rng = np.random.default_rng(0)
    texts = [[*rng.integers(5, size=3).tolist(), 5, 5, END] for _ in range(200)]
    model = GPT(SMALL)
    losses = fine_tune(model, texts, 3, num_passes=8, learning_rate=1e-2, progress=False)
    assert losses[0] > 1.5 and losses[-1] < 0.1
    rows = torch.tensor(texts, device=device())
    surprise = -model(rows).detach().log_softmax(-1)[:, :-1].gather(2, rows[:, 1:, None])[..., 0]
    assert float(surprise[:, :2].mean()) > math.log(
        5
    )  # prompts are drawn: it learned nothing there
    with pytest.raises(ValueError, match="no text goes on after a prompt of 9"):
        fine_tune(model, texts, 9, progress=False)


def fives(replies: Replies) -> Tensor:
    """How many 5s a reply has."""
    tokens = replies.tokens[:, replies.prompt_length :]
    return ((tokens == 5) & replies.counted).sum(dim=1).float()


def test_ppo_earns_more_and_a_dear_price_keeps_it_near() -> None:
    ended = {}
    for beta in (0.02, 1.0):
        reference = GPT(SMALL).to(device())
        before = copy.deepcopy(reference.state_dict())
        policy, value = copy.deepcopy(reference), Scorer(reference).to(device())
        prompts = torch.randint(6, (50, 3), generator=dice(1))
        plan = PPOPlan(40, beta, length=5, learning_rate=3e-3)
        rounds = list(tune(policy, reference, value, fives, prompts, END, plan))
        assert rounds[0].kl == 0 and [r.number for r in rounds] == list(range(40))
        assert all(torch.equal(v, reference.state_dict()[n]) for n, v in before.items())
        ended[beta] = rounds[-1]
    assert ended[0.02].reward > rounds[0].reward + 2 > ended[1.0].reward
    assert 0 < ended[1.0].kl < 1 < 3 < ended[0.02].kl


def test_a_negative_price_is_refused() -> None:
    model = GPT(SMALL)
    with pytest.raises(ValueError, match=r"beta is -1"):
        next(
            tune(model, model, Scorer(model), fives, torch.zeros(1, 1).long(), END, PPOPlan(1, -1))
        )


def test_all_replies_of_the_toy_are_listed_and_rewarded() -> None:
    toy = make_toy(num_words=4, length=3)
    assert len({tuple(row) for row in toy.replies.tokens.tolist()}) == 64
    assert float(toy.probabilities(toy.reference).sum()) == pytest.approx(1, abs=1e-5)
    order = torch.randperm(64, generator=dice())
    some = Replies(toy.replies.tokens[order], toy.replies.counted[order])
    assert torch.equal(toy.rewards_of(some), toy.rewards[order])


def test_ppo_comes_near_the_best_that_an_optimizer_of_all_policies_finds() -> None:
    toy, beta = make_toy(num_words=3, length=2), 0.5
    reference, rewards = toy.probabilities(toy.reference).numpy(), toy.rewards.double().numpy()

    def cost(logits: np.ndarray) -> float:
        p = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        return float(beta * (p * np.log(p / reference)).sum() - p @ rewards)

    best = -minimize(cost, np.log(reference)).fun
    policy = tune_toy(toy, beta)
    reward, distance = reward_and_distance(toy, toy.probabilities(policy))
    before, nothing = reward_and_distance(toy, toy.probabilities(toy.reference))
    assert nothing == pytest.approx(0, abs=1e-6) and before < best - 0.1
    assert best - 0.05 < reward - beta * distance <= best + 1e-5
    (far,), (earned,) = exact_frontier(toy, [beta])
    assert earned - beta * far == pytest.approx(best, abs=1e-5)
