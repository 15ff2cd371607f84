"""The network of a playground: its settings, its training, and classes that readers wrote."""
