"""Install the library that draws QR codes in the class board's pages."""

import tarfile

from publish.fetch import cache_folder, fetch_npm_package
from publish.paths import THIRD_PARTY
from publish.third_party import QR_CODE

QR_CODE_FILE = f"qrcode/qrcode-{QR_CODE.version}.js"  # in the built book
# Hides the AMD loader of a live page: the library would register itself there instead of
# defining a global name.
ALONE = "(() => {{\nlet define, exports;\n{}\nwindow.qrcode = qrcode;\n}})();\n"


def install_qr_code():
    """Fetch the library and write it to the folder of third-party files."""
    archive = fetch_npm_package(QR_CODE, cache_folder() / "npm", needed=True)
    with tarfile.open(archive) as files:
        text = files.extractfile("package/dist/qrcode.js").read().decode()
    path = THIRD_PARTY / QR_CODE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ALONE.format(text), encoding="utf-8")
