"""The span head without torch: cells by onnxruntime, what belongs to labels in NumPy."""
