"""Training: the recipe, its trainer and callback, batches, objective, checkpoints, what is saved."""
