"""Every reply on the disk before anyone sees it: the journal, its lines, locks and keys."""
