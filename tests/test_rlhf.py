"""Unit 06, second part, against worked numbers, torch's own losses and numeric optimisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import exp, log

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch import Tensor
from torch.nn import functional as F

from course_utils.rlhf import (
    epsilon_greedy,
    optimal_policy,
    penalized_reward,
    ppo_loss,
    q_learning_loss,
    ranking_to_pairs,
    reward_model_loss,
    supervised_loss,
)
from course_utils.rlhf.advantages import generalized_advantages


def normal(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_epsilon_greedy_explores_as_often_as_it_should() -> None:
    rng = np.random.default_rng(0)
    drawn = Counter(epsilon_greedy([0.0, 2.0, 1.0], 0.3, *rng.random(2)) for _ in range(20_000))
    shares = [drawn[action] / 20_000 for action in range(3)]
    np.testing.assert_allclose(shares, [0.1, 0.8, 0.1], atol=0.01)  # over 4 standard deviations


def test_epsilon_greedy_takes_the_first_best_and_never_explores_at_0() -> None:
    assert epsilon_greedy(torch.tensor([1.0, 5.0, 5.0]), 0.0, 0.0, 0.99) == 1
    assert [epsilon_greedy([9.0, 1, 1, 1], 1.0, 0.99, v) for v in (0.0, 0.26, 0.999)] == [0, 1, 3]


def linear(weight: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda states: states @ weight


def test_q_learning_loss_by_hand() -> None:
    """Q(s) = (s, 2s), frozen (3s, 0): targets 1 + 0.5·6 = 4 and, at the end, 5; guesses 1 and 6."""
    q, frozen = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 0.0]])
    loss = q_learning_loss(
        linear(q), linear(frozen), torch.tensor([[1.0], [3.0]]), torch.tensor([0, 1]),
        torch.tensor([1.0, 5.0]), torch.tensor([[2.0], [9.0]]), torch.tensor([False, True]), 0.5,
    )  # fmt: skip
    assert loss.item() == pytest.approx((3**2 + 1**2) / 2)


def test_no_gradient_flows_into_the_target_even_when_both_networks_are_one() -> None:
    states, actions = normal(4, 3), torch.tensor([0, 1, 1, 0])
    batch = (states, actions, normal(4), normal(4, 3, seed=1), torch.tensor([0, 0, 1, 0]) > 0)
    weight = normal(3, 2, seed=2).requires_grad_()
    frozen = weight.detach().clone().requires_grad_()
    one = q_learning_loss(linear(weight), linear(weight), *batch, 0.9)
    two = q_learning_loss(linear(weight), linear(frozen), *batch, 0.9)
    gradients = torch.autograd.grad(two, [weight, frozen], allow_unused=True)
    assert gradients[1] is None
    torch.testing.assert_close(torch.autograd.grad(one, weight)[0], gradients[0])


def test_supervised_loss_is_cross_entropy_on_the_replies() -> None:
    logits, tokens = normal(2, 5, 4), torch.tensor([[0, 1, 2, 3, 1], [3, 2, 1, 0, 0]])
    mask = torch.tensor([[0, 0, 1, 1, 0], [1, 0, 0, 0, 1]]) > 0
    chosen = torch.stack([logits[0, 1], logits[0, 2], logits[1, 3]])
    right = F.cross_entropy(chosen, torch.tensor([2, 3, 0]))
    torch.testing.assert_close(supervised_loss(logits, tokens, mask), right)


def test_a_batch_without_replies_is_refused() -> None:
    only_first = torch.tensor([[True, False, False]])  # nothing predicts position 0
    with pytest.raises(ValueError, match="belongs to a reply"):
        supervised_loss(normal(1, 3, 4), torch.tensor([[0, 1, 2]]), only_first)


def test_reward_model_loss_is_logistic_regression_on_the_lead() -> None:
    chosen, rejected = normal(6), normal(6, seed=1)
    right = F.binary_cross_entropy_with_logits(chosen - rejected, torch.ones(6).double())
    torch.testing.assert_close(reward_model_loss(chosen, rejected), right)


def test_reward_model_loss_survives_a_thousand() -> None:
    far = torch.tensor([1000.0, -1000.0], requires_grad=True)
    loss = reward_model_loss(far, -far)
    assert loss.item() == pytest.approx(1000.0)
    assert torch.autograd.grad(loss, far)[0].tolist() == pytest.approx([0.0, -1.0])


def test_a_ranking_gives_all_its_comparisons() -> None:
    assert ranking_to_pairs("CAB") == [("C", "A"), ("C", "B"), ("A", "B")]
    assert len(ranking_to_pairs(range(9))) == 36 and ranking_to_pairs(["only"]) == []


def test_a_ranking_with_a_tie_is_refused() -> None:
    with pytest.raises(ValueError, match="'fine' stands twice"):
        ranking_to_pairs(["best", "fine", "fine"])


def test_penalized_reward_estimates_reward_less_divergence() -> None:
    """Mean over replies drawn from the policy: E r − β KL(π ‖ π_ref), here summed exactly."""
    policy, reference = torch.tensor([0.7, 0.2, 0.1]), torch.tensor([0.3, 0.3, 0.4])
    rewards = torch.tensor([1.0, -2.0, 4.0])
    each = penalized_reward(rewards, policy.log()[:, None], reference.log()[:, None], 0.4)
    divergence = sum(
        p * log(p / q) for p, q in zip(policy.tolist(), reference.tolist(), strict=True)
    )
    right = 0.7 - 0.4 + 0.4 - 0.4 * divergence
    assert (policy * each).sum().item() == pytest.approx(right, rel=1e-6)


FOUR_QUADRANTS = [  # ratio, advantage, what it counts, slope with respect to log π; clip 0.2
    (1.1, 1.0, 1.1, 1.1),  # good, within: in full
    (1.5, 1.0, 1.2, 0.0),  # good, far likelier already: nothing more to gain
    (0.5, 1.0, 0.5, 0.5),  # good, yet less likely: in full
    (1.1, -1.0, -1.1, -1.1),  # bad, within: in full
    (0.5, -1.0, -0.8, 0.0),  # bad, far less likely already: nothing more to gain
    (1.5, -1.0, -1.5, -1.5),  # bad, yet likelier: in full
]


@pytest.mark.parametrize(("ratio", "advantage", "counts", "slope"), FOUR_QUADRANTS)
def test_ppo_loss_in_each_quadrant(
    ratio: float, advantage: float, counts: float, slope: float
) -> None:
    old = torch.tensor([-1.3], dtype=torch.float64, requires_grad=True)
    new = torch.tensor([-1.3 + log(ratio)], dtype=torch.float64, requires_grad=True)
    gains = torch.tensor([advantage], dtype=torch.float64, requires_grad=True)
    loss = ppo_loss(new, old, gains, 0.2)
    assert loss.item() == pytest.approx(-counts)
    by_new, by_old, by_gain = torch.autograd.grad(loss, [new, old, gains], allow_unused=True)
    assert by_new.item() == pytest.approx(-slope)
    assert by_old is None and by_gain is None


def test_ppo_loss_is_the_mean_over_any_shape() -> None:
    new, old, gains = normal(2, 3), normal(2, 3, seed=1), normal(2, 3, seed=2)
    rows = zip(new.flatten(), old.flatten(), gains.flatten(), strict=True)
    each = torch.stack([ppo_loss(*row, 0.2) for row in rows])
    torch.testing.assert_close(ppo_loss(new, old, gains, 0.2), each.mean())


def test_ppo_loss_has_the_gradients_of_finite_differences() -> None:
    old, gains = normal(3, 4) - 3, normal(3, 4, seed=1)
    moved = 0.6 * torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(3, 4)  # none at a kink
    new = (old + moved).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: ppo_loss(x, old, gains, 0.2), new)


def test_optimal_policy_beats_every_other_policy() -> None:
    reference, rewards, beta = np.array([0.5, 0.3, 0.2]), np.array([0.2, 1.0, -0.5]), 0.6

    def loss(logits: np.ndarray) -> float:
        p = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        return float(-(p @ rewards - beta * p @ np.log(p / reference)))

    best = minimize(
        loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}
    )
    found = np.exp(best.x) / np.exp(best.x).sum()
    policy = optimal_policy(torch.from_numpy(reference), torch.from_numpy(rewards), beta)
    np.testing.assert_allclose(policy, found, atol=1e-6)


def test_optimal_policy_in_the_limits() -> None:
    reference = torch.tensor([[0.6, 0.4, 0.0]])
    rewards = torch.tensor([[1.0, 3.0, 1e6]])
    assert optimal_policy(reference, rewards, 1e-30).tolist() == [[0.0, 1.0, 0.0]]
    torch.testing.assert_close(optimal_policy(reference, rewards, 1e30), reference)
    two = optimal_policy(reference, rewards, 2.0)[0, 1].item()
    assert two == pytest.approx(0.4 * exp(1.5) / (0.4 * exp(1.5) + 0.6 * exp(0.5)))


@pytest.mark.parametrize("beta", [0.0, -1.0, float("nan")])
def test_a_price_that_is_not_positive_is_refused(beta: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        optimal_policy(torch.ones(2) / 2, torch.ones(2), beta)


@pytest.mark.parametrize("lambda_", [0.0, 0.9, 1.0])
def test_advantages_are_the_sum_of_later_surprises(lambda_: float) -> None:
    """The definition, A_t = Σ_k (γλ)^k δ_{t+k}, in two loops."""
    rewards, values = normal(3, 5), normal(3, 5, seed=1)
    lengths, gamma = [5, 2, 1], 0.8
    counted = torch.arange(5) < torch.tensor(lengths)[:, None]
    found = generalized_advantages(rewards, values, counted, gamma=gamma, lambda_=lambda_)
    for b, length in enumerate(lengths):
        v = [*values[b, :length].tolist(), 0.0]
        surprises = [rewards[b, t].item() + gamma * v[t + 1] - v[t] for t in range(length)]
        for t in range(5):
            right = sum((gamma * lambda_) ** (k - t) * surprises[k] for k in range(t, length))
            assert found[b, t].item() == pytest.approx(right)
