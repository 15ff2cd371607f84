"""From students' pages to the class board: codes, bars, and rejected codes."""

import json
import re
from urllib.parse import urlparse

import pytest

from publish.npm import install
from publish.third_party import QR_READER
from tests.web import axe_core
from tests.web.live.test_live_pages import PICTURES
from tests.web.modules import call_module
from web.questions import class_board, self_check

pytestmark = pytest.mark.browser

CHAPTER = "01_import_libraries"
BOARD = "book/class_board.html"
MARKUP = "<img src=x onerror=fail()>"
READ_PICTURE = """async (picture) => {
    const image = Object.assign(new Image(), { src: picture.src });
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(data, width, height)?.data ?? null;
}"""
WHY = "The inner numbers are the ones that disappear. The outer ones stay."
# Replaces the QR code detector, which Chromium has on phones only.
DETECTOR = """window.BarcodeDetector = class {
    detect() { return Promise.resolve([{ rawValue: %s }]); }
}; 0"""


def encode(answers):
    """Return the code for each student's answers, as a page makes it."""
    script = class_board.HERE / "class_code.js"
    return call_module(script, "({ encode }, all) => all.map(encode)", answers)


class Pages:
    """Opens pages in one person's browser context; records errors and requests."""

    def __init__(self, browser, address, **settings):
        self.context = browser.new_context(service_workers="block", **settings)
        self.context.set_default_timeout(120_000)
        self.address, self.errors, self.requests = address, [], []
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()
        if error == (None, None, None):
            assert self.errors == []
            host = urlparse(self.address).netloc
            others = {urlparse(url).netloc for url in self.requests} - {host, ""}
            assert others == set()

    def open(self, name):
        self.page.goto(f"{self.address}/{name}")
        return self.page


def answer(page, place, given):
    """Answer a chapter's question number `place`, with a label's index or a number as text."""
    form = page.locator("form.self-check").nth(place)
    if isinstance(given, int):
        form.get_by_role("radio").nth(given).check()
    else:
        form.get_by_role("textbox", name="Your answer").fill(given)
    form.get_by_role("button", name="Check").click()


def make_code(page, name=""):
    panel = page.locator(".class-code")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    panel.get_by_label("Your name").fill(name)
    panel.get_by_role("button", name="Make the code").click()
    panel.locator(".class-code-picture").wait_for()
    return panel.locator(".class-code-text").inner_text()


def student(browser, address, answers, name="", predicted=None):
    with Pages(browser, address) as pages:
        page = pages.open(f"notebooks/{CHAPTER}.html")
        if predicted is not None:
            form = page.locator("form.prediction")
            form.get_by_role("radio").nth(predicted).check()
            form.get_by_role("button", name="Keep my prediction").click()
        for place, given in answers.items():
            answer(page, place, given)
        return make_code(page, name)


def put(page, text):
    page.get_by_label("Codes, one a line").fill(text)


def table(page, place):
    """Return {answer: number of students} of a question's table."""
    rows = page.locator(".board-table").nth(place).locator("tbody tr")
    cells = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    return {text: int(number) for text, number in cells}


@pytest.fixture(scope="module")
def codes(browser, book_address):
    """Return the codes of three students, each with their own browser."""
    return [
        student(browser, book_address, {0: 0, 1: "10.5"}, "Zoë <b>Berg</b>"),
        student(browser, book_address, {0: 0, 1: "2.5", 2: 1}),
        student(browser, book_address, {0: 1, 1: "77"}, MARKUP, predicted=1),
    ]


