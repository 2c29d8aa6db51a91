"""What the encoder reads: windows of word pieces, in batches. Nothing here needs torch."""
