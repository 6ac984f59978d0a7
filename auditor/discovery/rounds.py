"""How often to ask who is silent: until nobody can reasonably be missing."""

LEAST_ROUNDS, MOST_ROUNDS = 3, 6
ENOUGH = 0.005
"""Expected number of machines still missing at which asking ends."""

CHECKS = 180
"""Questions to machines that have answered before, all answered again, that prove a clean line.

At 1 % loss each way (2 % for question and answer) that many succeed once in forty times, and only
then would two rounds, which leave 2.4 % of sixty machines' searches one short, be the last.
"""

WITNESSES = 20
"""Fewer machines are not asked so often."""


def is_enough(new_by_round: list[int]) -> bool:
    """Whether the rounds so far leave fewer than `ENOUGH` machines to be expected.

    The second round finds the share of the first that a lost packet hid; something is added to
    both, so that few machines are no proof of a clean line. Three rounds are the least: at 1 % loss
    each way two would leave one of forty measurements without one of sixty machines.
    """
    done = len(new_by_round)
    if done < LEAST_ROUNDS:
        return False
    if done >= MOST_ROUNDS:
        return True
    loss = min(1.0, (new_by_round[1] + 0.5) / (new_by_round[0] + 1))
    return (sum(new_by_round) + 1) * loss**done < ENOUGH
