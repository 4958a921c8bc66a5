"""Unit 06, second part: learn from rewards, and from what people prefer.

    q_learning.py    what an action is worth
    sft.py           learn the replies, not the prompts
    reward_model.py  from people's choices to a reward
    ppo.py           more reward, in small steps, not too far away; and the exact optimum

B batch, T tokens, V vocabulary, A actions. Tensors are torch's.

Source: CMU 10-301/601, lecture 28 (spring 2023), "RLHF".
"""

from course_utils.rlhf.bug_hunt import find_the_bug_rlhf
from course_utils.rlhf.ppo import optimal_policy, penalized_reward, ppo_loss
from course_utils.rlhf.q_learning import epsilon_greedy, q_learning_loss
from course_utils.rlhf.reward_model import ranking_to_pairs, reward_model_loss
from course_utils.rlhf.sft import supervised_loss

__all__ = [
    "epsilon_greedy",
    "find_the_bug_rlhf",
    "optimal_policy",
    "penalized_reward",
    "ppo_loss",
    "q_learning_loss",
    "ranking_to_pairs",
    "reward_model_loss",
    "supervised_loss",
]
