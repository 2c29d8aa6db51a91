"""Rows of examples that other tools read: GEIC, chats to tune a model on."""
