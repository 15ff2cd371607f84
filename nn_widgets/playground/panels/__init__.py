"""The panels of a playground: the parts that fold, with what each of them alone uses."""
