import pytest


@pytest.mark.parametrize(
    ("before", "text", "found"),
    [
        ("number: 12\nyear: 2020", "number: 12\nyear: 2020", ["PR002"]),
        ("number: 13\ndate: 2020-03-01", "number: 12\ndate: 2020-03-10", ["PR002"]),
        ("number: 1\ntotal: 30", "number: 2\ntotal: 30", ["PR002"]),
        ("number: 1\ndate: 2020-03-10", "number: 2\ndate: 2020-03-09", ["PR003"]),
        ("number: 1\ndate: 2020-04", "number: 2\ndate: 2020-03-09", ["PR003"]),
    ],
)
def test_number_and_date_go_up(pair, before, text, found):
    findings = pair(before, text)

    assert [code for code, *_ in findings] == found
    assert all(where.startswith("12.yaml:") for _, where, _ in findings)
    assert all(also[0].startswith("11.yaml:") for *_, also in findings)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("number: 11\ndate: 2020-03-01", "number: 12\ndate: 2020-03-10"),
        ("number: 11\ndate: 2020-03-10", "number: 15\ndate: 2020-03-10"),
        ("number: 52\ndate: 2019-12-30", "number: 1\ndate: 2020-01-05"),
        ("number: 12", "number: 11"),
        ("date: 2020-03", "date: 2020-03-01"),
        ("number: 9\nkind: 增刊\nyear: 2020", "number: 2\nyear: 2020"),
    ],
)
def test_a_new_year_a_supplement_and_a_gap_are_let_be(pair, before, text):
    assert pair(before, text) == []


def test_the_places_are_those_of_number_and_date(pair):
    found = pair("number: 12\ndate: 2020-03-10", "number: 12\ndate: 2020-03-09")

    assert found == [
        ("PR002", "12.yaml:3:9", ["11.yaml:3:9"]),
        ("PR003", "12.yaml:4:7", ["11.yaml:4:7"]),
    ]


def test_a_receiver_that_is_gone_is_reported_at_its_line(pair):
    found = pair(
        "distribution: {发: 各市委宣传部、组织部, 送: 省级机关}",
        "distribution: {发: 各设区市委宣传部、组织部, 送: 省级机关}",
    )

    assert found == [("PR012", "12.yaml:3:19", ["11.yaml:3:19"])]


def test_a_line_that_is_gone_is_reported_at_the_distribution(pair):
    found = pair("distribution: {发: 甲, 送: 乙}", "distribution: {发: 甲}")

    assert [(code, where) for code, where, _ in found] == [("PR013", "12.yaml:3:15")]


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("{发: 甲、乙}", "{发: 乙，甲，丙}"),
        ("{发: 甲、乙}", "{发: 甲, 送: 乙}"),
        ("{发: 甲, 抄送: 乙}", "{发: 甲、乙}"),
        ("{发: 甲, 本期增发: 乙}", "{发: 甲}"),
        ("{'发：': 甲}", "{发: 甲}"),
    ],
)
def test_receivers_in_another_order_or_line_are_let_be(pair, before, text):
    assert pair(f"distribution: {before}", f"distribution: {text}") == []
