"""How albert_mini_en is made: from open texts to a model folder. Not part of the wheel."""
