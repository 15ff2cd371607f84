"""The picture of a playground: the decision boundary, the losses and the hidden neurons."""
