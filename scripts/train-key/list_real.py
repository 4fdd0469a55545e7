"""
Chooses the passages of real music that the teachers listen to.

    python list_real.py OUT.list FOLDER...

Every audio file of at least 20 s below the folders gives one to four passages of 30 s, spread evenly.
Lines as features.ts reads them.
"""

import subprocess
import sys
from pathlib import Path

SUFFIXES = {".ogg", ".oga", ".opus", ".mp3", ".flac"}
LENGTH = 30.0


def duration(file: Path) -> float:
    """Seconds, 0 where ffprobe does not know."""
    answer = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    try:
        return float(answer)
    except ValueError:
        return 0.0


def passages(seconds: float) -> list[float]:
    """Starts of the passages."""
    if seconds < 20:
        return []
    count = min(4, max(1, int(seconds // 45)))
    room = max(0.0, seconds - LENGTH)
    return [room * (i + 0.5) / count for i in range(count)] if count > 1 else [room / 2]


def main() -> None:
    out, *folders = sys.argv[1:]
    lines = []
    for folder in folders:
        for file in sorted(Path(folder).rglob("*")):
            # A name with a tab or a newline would break the list; anything this small is a sound effect.
            if file.suffix.lower() not in SUFFIXES or file.is_symlink() or "\t" in str(file) or "\n" in str(file):
                continue
            if file.stat().st_size < 150_000:
                continue
            lines += [f"{file}\t{start:.1f}\t{LENGTH:g}" for start in passages(duration(file))]
    Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines), "passages of", len({line.split("\t")[0] for line in lines}), "files")


if __name__ == "__main__":
    main()
