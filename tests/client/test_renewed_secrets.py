"""What a redactor keeps of the tokens that renewals bring, and what looking for them costs."""

from __future__ import annotations

import gc
import secrets
import time
import tracemalloc

import pytest

from client import Redactor
from client.redaction import MASK


def tokens(count: int, size: int = 48) -> list[str]:
    return [secrets.token_urlsafe(size) for _ in range(count)]


def test_the_last_two_tokens_of_each_source_are_masked_beside_the_settings() -> None:
    redactor = Redactor(["of-the-settings"])
    first, second, third = tokens(3)
    redactor.learn("api-token", source="https://api")
    for token in (first, second, third):
        redactor.learn(token, source="https://login")
    shown = redactor.values(f"of-the-settings api-token {second} {third}")
    assert shown == " ".join([MASK] * 4)
    assert redactor.values(first) == first


def test_a_token_that_comes_again_puts_no_other_out() -> None:
    redactor = Redactor()
    old, new = tokens(2)
    for token in (old, new, new, new):
        redactor.learn(token)
    assert redactor.values(f"{old} {new}") == f"{MASK} {MASK}"


def test_all_that_one_renewal_brings_is_masked() -> None:
    redactor = Redactor()
    redactor.learn("session-one", "csrf-one", "user-one")
    redactor.learn("session-two", "csrf-two", "user-two")
    shown = redactor.values("session-one csrf-one user-one session-two csrf-two user-two")
    assert shown == " ".join([MASK] * 6)


def test_a_thousand_renewals_keep_no_more_than_three() -> None:
    def kept(renewals: int) -> int:
        redactor = Redactor(["of-the-settings"])
        brought = tokens(renewals, 1536)
        tracemalloc.start()
        try:
            for token in brought:
                redactor.learn(token)
            gc.collect()
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    kept(3)
    assert kept(1000) < 1.5 * kept(3)


@pytest.mark.parametrize(
    "text",
    ["lorem ipsum ", "x", r"\u00e4", "%C3%A4", "%25", "&amp;", "\\", '"', "token=x&", '{"a": [1]}'],
)
def test_what_a_text_costs_grows_with_its_length_and_not_with_its_square(text: str) -> None:
    redactor = Redactor(["of-the-settings"])
    for token in tokens(60, 1536):
        redactor.learn(token)

    def seconds(characters: int) -> float:
        whole = text * (characters // len(text))
        began = time.thread_time()
        redactor.text(whole)
        return time.thread_time() - began

    seconds(1000)
    short, long = (min(seconds(size) for _ in range(3)) for size in (5_000, 100_000))
    # 20 times the length: by the square it would be 400 times.
    assert long < 100 * max(short, 0.0005)


def test_escapes_of_escapes_without_end_are_given_up() -> None:
    redactor = Redactor(["of-the-settings"])
    assert redactor.values("%" + "25" * 50_000 + " of-the-settings").endswith(f" {MASK}")


@pytest.mark.parametrize(
    "text",
    [
        r"s3cr3t\u002f%2B&auml; &#38;value",
        r"s3cr3t\\\/%2B\u00e4+&amp;value",
        "s3cr3t%252F%252B%25C3%25A4%2520%2526value",
        r"s3cr3t/+\xe4\x20\U00000026value",
    ],
)
def test_a_mixture_of_escapes_hides_no_secret(text: str) -> None:
    assert Redactor(["s3cr3t/+ä &value"]).values(f"<{text}>") == f"<{MASK}>"


def test_what_follows_or_goes_before_a_secret_is_not_taken_for_a_part_of_its_escapes() -> None:
    redactor = Redactor(["n0t/seen%4"])
    shown = redactor.values(r"\n0t/seen%41 and \n0t\/seen%41 and %n0t%2Fseen%2541")
    assert shown == rf"\{MASK}1 and \{MASK}1 and %{MASK}1"


def test_secrets_that_overlap_are_masked_as_one() -> None:
    assert Redactor(["abc-def", "def-ghi"]).values("<abc-def-ghi>") == f"<{MASK}>"


def test_a_secret_that_no_encoding_can_hold_is_masked_too() -> None:
    assert Redactor(["half-\ud83d-pair"]).values("<half-\ud83d-pair>") == f"<{MASK}>"
