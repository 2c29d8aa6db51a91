"""From rows to an adapter: trl and peft."""
