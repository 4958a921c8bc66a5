"""The learner's functions of unit 06, second part. Each makes one mistake that its check names."""

import torch


def q_learning_loss(q_network, target_network, states, actions, rewards, next_states, dones, gamma):
    with torch.no_grad():
        targets = rewards + gamma * target_network(next_states).max(dim=1).values
    said = q_network(states).gather(1, actions[:, None])[:, 0]
    return ((targets - said) ** 2).mean()


def reward_model_loss(chosen, rejected):
    return -torch.log(torch.sigmoid(chosen - rejected)).mean()


def penalized_reward(reward, log_prob, log_prob_reference, beta):
    return reward - beta * (log_prob - log_prob_reference).mean(dim=-1)


def ppo_loss(log_prob, log_prob_old, advantages, clip):
    ratio = torch.exp(log_prob - log_prob_old.detach())
    return -(ratio.clamp(1 - clip, 1 + clip) * advantages.detach()).mean()
