import io

import pytest

from toolchain.console import Console, spoken


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (10.4, "10 s"),
        (59.4, "59 s"),
        (60.0, "1 min 00 s"),
        (185.0, "3 min 05 s"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert spoken(seconds) == text


def test_progress_is_plain_lines_when_it_is_not_read_on_a_terminal() -> None:
    stream = io.StringIO()
    console = Console(stream, seconds_between_lines=0)
    console.progress("one")
    console.say("two")
    assert stream.getvalue() == "one\ntwo\n"


def test_progress_right_after_a_line_is_left_out() -> None:
    stream = io.StringIO()
    console = Console(stream, seconds_between_lines=30)
    console.say("one")
    console.progress("too soon")
    assert stream.getvalue() == "one\n"


def test_progress_on_a_terminal_redraws_one_line_and_vanishes() -> None:
    stream = Terminal()
    console = Console(stream)
    console.progress("one")
    console.say("two")
    assert stream.getvalue() == "\r\x1b[Kone\r\x1b[Ktwo\n"
