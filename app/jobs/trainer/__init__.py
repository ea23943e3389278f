"""Training in a process of its own: `model_trainer` starts it, `process` is what runs there, in `wire`’s words."""

TRAINER_FLAG = "--model-trainer"  # makes a frozen program run as that process; see model_trainer
