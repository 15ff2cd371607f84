"""The collector reads folders and archives with any contents."""

import io
import os
import stat
import zipfile

import pytest

from grading.course import Course
from grading.intake import collect, file_reader
from tests.grading.sample_submissions import NAME, solved, write

from .conftest import as_bytes, zipped


def test_archives_in_archives_are_read(collected):
    inner = zipped({f"{NAME}.ipynb": as_bytes(solved())})
    outer = zipped({"Anna_12_assignsubmission_file_/work.zip": inner})
    (file,) = collected({"class/export.zip": outer, "class/x/.DS_Store": b""})
    assert file.assignment == NAME
    assert "Anna" in file.path


def test_a_path_out_of_the_archive_writes_nothing(collected, tmp_path):
    outside = tmp_path / "outside.ipynb"
    names = (
        "../outside.ipynb",
        "../../outside.ipynb",
        str(outside),
        "..\\outside.ipynb",
    )
    collected({"export.zip": zipped(dict.fromkeys(names, as_bytes(solved())))})
    assert not outside.exists()
    assert not list(tmp_path.rglob("outside*"))


def test_a_student_name_stays_within_the_course(collected, tmp_path):
    evil = ("../../evil", "..", ".", "/etc", "a/../../b", "~root", "x\0y", "%(here)s")
    names = {f"{name}_12_assignsubmission_file_{NAME}.ipynb" for name in evil}
    course = Course(tmp_path / "course")
    for file in collected({"e.zip": zipped(dict.fromkeys(names, as_bytes(solved())))}):
        if file.problem:
            continue
        place = course.submitted(file.assignment, file.student).resolve()
        assert place.is_relative_to(course.folder / "submitted")
        assert place.parent.parent != course.folder / "submitted"


def test_a_bomb_is_not_unpacked(collected):
    found = collected({"anna/bomb.zip": zipped({f"{NAME}.ipynb": bytes(200 * 2**20)})})
    assert [file.content for file in found] == [b""]
    assert "too large" in found[0].problem


def test_archives_within_archives_have_an_end(collected):
    content = as_bytes(solved())
    for _ in range(file_reader.DEEPEST + 2):
        content = zipped({"in.zip": content})
    (file,) = collected({"anna/out.zip": content})
    assert file.problem == "lies in too many archives"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\xff" * 50])
def test_a_damaged_archive_is_named(collected, content):
    found = collected({"anna/work.zip": content, f"ben/{NAME}.ipynb": b"{}"})
    assert sorted(bool(file.problem) for file in found) == [False, True]


def test_a_link_is_not_followed(tmp_path):
    secret = write(tmp_path / "elsewhere", solved())
    (tmp_path / "export" / "anna").mkdir(parents=True)
    (tmp_path / "export" / "anna" / f"{NAME}.ipynb").symlink_to(secret)
    (file,) = collect.collect(tmp_path / "export", Course(tmp_path / "course"))
    assert (file.content, file.problem) == (b"", "is a link, not a file")


def raw_zip(name, content=b"{}"):
    """Return a .zip whose only entry has this name, which may be any bytes."""
    stand_in = "x" * len(name)
    return zipped({stand_in: content}).replace(stand_in.encode(), name)


