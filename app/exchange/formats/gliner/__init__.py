"""Training data of GLiNER and GLiNER2; https://urchade.github.io/GLiNER/training.html."""
