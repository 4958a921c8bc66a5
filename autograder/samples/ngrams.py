"""The learner's functions of unit 03. Each makes one mistake that its check names."""


def sample_word(distribution, u):
    total = 0.0
    for word, probability in distribution.items():
        total += probability
        if u <= total:
            return word
    return word


def perplexity(counts, n, sentences):
    import math

    logs = [sentence_log_probability(counts, n, s) for s in sentences]  # noqa: F821  # the notebook's
    return math.exp(-sum(logs) / len(sentences))


def add_k_probability(counts, context, word, k, vocabulary):
    row = counts.get(context, {})
    return (row.get(word, 0) + k) / (sum(row.values()) + k)


def edit_candidates(word, lexicon):
    letters = set("".join(lexicon))
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    shorter = {left + right[1:] for left, right in splits if right}
    longer = {left + letter + right for left, right in splits for letter in letters}
    exchanged = {left + c + right[1:] for left, right in splits if right for c in letters}
    return ({word} | shorter | longer | exchanged) & set(lexicon)


def viterbi_decode(observed, candidates, channel_log_prob, bigram_log_prob):
    words = ["<s>"]
    for seen, options in zip(observed, candidates, strict=True):
        if not options:
            raise ValueError(f"no candidates for {seen!r}")
        scores = {w: channel_log_prob(seen, w) + bigram_log_prob(words[-1], w) for w in options}
        words.append(max(scores, key=scores.get))
    return words[1:]
