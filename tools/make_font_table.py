"""Write `ncd_tikz/text/table.py` from the TFM files of a TeX installation.

Run from the root of the repository: `python tools/make_font_table.py`. Needs `kpsewhich` and the
Computer Modern and AMS fonts, which every TeX Live has.
"""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "ncd_tikz" / "text" / "table.py"

# Families and the design sizes that differ enough to be worth keeping.
FAMILIES: dict[str, tuple[int, ...]] = {
    "cmr": (5, 7, 10, 12),
    "cmmi": (5, 7, 10),
    "cmsy": (5, 7, 10),
    "cmex": (7, 10),
    "cmbx": (5, 7, 10, 12),
    "cmti": (7, 10),
    "cmss": (8, 10, 12),
    "cmssi": (8, 10),
    "cmssbx": (10,),
    "cmbxti": (10,),
    "cmtt": (8, 10),
    "cmmib": (5, 7, 10),
    "cmbsy": (5, 7, 10),
    "msam": (5, 7, 10),
    "msbm": (5, 7, 10),
    "eufm": (5, 7, 10),
}
KERNED = ("cmr", "cmmi", "cmbx", "cmti", "cmss", "cmssi", "cmssbx", "cmbxti", "cmmib", "eufm")
UNIT = 10_000  # the table counts in ten-thousandths of the font's size

HEAD = '''# fmt: off
"""Metrics of the Computer Modern and AMS fonts, in ten-thousandths of the font's size.

Made by tools/make_font_table.py from the fonts' TFM files; do not edit. Everything is a string,
so that importing it costs nothing: a font is decoded when it is first used.

`WIDTHS[family][size]` has the advance widths of the characters 0..127, `.` where there is none, `n*value`
where the next n have the same; so have `HEIGHTS` and `DEPTHS`. `ITALICS` has the italic corrections as
`code:value`, `PARAMETERS` the font dimensions, `KERNS` `=value` before the pairs it is for, each two
hexadecimal codes. `LARGER` maps a character to the next larger one, `PIECES` an extensible one to its top,
middle, bottom and repeated part.
"""

from __future__ import annotations

'''


@dataclass(frozen=True)
class Font:
    """What a TFM file says, in units of the design size."""

    widths: dict[int, float]
    heights: dict[int, float]
    depths: dict[int, float]
    italics: dict[int, float]
    kerns: dict[tuple[int, int], float]
    larger: dict[int, int]
    pieces: dict[int, tuple[int, int, int, int]]
    parameters: tuple[float, ...]


def read_tfm(data: bytes) -> Font:
    """Decode a TFM file (D. E. Knuth, TeX: The Program, part 30)."""
    (_, lh, bc, ec, nw, nh, nd, ni, nl, nk, ne, count) = struct.unpack(">12H", data[:24])
    place = 24 + 4 * lh

    def words(number: int) -> list[bytes]:
        nonlocal place
        block = [data[place + 4 * i : place + 4 * i + 4] for i in range(number)]
        place += 4 * number
        return block

    def fixes(number: int) -> list[float]:
        return [struct.unpack(">i", word)[0] / 2**20 for word in words(number)]

    chars = words(ec - bc + 1)
    widths, heights, depths, italics = fixes(nw), fixes(nh), fixes(nd), fixes(ni)
    program, kerns, recipes, parameters = words(nl), fixes(nk), words(ne), fixes(count)
    font = Font({}, {}, {}, {}, {}, {}, {}, tuple(parameters))
    for code, (width, height_depth, italic_tag, rest) in enumerate(chars, start=bc):
        if width == 0:
            continue
        font.widths[code] = widths[width]
        font.heights[code] = heights[height_depth >> 4]
        font.depths[code] = depths[height_depth & 15]
        font.italics[code] = italics[italic_tag >> 2]
        if italic_tag & 3 == 1:
            _read_kerns(font, code, rest, program, kerns)
        elif italic_tag & 3 == 2:
            font.larger[code] = rest
        elif italic_tag & 3 == 3:
            top, middle, bottom, repeated = recipes[rest]
            font.pieces[code] = (top, middle, bottom, repeated)
    return font