def corrupt(method):
    """Return a .zip whose compressed data is invalid for its method."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(f"{NAME}.ipynb", as_bytes(solved()))
        start = archive.infolist()[0].header_offset + 30 + len(f"{NAME}.ipynb")
    data = bytearray(buffer.getvalue())
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


FAULTY = {
    "deflate": corrupt(zipfile.ZIP_DEFLATED),
    "lzma": corrupt(zipfile.ZIP_LZMA),
    "bzip2": corrupt(zipfile.ZIP_BZIP2),
    "name not UTF-8": raw_zip(b"\xff\xfe.ipynb"),
    "name said to be UTF-8": raw_zip(b"\xff\xfe.ipynb")
    .replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x00\x08")
    .replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x08"
    ),
    "encrypted": zipped({"a.ipynb": b"{}"}).replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    ),
}


@pytest.mark.parametrize("content", FAULTY.values(), ids=FAULTY)
def test_a_faulty_archive_stops_nobody_else(collected, content):
    found = collected({"anna/work.zip": content, f"ben/{NAME}.ipynb": b"{}"})
    assert [f.student for f in found if not f.problem] == ["ben"]
    assert [f for f in found if f.problem and f.path.startswith("anna")]


def test_a_folder_named_in_latin_1_is_read(collected, tmp_path):
    folder = (
        os.fsencode(tmp_path / "export") + b"/Zo\xeb Berg_12_assignsubmission_file_"
    )
    os.makedirs(folder)
    with open(folder + b"/" + f"{NAME}.ipynb".encode(), "wb") as file:
        file.write(as_bytes(solved()))
    (found,) = collected({})
    assert (found.student, found.problem) == ("Zo\u00eb Berg", "")


def test_a_long_name_in_any_script_can_be_a_folders(collected, tmp_path):
    names = ["\u0e01" * 95 + end for end in ("\u0e02", "\u0e03")]
    files = {f"{name}_12_assignsubmission_file_{NAME}.ipynb": b"{}" for name in names}
    students = {file.student for file in collected({"e.zip": zipped(files)})}
    assert len(students) == 2
    for student in students:
        (tmp_path / f"{student}.unfinished").mkdir()


@pytest.mark.parametrize(
    "stray",
    [{"class.csv": b"id"}, {"submissions/readme.txt": b"x"}, {"notes.ipynb": b"{}"}],
)
def test_stray_files_do_not_merge_the_class_into_one_student(collected, stray):
    class_of = {f"submissions/{who}/{NAME}.ipynb": b"{}" for who in ("anna", "ben")}
    found = [file for file in collected({**class_of, **stray}) if not file.problem]
    assert {"anna", "ben"} <= {file.student for file in found}


def test_an_absolute_path_in_one_archive_changes_nothing_for_others(collected):
    work = {f"/{NAME}.ipynb": b"{}", f"C:/{NAME}.ipynb": b"{}"}
    inner = {"anna/work.zip": zipped(work), f"ben/{NAME}.ipynb": b"{}"}
    found = collected({"export.zip": zipped(inner)})
    assert {file.student for file in found} == {"anna", "ben"}


def test_what_is_left_out_is_named(collected, tmp_path):
    link = zipfile.ZipInfo(f"anna/{NAME}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr(f"anna/.{NAME}.ipynb", b"{}")
        archive.writestr(f"anna/../{NAME}.ipynb", b"{}")
    (tmp_path / "export").mkdir()
    os.mkfifo(tmp_path / "export" / "work.ipynb")
    found = collected({"a.zip": buffer.getvalue(), f"ben/.{NAME}.ipynb": b"{}"})
    problems = " ".join(file.problem for file in found)
    assert len(found) == 5
    assert all(file.problem for file in found)
    for words in ("a link", "is hidden", "out of its archive", "no ordinary file"):
        assert words in problems


def test_a_bomb_takes_only_its_own_share(collected, monkeypatch):
    """Nested archives count towards the limits of the student who sent the outermost."""
    monkeypatch.setattr(file_reader, "SHARE_BYTES", 10 * 2**20)
    full = zipped({f"{n}.ipynb": bytes(4 * 2**20) for n in range(8)})
    bomb = zipped({f"{n}.zip": full for n in range(8)})
    inner = {"anna/bomb.zip": bomb, f"ben/{NAME}.ipynb": as_bytes(solved())}
    found = collected({"export.zip": zipped(inner)})
    unpacked = sum(len(file.content) for file in found if file.student == "anna")
    assert unpacked <= 10 * 2**20
    (ben,) = (file for file in found if file.student == "ben")
    assert not ben.problem
    many = zipped({f"{n}.ipynb": b"{}" for n in range(file_reader.SHARE_FILES + 5)})
    found = collected({"many.zip": zipped({"cleo/a.zip": many, "dan/a.ipynb": b"{}"})})
    cleos = [file for file in found if file.path.startswith("many/cleo")]
    assert len(cleos) == file_reader.SHARE_FILES
    assert sum("is one too many" in file.problem for file in cleos) == 1
    assert "many/dan/a.ipynb" in {file.path for file in found}


def test_a_class_in_one_archive_shares_no_limit(collected, monkeypatch):
    monkeypatch.setattr(file_reader, "SHARE_FILES", 2)
    inner = {f"student{n}/{NAME}.ipynb": b"{}" for n in range(9)}
    found = collected({"all.zip": zipped(inner), "notes.txt": b""})
    assert sum(not file.problem for file in found) == 9


def test_students_without_anything_to_grade_are_listed(collected):
    found = collected(
        {
            "anna/nn_core.py": b"import numpy",
            "anna/nn_check/__init__.py": b"",
            "ben/work.zip": zipped({}),
            f"cleo/{NAME}.ipynb": b"{}",
            "cleo/nn_core.py": b"import numpy",
            ".git/config": b"",
            ".DS_Store": b"",
        }
    )
    problems = {(file.student, file.problem.partition(":")[0]) for file in found}
    assert problems == {
        ("anna", "is nothing to grade"),
        ("ben", "is an empty archive"),
        ("cleo", ""),
    }
    assert len(found) == 3


def test_other_files_use_up_nothing_of_the_notebooks_limits(collected, monkeypatch):
    monkeypatch.setattr(file_reader, "SHARE_BYTES", 2**20)
    files = {f"{n}.mp4": bytes(2**20) for n in range(3)}
    found = collected({"anna/a.zip": zipped({**files, f"{NAME}.ipynb": b"{}"})})
    assert [file.path for file in found if not file.problem] == [f"anna/a/{NAME}.ipynb"]
    assert len(found) == 4


def test_endless_folders_take_no_time(collected):
    """Each of two hundred names contains thirty thousand folders."""
    names = [f"{'a/' * 30_000}{n}.ipynb" for n in range(200)]
    found = collected(
        {"anna/a.zip": zipped(dict.fromkeys(names, b"{}")), f"ben/{NAME}.ipynb": b"{}"}
    )
    assert [file.student for file in found if not file.problem] == ["ben"]
    assert {file.problem for file in found} == {"", "has too long a path"}
    assert all(len(file.path) <= file_reader.LONGEST_PATH for file in found)
