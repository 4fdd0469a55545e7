"""Reads POP909 and Nottingham into plain note lists with a known key, and splits them by piece."""

import csv
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import mido

from keys import key_index


@dataclass(frozen=True)
class Note:
    start: float  # seconds
    end: float
    pitch: int
    velocity: int
    part: str  # melody, bridge, chords


@dataclass(frozen=True)
class Passage:
    """A stretch of a piece that stays in one key."""

    piece: str
    key: int
    start: float
    end: float


def split_of(piece: str) -> str:
    """The split of a piece: by its number, so that no piece is in two of them. 80 / 10 / 10 %."""
    digit = int(re.findall(r"\d+", piece)[-1]) % 10
    return {0: "test", 1: "valid"}.get(digit, "train")


def _notes(midi: mido.MidiFile, part_of) -> list[Note]:
    notes: list[Note] = []
    sounding: dict[tuple[int, str, int], tuple[float, int]] = {}
    tempo_map = []
    ticks = 0
    for message in mido.merge_tracks(midi.tracks):
        ticks += message.time
        if message.type == "set_tempo":
            tempo_map.append((ticks, message.tempo))
    tempo_map = [(0, 500_000)] + tempo_map

    def seconds(tick: int) -> float:
        total, (last_tick, tempo) = 0.0, tempo_map[0]
        for at, next_tempo in tempo_map[1:]:
            if at >= tick:
                break
            total += mido.tick2second(at - last_tick, midi.ticks_per_beat, tempo)
            last_tick, tempo = at, next_tempo
        return total + mido.tick2second(tick - last_tick, midi.ticks_per_beat, tempo)

    for number, track in enumerate(midi.tracks):
        tick = 0
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off") or message.channel == 9:
                continue
            part = part_of(number, track.name, message.channel)
            slot = (number, part, message.note)
            if slot in sounding:
                start, velocity = sounding.pop(slot)
                end = seconds(tick)
                if end > start:
                    notes.append(Note(start, end, message.note, velocity, part))
            if message.type == "note_on" and message.velocity > 0:
                sounding[slot] = (seconds(tick), message.velocity)
    return sorted(notes, key=lambda note: note.start)


def pop909_passages(folder: Path, minimum_seconds: float = 20.0) -> list[Passage]:
    """Every annotated key segment of at least `minimum_seconds`."""
    passages = []
    with open(folder / "keys.tsv", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            tonic, mode = row["key"].split(":")
            start, end = float(row["start_s"]), float(row["end_s"])
            if end - start >= minimum_seconds and (folder / f"{row['song']}.mid").exists():
                passages.append(Passage(f"pop909/{row['song']}", key_index(tonic, mode), start, end))
    return passages


def pop909_notes(folder: Path, piece: str) -> list[Note]:
    names = {"MELODY": "melody", "BRIDGE": "bridge", "PIANO": "chords"}
    midi = mido.MidiFile(folder / f"{piece.split('/')[1]}.mid")
    return _notes(midi, lambda _number, name, _channel: names.get(name, "chords"))


def nottingham_passages(folder: Path) -> list[Passage]:
    """Tunes that name one key from beginning to end."""
    passages = []
    for path in sorted(folder.glob("*.abc")):
        for tune in re.split(r"\n(?=X:)", path.read_text(encoding="latin-1")):
            number = re.match(r"\s*X:\s*(\d+)", tune)
            keys = set(re.findall(r"^K:\s*(\S+)", tune, re.M))
            if not number or len(keys) != 1:
                continue
            name = re.fullmatch(r"([A-G][#b]?)(m?)", keys.pop())
            if name:
                key = key_index(name[1], "min" if name[2] else "maj")
                passages.append(Passage(f"nottingham/{path.stem}/{number[1]}", key, 0.0, 1e9))
    return passages


def nottingham_notes(folder: Path, piece: str) -> list[Note]:
    _, book, number = piece.split("/")
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "tune.mid"
        subprocess.run(
            ["abc2midi", str(folder / f"{book}.abc"), number, "-o", str(target)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        midi = mido.MidiFile(target)
    # abc2midi puts the tune on the first channel and the accompaniment of the chord symbols on others.
    return _notes(midi, lambda _number, _name, channel: "melody" if channel == 0 else "chords")
