"""LoRA adapters in a pretrained encoder: put in, stored, read back."""
