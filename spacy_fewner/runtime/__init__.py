"""Trained pipelines without torch: exported to ONNX, and read with onnxruntime."""