def test_the_page_lists_what_a_code_holds_and_shows_it_as_a_qr_code(
    browser, book_address, tmp_path
):
    with Pages(browser, book_address) as pages:
        page = pages.open(f"notebooks/{CHAPTER}.html")
        panel = page.locator(".class-code")
        panel.locator("summary").focus()
        page.keyboard.press("Enter")
        holds = panel.locator(".class-code-holds li strong")
        assert holds.all_inner_texts() == ["no answer"] * 6
        answer(page, 0, 0)
        answer(page, 0, 1)  # after the explanation: the first one counts
        answer(page, 1, "10,5")
        assert holds.all_inner_texts() == [
            "no answer",
            "(3, 3)",
            "10,5",
            *["no answer"] * 3,
        ]
        assert not any("qrcode" in url for url in pages.requests)
        code = make_code(page, " Zoë  <b>Berg</b> ")
        assert re.fullmatch(r"NN(-[0-9A-HJKMNP-TV-Z]{4}){4,6} Zoë <b>Berg</b>", code)
        install(QR_READER, tmp_path)
        reader = tmp_path / "node_modules" / "jsqr" / "dist" / "jsQR.js"
        page.evaluate(reader.read_text(encoding="utf-8") + "; window.jsQR ??= jsQR; 0")
        picture = panel.locator(".class-code-picture")
        assert picture.evaluate(READ_PICTURE) == code
        # the same browser makes the same code again; another answer changes it
        page.reload()
        assert make_code(page) == code.split()[0]
        answer(page, 2, 0)
        assert panel.locator(".class-code-made").inner_text() == ""
        assert make_code(page) != code.split()[0]
        assert axe_core.faults_in_light_and_dark(page) == []
        page.emulate_media(color_scheme="dark")
        panel.screenshot(path=PICTURES / "class-code-dark.png")
        # erasing leaves nothing
        page.get_by_text("What this browser keeps of your answers").click()
        assert "First answer: (3, 3)" in page.inner_text(".kept-answers ul")
        page.get_by_role("button", name="Erase all of it").click()
        assert holds.all_inner_texts() == ["no answer"] * 6
        assert set(page.evaluate("Object.keys(localStorage)")) == {"theme", "mode"}


