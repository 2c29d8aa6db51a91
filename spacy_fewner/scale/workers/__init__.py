"""Who annotates: this process, several, or those of a Ray cluster."""
