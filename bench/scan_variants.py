"""Fills a folder with copies of a library's tracks, each with a title and track number of its own.

usage: scan_variants.py LIBRARY TARGET COUNT

Copies larger than 4 MB are skipped so that 2,000 files stay near 4 GB.
"""

import os
import shutil
import sys

import mutagen
from mutagen.id3 import TIT2, TRCK


def retag(path, number):
    audio = mutagen.File(path)
    if audio is None:
        return False
    if audio.tags is None:
        audio.add_tags()
    title, track = f"Variant {number}", str(number)
    kind = type(audio.tags).__name__
    if "ID3" in kind:
        audio.tags.add(TIT2(encoding=3, text=title))
        audio.tags.add(TRCK(encoding=3, text=track))
    elif kind == "MP4Tags":
        audio.tags["\xa9nam"] = [title]
        audio.tags["trkn"] = [(number % 60000, 0)]
    elif kind == "ASFTags":
        audio.tags["Title"] = [title]
        audio.tags["WM/TrackNumber"] = [track]
    else:
        audio.tags["title"] = [title]
        audio.tags["track" if kind == "APEv2" else "tracknumber"] = [track]
    audio.save()
    return True


def main():
    library, target, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sources = []
    for base, _, names in os.walk(library):
        for name in names:
            path = os.path.join(base, name)
            if name != "READY" and os.path.getsize(path) < 4_000_000:
                sources.append(path)
    sources.sort()
    made = 0
    while made < count:
        for source in sources:
            folder = os.path.join(target, f"folder {made // 20:03d}")
            os.makedirs(folder, exist_ok=True)
            copy = os.path.join(folder, f"{made:05d} {os.path.basename(source)}")
            shutil.copyfile(source, copy)
            if retag(copy, made):
                made += 1
            else:
                os.remove(copy)
    print(f"{made} files of {len(sources)} sources")


main()