def test_the_board_draws_what_the_class_has_answered(browser, book_address, codes):
    with Pages(browser, book_address, accept_downloads=True) as pages:
        page = pages.open(BOARD)
        put(page, "\n".join([*codes, codes[1].lower().replace("-", ""), ""]))
        said = page.locator(".board-said")
        said.get_by_text("3 codes counted. 1 line left out").wait_for()
        page.get_by_role("heading", name="Chapter 1: 3 students").wait_for()
        assert list(table(page, 0).values()) == [0, 1, 0]
        assert table(page, 1) == {
            "(3, 3)": 2,
            "(4, 10) (right)": 1,
            "(4, 3, 10)": 0,
            "It raises an error.": 0,
        }
        assert table(page, 2) == {
            "2.5 (right)": 1,
            "2": 0,
            "10.5": 1,
            "5.5": 0,
            "another number": 1,
        }
        assert sum(table(page, 3).values()) == 1
        assert sum(table(page, 5).values()) == 0
        widths = page.locator(".board-bar").evaluate_all(
            "all => all.map(b => b.style.width)"
        )
        assert widths[3].startswith("66.6")
        first = page.locator(".board-drawn ol li").first.inner_text()
        assert first.endswith(f"(3, 3), 2 of 3. {WHY}")
        # names are shown as text, not as HTML
        page.get_by_text("Whose codes these are").click()
        names = page.locator(".board-drawn details li").all_inner_texts()
        assert names == [
            "Zoë <b>Berg</b>: 2 of 6 answered",
            f"{MARKUP}: 3 of 6 answered",
            "without a name: 3 of 6 answered",
        ]
        assert page.locator(".board-drawn img, .board-drawn details b").count() == 0
        assert axe_core.faults_in_light_and_dark(page) == []
        for width in (390, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            overflow = "document.documentElement.scrollWidth - innerWidth"
            assert page.evaluate(overflow) <= 0
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                name = f"class-board-{width}-{scheme}.png"
                page.locator("article").screenshot(path=PICTURES / name)
        # saved codes can be read back and added to others
        with page.expect_download() as download:
            page.get_by_role("button", name="Save the codes").click()
        saved = download.value.path().read_bytes()
        put(page, "")
        assert page.locator(".board-drawn").inner_text() == ""
        file = {"name": "codes.txt", "mimeType": "text/plain", "buffer": saved}
        page.set_input_files("#board-file", file)
        said.get_by_text("3 codes counted.").wait_for()
        page.set_input_files("#board-file", {**file, "buffer": b"x" * 1_000_001})
        said.get_by_text("codes.txt is too large").wait_for()


def test_a_missing_camera_is_reported_and_a_camera_is_read(
    browser, book_address, codes
):
    with Pages(browser, book_address) as pages:
        page = pages.open(BOARD)
        page.evaluate("delete window.BarcodeDetector")
        camera = page.get_by_role("button", name="Read with the camera")
        camera.click()
        page.get_by_text("This browser cannot read QR codes.").wait_for()
        page.evaluate(DETECTOR % json.dumps(codes[0]))
        camera.click()
        page.get_by_text("The camera cannot be used: ").wait_for()
        # a canvas replaces the camera, which test machines lack
        page.evaluate(
            """() => {
                const canvas = document.createElement("canvas");
                setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 100);
                navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(5);
            }"""
        )
        camera.click()
        page.get_by_text("1 code counted.").wait_for()
        assert page.locator(".board-video").is_visible()
        page.get_by_role("button", name="Stop the camera").click()
        assert not page.locator(".board-video").is_visible()
        assert page.get_by_label("Codes, one a line").input_value() == codes[0] + "\n"


def test_codes_that_are_no_good_are_refused_with_the_reason(
    browser, book_address, codes
):
    good = codes[1]
    questions = class_board.board_questions(CHAPTER)
    made = {
        "chapter": 1,
        "edition": class_board.edition_of(questions),
        "reader": 5,
        "sizes": [len(question["answers"]) for question in questions],
        "answers": [None] * len(questions),
    }
    with Pages(browser, book_address) as pages:
        page = pages.open(BOARD)

        def encoded(**changes):
            (code,) = encode([made | changes])
            return code

        def reason(line):
            put(page, line)
            refused = page.locator(".board-refused li")
            refused.wait_for()
            assert page.locator(".board-drawn").inner_text() == ""
            return refused.inner_text()

        assert "it is no code" in reason("hello class")
        assert "it is no code" in reason("<script>fail()</script>")
        assert "it is too short" in reason("NN-0000-0000")
        assert "it is too short or too long" in reason(good + good[2:] * 3)
        assert "others in the book" in reason(encoded(edition=made["edition"] ^ 1))
        assert "no questions for chapter 31" in reason(encoded(chapter=31))
        sizes = [*made["sizes"], 3]
        more = encoded(sizes=sizes, answers=[*made["answers"], 2])
        assert "more answers than" in reason(more)
        assert "another version of the book" in reason(with_version(more, 2))
        # every code with one sign changed, or two neighbours exchanged, is damaged
        place_of = [i for i, sign in enumerate(good) if i > 2 and sign != "-"]
        wrong = []
        for i in place_of:
            other = "7" if good[i] != "7" else "8"
            wrong.append(good[:i] + other + good[i + 1 :])
        for i, j in zip(place_of, place_of[1:], strict=False):
            if good[i] != good[j]:
                signs = list(good)
                signs[i], signs[j] = signs[j], signs[i]
                wrong.append("".join(signs))
        put(page, "\n".join(wrong))
        page.get_by_text(f"{len(wrong)} lines refused.").wait_for()
        said = page.locator(".board-refused li").all_inner_texts()
        assert all("it is damaged" in words for words in said)
        # the valid codes count
        put(page, f"{wrong[0]}\n\n{good} \n{encoded()} Ida\n")
        page.get_by_text("2 codes counted. 1 line refused.").wait_for()
        # letters that look like digits may be typed for them
        put(page, good.replace("0", "o").replace("1", "l"))
        page.get_by_text("1 code counted.").wait_for()


def with_version(code, version):
    """Return a code with another version, and the matching check digit."""
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for sign in code[2:].replace("-", ""):
        number = number * 32 + digits.index(sign)
    rest = (number >> 24 << 4) + version
    number = (rest << 20) + rest % 1048573
    text = ""
    while number:
        number, digit = divmod(number, 32)
        text = digits[digit] + text
    return f"NN-{text}"


def test_chapters_are_shown_in_order_and_missing_javascript_is_reported(
    browser, built_book, book_address
):
    page_file = (built_book / BOARD).as_uri()
    context = browser.new_context()
    page = context.new_page()
    page.goto(page_file)  # opened as a file
    chapters = {
        chapter: class_board.board_questions(chapter)
        for chapter in sorted(p.stem for p in self_check.QUESTIONS.glob("[0-9]*.yml"))
    }
    lines = encode(
        [
            {
                "chapter": class_board.number_of(chapter),
                "edition": class_board.edition_of(questions),
                "reader": 7,
                "sizes": [len(question["answers"]) for question in questions],
                "answers": [len(question["answers"]) - 1 for question in questions],
            }
            for chapter, questions in chapters.items()
        ]
    )
    put(page, "\n".join(reversed(lines)))
    headings = page.locator(".board-drawn h2").all_inner_texts()
    assert headings == [f"Chapter {n}: 1 student" for n in range(1, len(chapters) + 1)]
    tables = page.locator(".board-table").all()
    assert len(tables) == sum(map(len, chapters.values()))
    for each in tables:
        numbers = each.locator("tbody td:nth-child(2)").all_inner_texts()
        assert numbers == ["0"] * (len(numbers) - 1) + ["1"]
    context.close()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file)
    assert page.locator(".class-board noscript p").is_visible()
    context.close()
