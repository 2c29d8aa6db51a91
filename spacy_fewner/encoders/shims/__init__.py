"""Torch modules as Thinc layers: training steps, conversion, rounding."""
