"""The library that draws QR codes in a page, fetched for the class board."""

import tarfile

from publish.fetch import cache_folder, fetch_npm_package
from publish.third_party import QR_CODE

QR_CODE_FILE = f"qrcode/qrcode-{QR_CODE.version}.js"  # in the built book
# A live page may have a loader of modules, to which the library would give itself.
ALONE = "(() => {{\nlet define, exports;\n{}\nwindow.qrcode = qrcode;\n}})();\n"


def put_qr_code(folder):
    """Write the library into the folder of what other projects made."""
    archive = fetch_npm_package(QR_CODE, cache_folder() / "npm", needed=True)
    with tarfile.open(archive) as files:
        text = files.extractfile("package/dist/qrcode.js").read().decode()
    path = folder / QR_CODE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ALONE.format(text), encoding="utf-8")
