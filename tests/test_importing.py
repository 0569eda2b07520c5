"""Files of other formats: a reader makes an issue of one; nothing is lost, and nothing gets out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command import jianbao
from file_plugins import quick, write

GOOD = '{"masthead": {"name": "简报"}, "articles": [{"title": "一", "body": "文。"}]}'


def reader(project: Path, body: str, name: str = "feed", suffixes: str = "('.csv',)") -> None:
    """A plugin whose reader does this with ``file``."""
    write(
        project,
        name,
        f"def read(file):\n    {body}\n"
        "@hookimpl\ndef jianbao_readers():\n"
        f"    return [Reader('{name}', '表', {suffixes}, read)]\n",
    )


def run(project: Path, *words: str) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Exit code, findings and files of an import of data.csv."""
    (project / "data.csv").write_text("a,b\n", "utf-8")
    done = jianbao("import", "data.csv", "--trust-plugins", "--json", *words, folder=project)
    assert "Traceback" not in done.stderr
    said = json.loads(done.stdout)
    return done.returncode, said["issues"][0]["findings"], said["issues"][0]["files"]


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("None", "it returns NoneType instead of Imported"),
        ("Imported({})", "it returns an empty issue"),
        ("Imported({1: 2})", "the key 1 is no text"),
        ("Imported({'a': float('nan')})", "nan is no number that an issue can have"),
        (
            "Imported({'a': __import__('datetime').datetime.now()})",
            "no values of the type datetime",
        ),
        (
            f"Imported({GOOD}, files={{f'{{n}}.png': b'' for n in range(201)}})",
            "more than 200 files",
        ),
        (f"Imported({GOOD}, files={{'a.png': bytes(65 * 2**20)}})", "more than 67108864 bytes"),
        (f"Imported({GOOD}, files={{'\\ud800.png': b'x'}})", "is no name for a picture"),
        (
            f"Imported({GOOD}, files={{'a.png/b.png': b'x', 'a.png': b'x'}})",
            "a.png is a file and a folder",
        ),
        (
            "Imported({'a': __import__('functools').reduce(lambda a, _: [a], range(31), 1)})",
            "nested too deeply",
        ),
        ("(_ for _ in ()).throw(Refusal([]))", "it refuses the file and gives no reason"),
        ("Imported([1])", "it returns list instead of dict"),
        ("Imported({'masthead': {'name': b'x'}})", "no values of the type bytes"),
        (f"Imported({GOOD}, files={{'../x.png': b'x'}})", "'../x.png' is no name for a picture"),
        (f"Imported({GOOD}, files={{'/etc/x.png': b'x'}})", "is no name for a picture"),
        (f"Imported({GOOD}, files={{'.ssh/x.png': b'x'}})", "is no name for a picture"),
        (f"Imported({GOOD}, files={{'x.sh': b'x'}})", "'x.sh' is no name for a picture"),
        (f"Imported({GOOD}, files={{'x.png': 'x'}})", "it returns str instead of bytes"),
        (f"Imported({GOOD}, findings=[1])", "int"),
        ("{}['x']", "KeyError: 'x'"),
        ("os._exit(0)", "it ended its process (exit status 0)"),
    ],
)
def test_a_reader_that_returns_something_else_is_named(
    department: Path, returned: str, said: str
) -> None:
    reader(department, f"return {returned}")
    code, findings, files = run(department)

    assert (code, files) == (5, [])
    assert said in findings[0]["message"]
    assert findings[0]["code"] == "JB501"
    assert not (department / "data.yaml").exists()


def test_an_endless_reader_ends(department: Path) -> None:
    reader(department, "while True: pass")
    (department / "data.csv").touch()
    code, findings = quick(department, "import", "data.csv")

    assert code == 5
    assert not (department / "data.yaml").exists()
    assert "processor time" in findings[0]["message"]


def test_what_it_has_read_is_written_also_if_it_is_no_valid_issue(department: Path) -> None:
    reader(department, "return Imported({'masthead': {'name': '简报'}, 'nonsense': '甲\\n乙'})")
    code, findings, files = run(department)

    assert (code, files) == (1, ["data.yaml"])
    assert findings[0]["code"] == "JB121"
    assert (findings[0]["file"], findings[0]["line"]) == ("data.yaml", 3)
    assert "甲\n  乙" in (department / "data.yaml").read_text("utf-8")


