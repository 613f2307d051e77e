"""TensorFlow's files without TensorFlow: checkpoints, graphs and the names that variables have in them."""
