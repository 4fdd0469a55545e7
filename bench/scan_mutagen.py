"""Reads the tags of every audio file below a folder with mutagen, as the scan does with its own readers.

usage: scan_mutagen.py FOLDER [--hash]

With --hash it also reads and hashes as many bytes of each file as the scan's audio identity does (32 KiB at both
ends, four pieces of 16 KiB between), so that the same work is compared. Prints one JSON object.
"""

import hashlib
import json
import os
import sys
import time

import mutagen

END, PIECE, PIECES = 32 * 1024, 16 * 1024, 4
EXTENSIONS = {".mp3", ".flac", ".m4a", ".ogg", ".opus", ".wav", ".aiff", ".wma", ".wv"}


def digest(path):
    size = os.path.getsize(path)
    state = hashlib.sha256(size.to_bytes(8, "little"))
    with open(path, "rb") as file:
        if size <= 2 * END + PIECES * PIECE:
            state.update(file.read())
            return state.hexdigest()
        state.update(file.read(END))
        between = size - 2 * END - PIECE
        for i in range(1, PIECES + 1):
            file.seek(END + between * i // (PIECES + 1))
            state.update(file.read(PIECE))
        file.seek(size - END)
        state.update(file.read(END))
    return state.hexdigest()


def main():
    folder, hashing = sys.argv[1], "--hash" in sys.argv
    started = time.perf_counter()
    files = failed = values = 0
    for base, _, names in os.walk(folder):
        for name in names:
            if os.path.splitext(name)[1].lower() not in EXTENSIONS:
                continue
            path = os.path.join(base, name)
            files += 1
            try:
                audio = mutagen.File(path)
                if audio is None:
                    failed += 1
                    continue
                values += len(dict(audio.tags or {})) + bool(audio.info.length)
                if hashing:
                    digest(path)
            except Exception:
                failed += 1
    seconds = time.perf_counter() - started
    print(json.dumps({"files": files, "failed": failed, "values": values, "seconds": seconds}))


main()