def test_pictures_are_written_beside_the_issue_and_are_not_written_over(department: Path) -> None:
    issue = (
        "{'masthead': {'name': '简报'}, 'date': __import__('datetime').date(2026, 11, 27),"
        " 'articles': [{'title': '一', 'body': [{'image': {'file': 'media/a.png'}}]}]}"
    )
    reader(department, f"return Imported({issue}, files={{'media/a.png': b'PNG'}})")
    code, _, files = run(department)
    again, findings, _ = run(department)

    assert (code, files) == (0, ["data.yaml", "media/a.png"])
    assert (department / "media" / "a.png").read_bytes() == b"PNG"
    assert "date: 2026-11-27" in (department / "data.yaml").read_text("utf-8")
    assert (again, findings[0]["code"]) == (2, "JB424")


def test_an_error_in_the_report_is_an_error_of_the_command(department: Path) -> None:
    reader(
        department,
        f"return Imported({GOOD}, [error('OWN002', 'a row is lost', 'look').at(Where('a'))])",
    )
    code, findings, files = run(department)

    assert (code, files) == (1, ["data.yaml"])
    assert findings[0]["code"] == "OWN002"


def test_a_path_without_a_name_is_no_file(department: Path) -> None:
    reader(department, f"return Imported({GOOD})")
    for path in (".", "/"):
        done = jianbao("import", path, "--reader", "feed", "--trust-plugins", folder=department)
        assert (done.returncode, "JB102" in done.stderr) == (1, True)


def test_keys_are_in_the_language_of_the_command(department: Path) -> None:
    reader(department, f"return Imported({GOOD})")
    run(department, "--lang", "zh", "-o", "期.yaml")

    assert (department / "期.yaml").read_text("utf-8").startswith("报头:\n  名称: 简报\n")


def test_the_reader_is_chosen_by_the_longest_ending_or_by_name(department: Path) -> None:
    reader(department, f"return Imported({GOOD})")
    reader(department, f"return Imported({GOOD})", "other")
    reader(department, "return 1", "long", "('.table.csv',)")
    (department / "x.table.csv").touch()
    words = ("--trust-plugins",)
    two = jianbao("import", "data.csv", *words, folder=department)
    code, _, files = run(department, "--reader", "other")
    longest = jianbao("import", "x.table.csv", *words, folder=department)
    none = jianbao("import", "x.docx", *words, folder=department)
    unknown = jianbao("import", "data.csv", "--reader", "nobody", *words, folder=department)
    untrusted = jianbao("import", "data.csv", folder=department)

    assert (code, files) == (0, ["data.yaml"])
    assert (two.returncode, longest.returncode) == (2, 5)
    assert "choose one with --reader: feed, other" in two.stderr
    assert (
        "no reader takes x.docx; known: feed (.csv), long (.table.csv), other (.csv)" in none.stderr
    )
    assert "there is no reader nobody" in unknown.stderr
    assert untrusted.returncode == 2
    assert "JB514" in untrusted.stderr


def test_a_file_that_cannot_be_read_is_named(department: Path) -> None:
    reader(department, f"return Imported({GOOD})")
    (department / "folder.csv").mkdir()
    with (department / "large.csv").open("wb") as file:
        file.truncate(65 * 1024**2)
    words = ("--trust-plugins",)
    absent = jianbao("import", "absent.csv", *words, folder=department)
    folder = jianbao("import", "folder.csv", *words, folder=department)
    large = jianbao("import", "large.csv", *words, folder=department)

    assert (absent.returncode, folder.returncode, large.returncode) == (1, 1, 1)
    assert "JB101" in absent.stderr
    assert "JB102" in folder.stderr
    assert "it has more than 67108864 bytes" in large.stderr


@pytest.mark.parametrize("record", ["(), read", "('csv',), read", "['.csv'], read", "('.csv',), 1"])
def test_a_record_that_cannot_be_used_is_refused(department: Path, record: str) -> None:
    suffixes, function = record.rsplit(", ", 1)
    write(
        department,
        "feed",
        "def read(file): pass\n@hookimpl\ndef jianbao_readers():\n"
        f"    return [Reader('feed', '表', {suffixes}, {function})]\n",
    )
    shown = jianbao("plugins", "show", "feed", "--trust-plugins", folder=department)

    assert shown.returncode == 5
    assert "JB512: the reader feed of plugin feed 1.0 cannot be used" in shown.stderr.replace(
        "\n    ", " "
    )
