"""Four turns on one document, and what their replies say of it (GuideX)."""
