"""Draw the README's picture of the playground: `make readme-picture`."""

from base64 import b64decode
from pathlib import Path

from nn_widgets import Playground

PICTURE = Path(__file__).resolve().parent.parent / "book" / "_static" / "playground.png"


def main():
    playground = Playground(batch_size=10, learning_rate=3, activation="tanh")
    playground.advance(300)
    bundle = playground._repr_mimebundle_()
    PICTURE.write_bytes(b64decode(bundle["image/png"]))
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
