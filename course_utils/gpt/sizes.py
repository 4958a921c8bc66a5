"""How many parameters a GPT has, and where they sit.

    N = L (12 C² + 13 C) + (V + T) C [+ 2 C]      with F = 4 C and biases; [2 C] is the final norm

Source: CMU 10-301/601, lecture 28, "GPT-3"; A. Radford and others 2018 and 2019; T. Brown and
others, "Language Models are Few-Shot Learners", NeurIPS 2020, table 2.1.
"""

from __future__ import annotations

from course_utils.gpt.weights import Config

GPT_SIZES = {  # as published; see the notebook for GPT-2's vocabulary
    "GPT (2018)": Config(12, 12, 768, 40_478, 512, final_norm=False),
    "GPT-2 small": Config(12, 12, 768, 50_257, 1024),
    "GPT-2 medium": Config(24, 16, 1024, 50_257, 1024),
    "GPT-2 large": Config(36, 20, 1280, 50_257, 1024),
    "GPT-2 XL (2019)": Config(48, 25, 1600, 50_257, 1024),
    "GPT-3 (2020)": Config(96, 96, 12_288, 50_257, 2048),
}


def parameter_count(config: Config) -> dict[str, int]:
    """Count the parameters, by part.

    Args:
        config: the shape of the model.

    Returns:
        {"token_embedding", "position_embedding", "attention", "feed_forward", "norms", "total"};
        the five parts sum to the total. Tied weights count once; without `bias` the norms have
        none either; the final norm is in "norms". The number of heads does not matter.

    >>> parameter_count(GPT_SIZES["GPT (2018)"])["total"]
    116534784
    """
    layers, width, inner = config.num_layers, config.width, config.inner_width
    bias = int(config.bias)
    parts = {
        "token_embedding": config.vocabulary_size * width * (1 if config.tied else 2),
        "position_embedding": config.num_positions * width,
        "attention": layers * 4 * (width * width + bias * width),
        "feed_forward": layers * (2 * width * inner + bias * (inner + width)),
        "norms": (2 * layers + int(config.final_norm)) * width * (1 + bias),
    }
    return {**parts, "total": sum(parts.values())}
