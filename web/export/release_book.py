"""Pack the built book into one .zip for any static host: `make release-book`.

The .zip is reproducible: its files are in alphabetical order and have the same date.
"""

import sys
import zipfile

from publish.fetch import sha256_of
from publish.paths import BUILD, HTML, ROOT

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a .zip can store
# Compressed already: compressing them again would save nothing.
PACKED = {".gz", ".whl", ".zip", ".png", ".jpg", ".woff2", ".pdf"}


def pack(html, archive):
    """Write all files of the folder html to archive, in a folder named like it."""
    unfinished = archive.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as book:
        for path in sorted(html.rglob("*")):
            # Sphinx's notes about its configuration.
            if not path.is_file() or path.name == ".buildinfo":
                continue
            name = f"{archive.stem}/{path.relative_to(html).as_posix()}"
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = 0o644 << 16
            packed = path.suffix in PACKED
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            book.writestr(entry, path.read_bytes())
    unfinished.replace(archive)


def main():
    from importlib.metadata import version

    if not (HTML / "index.html").exists():
        sys.exit(f"There is no book in {HTML} yet: make book builds it.")
    name = f"neural-network-book-{version('neural-network-book')}.zip"
    archive = BUILD / "release" / name
    archive.parent.mkdir(exist_ok=True)
    pack(HTML, archive)
    sums = archive.with_suffix(".zip.sha256")
    sums.write_text(f"{sha256_of(archive)}  {name}\n")
    print(
        f"{archive.relative_to(ROOT)}, {archive.stat().st_size / 1e6:.0f} MB, and "
        f"{sums.name} beside it. To read it:\n"
        f"  unzip {name} && python3 -m http.server --directory {archive.stem}"
    )


if __name__ == "__main__":
    main()
