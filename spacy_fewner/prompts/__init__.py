"""Every prompt, as a versioned Jinja file, and what renders them."""
