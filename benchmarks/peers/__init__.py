"""The systems we compare with, each behind the same `train_and_predict`."""
