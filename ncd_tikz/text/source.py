"""LaTeX source, token by token."""

from __future__ import annotations


def is_wide(char: str) -> bool:
    """Whether a character is as wide as it is high, as those of Chinese, Japanese and Korean are."""
    return 0x1100 <= ord(char) <= 0x11FF or ord(char) >= 0x2E80


class Source:
    """A reading place in a text.

    A token is a character, or a backslash with the letters after it, or with one other character.

    >>> source = Source(r"\\bar x^2")
    >>> source.take(), source.take_solid(), source.take()
    ('\\\\bar', 'x', '^')
    """

    __slots__ = ("end", "place", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.end = 0  # behind the token peeked at

    def peek(self) -> str:
        """The next token, or nothing at the end."""
        text, place = self.text, self.place
        if place >= len(text):
            self.end = place
            return ""
        end = place + 1
        if text[place] == "\\" and end < len(text):
            while end < len(text) and text[end].isascii() and text[end].isalpha():
                end += 1
            if end == place + 1:
                end += 1
        self.end = end
        return text[place:end]

    def take(self) -> str:
        """The next token, which is then read."""
        token = self.peek()
        self.place = self.end
        return token

    def skip_spaces(self) -> None:
        """On to what is no space."""
        while self.place < len(self.text) and self.text[self.place].isspace():
            self.place += 1

    def peek_solid(self) -> str:
        """The next token that is no space."""
        self.skip_spaces()
        return self.peek()

    def take_solid(self) -> str:
        """The next token that is no space, which is then read."""
        self.skip_spaces()
        return self.take()

    def take_delimiter(self) -> str:
        """The name of the next delimiter, without its backslash unless it is a brace or a bar."""
        token = self.take_solid()
        return token[1:] if len(token) > 2 else token

    def take_raw(self) -> str:
        """The source of the next argument, without its braces."""
        token = self.take_solid()
        if token != "{":
            return token
        start, level = self.place, 1
        while token := self.take():
            level += {"{": 1, "}": -1}.get(token, 0)
            if level == 0:
                return self.text[start : self.place - 1]
        return self.text[start:]
