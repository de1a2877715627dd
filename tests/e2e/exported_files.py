"""Exported programs (.pt2) for tests, and what is known of them."""

import runner

EXPORTED = runner.ROOT / "tests" / "models" / "exported"

# What eager PyTorch counts: torch.utils.flop_counter, halved.
CNN_MACS = 3 * 16 * 9 * 32 * 32 * 2 + 16 * 32 * 9 * 16 * 16 * 2 + 2 * 32 * 10

# A module that shows no operator has no class in this form.
UNKNOWN = "?"


def exported(name, *options):
    """The JSON summary of one of them."""
    return runner.summary(EXPORTED / f"{name}.pt2", *options)
