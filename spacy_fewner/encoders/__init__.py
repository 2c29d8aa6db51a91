"""Pretrained encoders with LoRA, for documents of any length."""
