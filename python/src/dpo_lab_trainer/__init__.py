"""The torch trainer of DPO Lab: takes a run folder and trains it with TRL's DPOTrainer."""

__version__ = "0.1.0"
