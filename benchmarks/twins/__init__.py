"""PyTorch doing the same work as the trainer, as fast as PyTorch does it on one thread."""