def _read_kerns(font: Font, code: int, start: int, program: list[bytes], kerns: list[float]) -> None:
    skip, _, operation, rest = program[start]
    if skip > 128:
        start = 256 * operation + rest
    seen = set()
    while True:
        skip, following, operation, rest = program[start]
        if skip <= 128 and following not in seen:
            seen.add(following)
            if operation >= 128:
                font.kerns[code, following] = kerns[256 * (operation - 128) + rest]
        if skip >= 128:
            return
        start += skip + 1


def load(name: str) -> Font:
    """The font that TeX would load by this name."""
    found = subprocess.run(["kpsewhich", f"{name}.tfm"], capture_output=True, text=True, check=True)
    return read_tfm(Path(found.stdout.strip()).read_bytes())


def _fixed(values: dict[int, float]) -> str:
    words = [str(round(values[code] * UNIT)) if code in values else "." for code in range(128)]
    runs = [(word, len(list(same))) for word, same in groupby(words)]
    return " ".join(f"{count}*{word}" if count > 1 else word for word, count in runs)


def _sparse(values: dict[int, float]) -> str:
    rounded = {code: round(value * UNIT) for code, value in sorted(values.items()) if code < 128}
    return " ".join(f"{code}:{value}" for code, value in rounded.items() if value)


def _pairs(kerns: dict[tuple[int, int], float]) -> str:
    groups: dict[int, list[str]] = {}
    for (left, right), value in sorted(kerns.items()):
        if left < 128 and right < 128 and round(value * UNIT):
            groups.setdefault(round(value * UNIT), []).append(f"{left:02x}{right:02x}")
    return " ".join(f"={value} {' '.join(pairs)}" for value, pairs in sorted(groups.items()))


def _by_size(title: str, texts: dict[str, dict[int, str]]) -> str:
    out = [f"{title}: dict[str, dict[int, str]] = {{"]
    for family, sizes in texts.items():
        out.append(f'    "{family}": {{')
        out.extend(f'        {size}: "{text}",' for size, text in sizes.items())
        out.append("    },")
    return "\n".join([*out, "}"]) + "\n"


def _by_family(title: str, texts: dict[str, str]) -> str:
    out = [f"{title}: dict[str, str] = {{"]
    out.extend(f'    "{family}": "{text}",' for family, text in texts.items())
    return "\n".join([*out, "}"]) + "\n"


def make_table() -> str:
    """The table's source, from the fonts of this machine's TeX."""
    fonts = {family: {size: load(f"{family}{size}") for size in sizes} for family, sizes in FAMILIES.items()}
    base = {family: sizes[10] for family, sizes in fonts.items()}
    parts = [
        _by_size("WIDTHS", {f: {s: _fixed(x.widths) for s, x in d.items()} for f, d in fonts.items()}),
        _by_size("ITALICS", {f: {s: _sparse(x.italics) for s, x in d.items()} for f, d in fonts.items()}),
        _by_size(
            "PARAMETERS",
            {
                f: {s: " ".join(str(round(p * UNIT)) for p in x.parameters) for s, x in d.items()}
                for f, d in fonts.items()
            },
        ),
        _by_size("HEIGHTS", {f: {s: _fixed(x.heights) for s, x in d.items()} for f, d in fonts.items()}),
        _by_size("DEPTHS", {f: {s: _fixed(x.depths) for s, x in d.items()} for f, d in fonts.items()}),
        _by_family("KERNS", {f: _pairs(base[f].kerns) for f in KERNED}),
        _by_family(
            "LARGER", {f: " ".join(f"{a}:{b}" for a, b in base[f].larger.items()) for f in ("cmsy", "cmex")}
        ),
        _by_family(
            "PIECES",
            {"cmex": " ".join(f"{a}:{','.join(map(str, b))}" for a, b in base["cmex"].pieces.items())},
        ),
    ]
    return HEAD + "\n".join(parts)


def main() -> None:
    """Write the table."""
    TABLE.write_text(make_table(), encoding="utf-8")
    print(f"{TABLE.name}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
